#!/bin/sh
# The scripts in contrib on machines other than this one: without apt-get, and with other sources of
# packages.
. "$TESTS/cli/lib.sh"

# --- without apt-get: a PATH with all that is in this one, but for that
mkdir bin
for folder in $(echo "$PATH" | tr : ' '); do
	for program in "$folder"/*; do
		case $program in
		*/apt-get | */dpkg*) ;;
		*) ln -sf "$program" bin/ ;;
		esac
	done
done
# with_setup COMMAND...: after contrib/setup.sh
with_setup() {
	run env PATH="$WORK/bin" sh -c 'set -eu; top=$0; . "$top/contrib/setup.sh"; "$@"; echo "goes on"' "$SOURCE" "$@"
}
with_setup install_missing cmake libglib2.0-dev
is "$code$(cat err)" 0 "without apt-get, but with the libraries"
matches "$(cat out)" '^  cmake libglib2.0-dev$' "the packages are named"
is "$(tail -n 1 out)" "goes on" "and it goes on"
export PKG_CONFIG_LIBDIR="$WORK/nothing"
with_setup install_missing cmake libglib2.0-dev
unset PKG_CONFIG_LIBDIR
is "$code$(cat err)" 69 "without the libraries, too, it ends"
matches "$(cat out)" '^  the library glib-2.0 >= 2\.66,' "and says what is missing"
rm bin/ninja
with_setup install_missing cmake
is "$code$(cat err)" 69 "without a program it ends"
matches "$(cat out)" '^  the program ninja$' "and says which"
run env PATH="$WORK/bin" "$SOURCE/contrib/suite" trixie true
matches "$code $(tail -n 1 out)" '^77 Debian trixie cannot be had: ' "then there is no other suite"

# --- where packages come from: sources APT-FOLDER
mkdir -p apt/sources.list.d
sources() {
	sh -c '. "$0/contrib/sources.sh"; debian_sources "$1" bookworm trixie' "$SOURCE" "$1" 2>&1
}
cat >apt/sources.list <<'END'
# deb http://no.example/debian bookworm main
deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian/ bookworm main contrib # a comment
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security	bookworm-security  main
deb http://mirror.example/debian bookworm-backports main
deb https://download.example/linux/debian bookworm stable
END
is "$(sources apt)" "deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian/ trixie main
deb http://mirror.example/debian-security trixie-security main" "sources.list"
mv apt/sources.list apt/sources.list.d/one.list
is "$(sources apt | wc -l)" 2 "a list in sources.list.d"
rm apt/sources.list.d/one.list
printf '# mirrors\nhttp://first.example/debian\tpriority:1\nhttp://second.example/debian\n' >mirrors
cat >apt/sources.list.d/debian.sources <<END
Types: deb deb-src
# A comment.
URIs: http://snapshot.example/archive/debian/20250520T000000Z
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/a.gpg
Check-Valid-Until: no

Types: deb
URIs: mirror+file:$WORK/mirrors
Suites: stable
Components: contrib
 main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 xxxx

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: https://deb.example/node_20.x
Suites: nodistro
Components: main
END
is "$(sources apt)" "deb [signed-by=/keys/a.gpg check-valid-until=no] http://snapshot.example/archive/debian/20250520T000000Z trixie main
deb [signed-by=/keys/a.gpg check-valid-until=no] http://snapshot.example/archive/debian/20250520T000000Z trixie-updates main
deb http://first.example/debian trixie main" "deb822"
rm apt/sources.list.d/debian.sources
is "$(sources apt)" "" "none"

# --- the sums at the end of run-tests
sums() {
	sh -c '. "$0/contrib/setup.sh"; . "$0/contrib/results.sh"; results_begin "$1"; eval "$2"; results_end' \
		"$SOURCE" "$WORK/results" "$1" >out 2>err
	echo "$? $(grep 'tests passed' out)$(cat err)"
}
cat >log <<'END'
      Start  1: unit/one
 1/4 Test  #1: unit/one .........................   Passed    0.10 sec
 2/4 Test #22: cli/two ..........................***Failed    0.10 sec
 3/4 Test  #3: cli/three ........................***Skipped   0.10 sec
 4/4 Test  #4: cli/four .........................***Timeout 600.00 sec
END
is "$(sums 'results_of_ctest release log; permit cli/three no')" "1 25% tests passed, 3 tests failed out of 4" \
	"what may not be skipped has failed"
is "$(sums 'permit cli/three "it is away"; results_of_ctest release log')" "1 50% tests passed, 2 tests failed out of 4" \
	"what may be has not"
is "$(tail -n 1 out)" "cli/three: it is away" "and its reason is the last line"
is "$(sums 'result passed a; group b true')" "0 100% tests passed, 0 tests failed out of 1" "all is well"
is "$(sums 'result passed a; group b false')" "1 50% tests passed, 1 tests failed out of 2" "a group that fails is a failure"
is "$(sums true)" "1 0% tests passed, 0 tests failed out of 0" "no test is none that passed"
finish
