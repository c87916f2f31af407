#!/bin/sh
# Each public header stands alone, and is guarded.
. "$TESTS/cli/lib.sh"

flags=$(pkg-config --cflags glib-2.0)
for header in "$SOURCE"/include/tlsrpt/*.h; do
	name=tlsrpt/$(basename "$header")
	printf '#include "%s"\n#include "%s"\nint unused;\n' "$name" "$name" >one.c
	for compiler in gcc clang; do
		# shellcheck disable=SC2086
		run $compiler -std=c11 -Wall -Wextra -Werror -I"$SOURCE/include" $flags -fsyntax-only one.c
		is "$code" 0 "$name alone with $compiler"
	done
done
finish
