#!/bin/sh
# All of src compiles against another C library, musl, with what that has not left out as CMakeLists.txt
# does it.  The libraries' headers are this machine's, without those of its own C library.
. "$TESTS/cli/lib.sh"

command -v musl-gcc >/dev/null || skip "musl-gcc is not installed (Debian: musl-tools)"
libraries="glib-2.0 gmime-3.0 json-c libpsl sqlite3 zlib libpq"
flags=
for folder in $(pkg-config --cflags-only-I $libraries | tr ' ' '\n' | sed -n 's/^-I//p' | sort -u); do
	flags="$flags -isystem $folder"
done
# Those whose headers are in /usr/include itself, among those of the C library.
mkdir include
for header in json-c libpsl.h minizip sqlite3.h zlib.h zconf.h; do
	ln -s "/usr/include/$header" include/
done
define='-D_GNU_SOURCE -DG_LOG_DOMAIN="tlsrpt" -DTLSRPT_VERSION="0" -DTLSRPT_MODULES="/"'

# compile SOURCE OPTION...
compile() {
	# shellcheck disable=SC2086
	run musl-gcc -std=c11 -Wall -Wextra -Werror -fsyntax-only $define -I "$SOURCE/include" $flags \
		-isystem include "$@"
}
for source in $(find "$SOURCE/src" -name '*.c'); do
	compile "$source" -DTLSRPT_NO_CLOSE_RANGE -DTLSRPT_NO_RES_NQUERY
	is "$code" 0 "${source#"$SOURCE/"}"
	[ "$code" -eq 0 ] || sed 's/^/# /' err
done

# That this is musl indeed: it has not what is left out.
for source in process/inherit base/dns; do
	compile "$SOURCE/src/$source.c"
	is "$code" 1 "src/$source.c only so"
done
finish
