# Sourced by contrib/run-tests: what became of each test, how long each group took, and the sums.

# results_begin FOLDER: they are kept there
results_begin() {
	mkdir -p "$1"
	RESULTS=$1/results.tsv
	MINUTES=$1/minutes.tsv
	PERMITTED=$1/permitted
	: >"$RESULTS"
	: >"$MINUTES"
	: >"$PERMITTED"
	began=$(date +%s)
}

# permit NAME REASON: a test that may be skipped
permit() {
	echo "$1: $2" >>"$PERMITTED"
}

# result STATUS NAME: passed, failed or skipped
result() {
	printf '%s\t%s\n' "$1" "$2" >>"$RESULTS"
}

# results_of_ctest EDITION LOG: each test that ctest's log names
results_of_ctest() {
	sed -n 's/^ *[0-9]*\/[0-9]* *Test *#[0-9]*: \([^ ]*\) [ .]*\(.*\)$/\1 \2/p' "$2" |
		while read -r name rest; do
			case $rest in
			Passed*) result passed "$1 $name" ;;
			*Skipped* | *"Not Run"*)
				if grep -q "^$name: " "$PERMITTED"; then
					result skipped "$1 $name"
				else
					echo "Skipped, which counts as failed: $name"
					result failed "$1 $name"
				fi
				;;
			*) result failed "$1 $name" ;;
			esac
		done
}

# group NAME COMMAND...: how many minutes it takes; if it fails without telling of a test that failed, then
# it is one itself
group() {
	name=$1
	shift
	before=$(date +%s)
	failures=$(grep -c '^failed' "$RESULTS" || :)
	status=0
	"$@" || status=$?
	printf '%s\t%s\n' $(($(date +%s) - before)) "$name" >>"$MINUTES"
	if [ $status -ne 0 ] && [ "$(grep -c '^failed' "$RESULTS" || :)" -eq "$failures" ]; then
		result failed "$name"
	fi
	return $status
}

# results_end: the minutes, the sums, what was skipped, and what may be; false if anything failed
results_end() {
	say "Minutes"
	printf '%s\tall\n' $(($(date +%s) - began)) >>"$MINUTES"
	awk -F '\t' '{ printf "%6.1f  %s\n", $1 / 60, $2 }' "$MINUTES"
	say "All tests"
	awk -F '\t' '
	{ list[$1] = list[$1] "\t" $2 " (" toupper(substr($1, 1, 1)) substr($1, 2) ")\n" }
	{ count[$1]++ }
	END {
		if (count["skipped"])
			printf "The following tests did not run:\n%s\n", list["skipped"]
		if (count["failed"])
			printf "The following tests FAILED:\n%s\n", list["failed"]
		printf "%d%% tests passed, %d tests failed out of %d\n",
			NR ? int(100 * (NR - count["failed"]) / NR) : 0, count["failed"], NR
	}' "$RESULTS"
	if [ -s "$PERMITTED" ]; then
		printf '\nMay be skipped:\n'
		cat "$PERMITTED"
	fi
	[ -s "$RESULTS" ] && ! grep -q '^failed' "$RESULTS"
}
