#!/bin/sh
# What the static analysers say.
. "$TESTS/cli/lib.sh"

flags=$(pkg-config --cflags glib-2.0 gmime-3.0 json-c sqlite3 zlib)
define='-D_GNU_SOURCE -DG_LOG_DOMAIN="tlsrpt" -DTLSRPT_VERSION="0"'
sources=$(find "$SOURCE/src" -name '*.c')

# shellcheck disable=SC2086
run cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	--library=gtk --suppress=missingIncludeSystem \
	--suppress=unknownMacro --error-exitcode=1 $define -DNULL=0 -I "$SOURCE/include" $sources
is "$code" 0 "cppcheck"
[ "$code" -eq 0 ] || sed 's/^/# /' err

# The analyser of this version knows neither g_autoptr (unix.Malloc) nor va_start (valist), and the
# others of these checks stumble over GLib's macros.
# shellcheck disable=SC2086
run clang-tidy --quiet --warnings-as-errors='*' \
	--checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*,-clang-analyzer-unix.Malloc,-clang-analyzer-valist.*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-sizeof-expression,-bugprone-macro-parentheses' \
	$sources -- -std=c11 $define -I "$SOURCE/include" $flags
is "$code" 0 "clang-tidy"
[ "$code" -eq 0 ] || sed 's/^/# /' out

for source in $sources; do
	# shellcheck disable=SC2086
	run gcc -std=c11 -O1 -fanalyzer -Werror $define -I "$SOURCE/include" $flags -c "$source" -o /dev/null
	is "$code" 0 "gcc -fanalyzer ${source#"$SOURCE/"}"
	[ "$code" -eq 0 ] || sed 's/^/# /' err
done
finish
