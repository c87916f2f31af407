#!/bin/sh
# A skip inside a test is one for ctest, too, which goes by the exit code 77: so only the helpers that see
# to that code write a skip.
. "$TESTS/cli/lib.sh"

# helpers_bypassed TREE: the lines of tests that skip in a way of their own
helpers_bypassed() {
	(
		cd "$1" || exit
		grep -rn '# SKIP' --include='*.sh' --include='*.py' --include='*.c' --include='*.h' . |
			grep -v -e '^\./cli/lib\.sh:' -e '^\./oracle/tap\.py:' -e '^\./lint/skips\.sh:'
		grep -rn 'g_test_skip\|g_test_incomplete' --include='*.[ch]' . | grep -v '^\./unit/util\.h:'
		for file in $(grep -rl 'skip_case(' --include='*.c' .); do
			grep -Hn 'g_test_run()' "$file"
		done
		:
	)
}

is "$(helpers_bypassed "$TESTS")" "" "skips are made by skip, skip_part and skip_case alone"

mkdir -p tree/unit
echo 'ok 0 "a thing # SKIP not root"' >tree/one.sh
echo 'print("1..0 # SKIP no program")' >tree/two.py
printf '%s\n' 'g_test_skip("not root");' >tree/unit/one.c
printf '%s\n' 'skip_case("not root");' 'return g_test_run();' >tree/unit/two.c
printf '%s\n' 'skip_case("not root");' 'return run_tests();' >tree/unit/three.c
is "$(helpers_bypassed tree | cut -d : -f 1,2 | sort | tr '\n' ' ')" \
	"./one.sh:1 ./two.py:1 ./unit/one.c:1 ./unit/two.c:2 " "planted ones are found"

# The helper for a part of a script tells ctest, unless something failed.
printf '%s\n' '. "$TESTS/cli/lib.sh"' 'ok 0 one' 'skip_part two "not today"' 'finish' >part.sh
run sh part.sh
is "$code $(grep SKIP out)" "77 ok 2 - two # SKIP not today" "a part that is left out: 77"
printf '%s\n' '. "$TESTS/cli/lib.sh"' 'ok 1 one' 'skip_part two "not today"' 'finish' >part.sh
TMPDIR=$WORK run sh part.sh
is "$code" 1 "but what fails beside it counts"
finish
