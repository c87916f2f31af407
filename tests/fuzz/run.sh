#!/bin/sh
# run.sh TARGET SECONDS: tries the corpus of a fuzz target and, where that is libFuzzer's, new inputs for so long.
# TLSRPT_FUZZ_SECONDS in the environment is another time.  An input that fails stays in the folder of the test.
. "$TESTS/cli/lib.sh"

target=$1
seconds=${TLSRPT_FUZZ_SECONDS:-$2}
set -- "$TESTS/fuzz/corpus/$target"
# Where a store costs no disk, which is not what is tried here.
scratch=$(mktemp -d -p /dev/shm tlsrpt-fuzz.XXXXXX 2>/dev/null) || scratch=$WORK
TMPDIR=$scratch
export TMPDIR
case $target in
json) set -- "$@" "$DATA/json" ;;
message | whole) set -- "$@" "$DATA/mail" ;;
esac
if [ "${TLSRPT_FUZZ:-0}" = 1 ]; then
	mkdir new
	dictionary=$TESTS/fuzz/$target.dict
	[ "$target" != whole ] || dictionary=$TESTS/fuzz/message.dict
	[ ! -e "$dictionary" ] || set -- "$@" "-dict=$dictionary"
	set -- -max_len=16384 -timeout=30 -rss_limit_mb=2048 -artifact_prefix="$WORK/" -print_final_stats=1 \
		-max_total_time="$seconds" new "$@"
fi
run "$BIN/tests/fuzz/fuzz-$target" "$@"
[ "$scratch" = "$WORK" ] || rm -rf "$scratch"
is "$code" 0 "$target: nothing is found"
if [ "$code" -eq 0 ]; then
	grep -hE '^(stat::(number_of_executed_units|new_units_added)|[0-9]+ inputs)' out err | sed 's/^/# /'
else
	tail -n 40 err | sed 's/^/# /'
fi
finish
