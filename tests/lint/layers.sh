#!/bin/sh
# Each library is called from the one file that may, data flows one way without circles, and nothing
# but the programs exits or prints: from the undefined symbols of objects.
. "$TESTS/cli/lib.sh"
. "$TESTS/lint/objects.sh"

compile_tree "$SOURCE"

# users PATTERN: the files with an undefined symbol of that pattern
users() {
	(cd objects && grep -lE "$1" ./*.undefined) | sed 's,^\./,,; s,\.undefined$,,; y,+,/,' | sort
}

is "$(users '^(g_mime_|internet_address_)')" "src/mail/compose.c
src/mail/mime.c" "only compose.c, which makes messages, and mime.c, which reads them, call GMime"
is "$(users '^(inflate|deflate)')" "src/mail/inflate.c" "only inflate.c calls zlib"
is "$(users '^(dlopen|dlsym)$')" "src/mail/zip.c
src/store/module.c" "only zip.c and module.c load a library"
is "$(users '^unz')" "" "and nothing is linked to that"
is "$(users '^json_tokener_')" "src/report/parse.c" "only parse.c calls json-c's tokener"
is "$(users '^json_object_get_(string|int|int64|uint64|double|boolean)')" \
	"src/report/digest.c
src/report/value.c" "only value.c, and the digest, look into JSON values"
is "$(users '^(__)?(res|ns|dn)_')" "src/base/dns.c" "only dns.c calls libresolv"
is "$(users '^psl_')" "src/base/registrable.c" "only registrable.c calls libpsl"
is "$(users '^sqlite3_')" "src/store/sqlite.c" "only sqlite.c calls SQLite"
is "$(users '^PQ')" "src/store/pgsql.c
src/store/pgsql_connect.c" "only pgsql.c and pgsql_connect.c, which are in a module, call libpq"
is "$(grep -lE '"(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER) ' -r "$SOURCE/src" | sed "s,^$SOURCE/,," | sort)" \
	"src/store/schema.c
src/store/sql.c
src/store/sql_pgsql.c" "only sql.c, sql_pgsql.c and schema.c hold SQL text"
exits='exit|_exit|_Exit|quick_exit|abort|err|errx|warn|warnx'
prints='v?printf|puts|putchar|perror|syslog|g_print|g_printerr|stdout|stderr'
writes='vf?printf|fprintf|fputs|f?putc|fwrite'
is "$(users "^($exits|$prints|$writes)\$" | grep -vE '^src/(ingest|process|tlsrpt|render)/')" \
	"" "no library file exits or prints; process ends the children that it starts"
is "$(users "^($exits|$prints)\$" | grep '^src/render/')" "" "render writes where it is told to"

# defined_by FOLDER: a pattern of all symbols that its files define
defined_by() {
	cat objects/"src+$1+"*.defined | sed 's/^/^/; s/$/$/' | tr '\n' '|' | sed 's/|$//'
}

# forbids FOLDER FOLDER...: the first calls nothing of the others
forbids() {
	from=$1
	shift
	for to in "$@"; do
		is "$(users "$(defined_by "$to")" | grep "^src/$from/")" "" "$from does not call $to"
	done
}
# What lies below, but is none of their business; what lies above is forbidden to all.
forbids store mail
forbids view mail
forbids render store
is "$(users "$(defined_by mail)" | grep "^src/render/")" "src/render/message.c" \
	"of render only what makes messages calls mail"
forbids ingest view
# Their order forbids the one to call what lies above; these two do not know each other.
forbids intake store process
forbids process intake mail report
is "$(grep -lE '#include "tlsrpt/(store|process|hooks)' "$SOURCE"/src/intake/* "$SOURCE"/include/tlsrpt/intake.h \
	"$SOURCE"/include/tlsrpt/delivery.h)" "" "the intake knows not even the header of a store or a process"
is "$(users '^(fork|vfork|clone|posix_spawn.*|g_spawn_.*)$')" "src/process/child.c
src/process/feed.c" "only child.c starts processes that go on with this program, and feed.c others"

# What understands a message is a program of its own without a store: a fuzzer needs no more.
cat >fuzz.c <<'END'
#include "tlsrpt/intake.h"

int
main(void)
{
	g_autoptr(Config) config = config_read("/dev/null", NULL);
	g_autoptr(GBytes) bytes = g_bytes_new_static("{}", 2);
	g_autoptr(Intake) intake = intake_new(bytes, 0, false, config, NULL);

	return intake == NULL || intake->problem == NULL;
}
END
# shellcheck disable=SC2046
run ${CC:-cc} -std=c11 -D_GNU_SOURCE -I"$SOURCE/include" fuzz.c objects/src+base+*.o objects/src+record+*.o \
	objects/src+report+*.o objects/src+mail+*.o objects/src+intake+*.o -o fuzz \
	$(pkg-config --cflags --libs glib-2.0 gmime-3.0 json-c libpsl zlib) -lm -lresolv
is "$code" 0 "the parser links without store and process"
[ "$code" -eq 0 ] || sed 's/^/# /' err
run ./fuzz
is "$code" 0 "and works: {} is no report"

is "$(python3 "$TESTS/lint/graph.py" objects "$TESTS/lint/layers-exceptions")" "" \
	"no files depend on each other in a circle, and none on a folder above, but for the listed ones"
finish
