#!/bin/sh
# Whether one binary prints the same on two Debian releases, whatever its libraries do there.
#   outputs.sh write FILE     writes a line for each output: its hash and what it is of; and, first, in
#                             which folder they were made
#   outputs.sh compare FILE   makes the same here, and compares
# The outputs are those of tests/tlsrpt/golden.sh, which leaves out two values, and what both
# programs say of each sample.  Text is hashed as it is, byte for byte; JSON is parsed, and its values
# are hashed.  In the environment, as for all tests: BIN, which has the same programs in both places.
. "$TESTS/cli/lib.sh"

mode=$1
file=$2
mkdir outputs

# The folder has the same name in both places, for names of files are part of what is printed.
if [ "$mode" = write ]; then
	folder=$(mktemp -d /tmp/tlsrpt-outputs.XXXXXX) && rmdir "$folder"
else
	folder=$(sed -n 's/^# folder //p' "$file")
	grep -v '^#' "$file" >given.tsv
	file=given.tsv
fi
TLSRPT_TEST_FOLDER=$folder OUTPUTS=$WORK/outputs sh "$TESTS/tlsrpt/golden.sh" >golden.log
golden=$?

# say NAME COMMAND...: an output with the exit code and the errors
say() {
	output=outputs/$1
	shift
	{
		"$@" 2>&1
		echo "exit code $?"
	} >"$output"
}
cd "$TESTS" || exit 1
for sample in data/mail/*/* data/json/*/*; do
	case $sample in
	*.md) continue ;;
	esac
	name=$(echo "$sample" | tr / +)
	cd "$WORK" || exit 1
	say "$name.dry-run" sh -c '"$0" -n -c empty.conf <"$1"' "$INGEST" "$TESTS/$sample"
	"$BIN/tlsrpt" show -c empty.conf -f json - <"$TESTS/$sample" >"outputs/$name.json" 2>/dev/null
	say "$name.ascii" sh -c '"$0" show -c empty.conf - <"$1"' "$BIN/tlsrpt" "$TESTS/$sample"
	for format in text ndjson csv; do
		say "$name.$format" sh -c 'LC_ALL=C.UTF-8 "$0" show -c empty.conf -f "$2" - <"$1"' \
			"$BIN/tlsrpt" "$TESTS/$sample" "$format"
	done
	cd "$TESTS" || exit 1
done
cd "$WORK" || exit 1

python3 - "$BIN" outputs >outputs.tsv <<'END'
import hashlib, json, os, sys

def value(text):
    return json.dumps(json.loads(text), sort_keys=True).encode() if text.strip() else b""

def content(name, raw):
    if name.endswith(".json"):
        return value(raw)
    return raw

programs, folder = sys.argv[1:]
for path in [os.path.join(programs, program) for program in ("tlsrpt", "tlsrpt-ingest")] + \
        [os.path.join(folder, name) for name in sorted(os.listdir(folder))]:
    with open(path, "rb") as f:
        print(hashlib.sha256(content(path, f.read())).hexdigest(), os.path.basename(path), sep="\t")
END
status=$?
if [ "$mode" = write ]; then
	{
		echo "# folder $folder"
		cat outputs.tsv
	} >"$file"
	cp outputs.tsv given.tsv
	file=given.tsv
fi
is "$status $golden" "0 0" "the outputs are there, and golden.sh is content"
[ "$golden" -eq 0 ] || grep -A 20 '^not ok' golden.log
lines=$(wc -l <outputs.tsv)
[ "$lines" -gt 500 ]
ok $? "all of them ($lines)"
cut -f 2 outputs.tsv | sort >here
cut -f 2 "$file" | sort >there
is "$(diff there here)" "" "of the same commands"
sort "$file" >there
sort outputs.tsv >here
for program in tlsrpt tlsrpt-ingest; do
	is "$(grep "	$program\$" here)" "$(grep "	$program\$" there)" "$program is the same file"
done
is "$(comm -3 here there | sed 's/^.*	//' | sort -u)" "" "each output is the same"
finish
