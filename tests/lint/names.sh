#!/bin/sh
# No comment speaks of a name that does not exist.
. "$TESTS/cli/lib.sh"

is "$(python3 "$TESTS/lint/names.py" "$SOURCE" "$TESTS/lint/outside-names")" "" \
	"what comments name is there"

# A tree in which every comment names something that is there and something that is not.
mkdir -p tree/src/base tree/include
cat >tree/src/base/one.c <<'END'
/* See two.c and gone.c.  Needs --there, and once --away. */
#include "one.h"
/*
 * Calls live_one() and dead_one();
 * a live_value, a dead_value, A_LIVE_LIMIT or LIVE_LIMIT, A_DEAD_LIMIT, a LiveType, a DeadType.
 */
static const char sql[] = "SELECT live_column FROM t"; // live_column, dead_column
LiveType live_one(int live_value) { return A_LIVE_LIMIT + live_value; }
static const char text[] = "/* dead_text() is no comment */";
END
: >tree/src/base/two.c
echo '.It Fl -there' >tree/src/base/one.1
printf '%s\n' 'outside() of libc' >tree/include/one.h
sed -i '1i/* As outside_name() does. */' tree/include/one.h
printf '# why\noutside_name of libc\nunused_name of libc\n' >outside
is "$(python3 "$TESTS/lint/names.py" tree outside)" "src/base/one.c:1: gone.c
src/base/one.c:1: --away
src/base/one.c:4: dead_one
src/base/one.c:5: dead_value
src/base/one.c:5: A_DEAD_LIMIT
src/base/one.c:5: DeadType
src/base/one.c:7: dead_column
outside: unused_name is in no comment, or exists" "each name that does not exist is found"
finish
