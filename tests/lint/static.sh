#!/bin/sh
# What the static analysers say.
. "$TESTS/cli/lib.sh"

flags=$(pkg-config --cflags glib-2.0 gmime-3.0 json-c libpq libpsl sqlite3 zlib)
define='-D_GNU_SOURCE -DG_LOG_DOMAIN="tlsrpt" -DTLSRPT_VERSION="0" -DTLSRPT_MODULES="/"'
sources=$(find "$SOURCE/src" -name '*.c')

# GLib's functions do not return without the memory that they were asked for.
suppress="--suppress=missingIncludeSystem --suppress=unknownMacro --suppress=nullPointerOutOfMemory --suppress=ctunullpointerOutOfMemory"
# Versions that ask for it otherwise leave out branches.
! cppcheck --help | grep -q -e '--check-level=' || suppress="$suppress --check-level=exhaustive"
# shellcheck disable=SC2086
run cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	--library=gtk $suppress --error-exitcode=1 $define -DNULL=0 -I "$SOURCE/include" $sources
is "$code" 0 "cppcheck"
[ "$code" -eq 0 ] || sed 's/^/# /' err

# Left out: what stumbles over GLib's macros, as they look to this compiler or another (g_autoptr,
# g_array_index, g_steal_pointer, G_REGEX_... | G_REGEX_..., casts of GObject, va_start), and what is a
# matter of taste.
checks='-*,clang-analyzer-*,bugprone-*'
for check in clang-analyzer-security.insecureAPI.\* clang-analyzer-unix.Malloc clang-analyzer-valist.\* \
	clang-analyzer-optin.core.EnumCastOutOfRange bugprone-sizeof-expression \
	bugprone-macro-parentheses bugprone-casting-through-void \
	bugprone-multi-level-implicit-pointer-conversion bugprone-easily-swappable-parameters \
	bugprone-reserved-identifier bugprone-assignment-in-if-condition; do
	checks=$checks,-$check
done
# shellcheck disable=SC2086
run clang-tidy --quiet --warnings-as-errors='*' --checks="$checks" \
	$sources -- -std=c11 $define -I "$SOURCE/include" $flags
is "$code" 0 "clang-tidy"
[ "$code" -eq 0 ] || sed 's/^/# /' out

# GLib's g_error() ends in a loop for ever, in case it should return.
for source in $sources; do
	# shellcheck disable=SC2086
	run gcc -std=c11 -O1 -fanalyzer -Wno-analyzer-infinite-loop -Werror $define -I "$SOURCE/include" $flags -c "$source" -o /dev/null
	is "$code" 0 "gcc -fanalyzer ${source#"$SOURCE/"}"
	[ "$code" -eq 0 ] || sed 's/^/# /' err
done
finish
