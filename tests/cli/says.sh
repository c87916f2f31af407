#!/bin/sh
# What the programs say to a person who has mistyped something, may not read something, or waits.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
reader() {
	run "$tlsrpt" "$@" --config "$WORK/empty.conf"
}
sample=$DATA/mail/good/google-2026-10-06-success.eml

# wide: the lines of standard input that have more than 80 columns
wide() {
	LC_ALL=C.UTF-8 awk 'length($0) > 80'
}

# --- within 80 columns
{
	"$tlsrpt" help
	"$INGEST" --help
	for command in $("$tlsrpt" help | sed -n '/^Commands:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'); do
		"$tlsrpt" help "$command"
	done
} >helps
is "$(wide <helps)" "" "no help is wider than 80 columns"
is "$(grep -c '^Usage' helps | awk '{ print ($1 > 20) }')" 1 "and there are helps"
COLUMNS=200 "$tlsrpt" explain certificate-expired --config empty.conf >explained
is "$(wide <explained)" "" "an explanation is no wider on a wide terminal"
"$tlsrpt" record generate a-company-with-a-long-name.department-of-mail.example.com --config empty.conf \
	--rua https://report.example.com/a/long/path/to/what-receives-reports \
	--rua 'mailto:tls-reports@a-company-with-a-long-name.department-of-mail.example.com' >record 2>&1
is "$(wide <record)" "" "nor is a record for a zone file"
is "$(sed '/^;/d; s/^[^"]*"//; s/".*//; /TXT ($/d' record | tr -d '\n')" \
	"v=TLSRPTv1; rua=https://report.example.com/a/long/path/to/what-receives-reports,mailto:tls-reports@a-company-with-a-long-name.department-of-mail.example.com" \
	"of which nothing is lost"
"$tlsrpt" record generate example.com --config empty.conf >record
is "$(cat record)" '_smtp._tls.example.com. IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"' "a short one is one line"

# --- one version, in one place
version=$(sed -n 's/^[[:space:]]*VERSION \([0-9.]*\)$/\1/p' "$SOURCE/CMakeLists.txt")
is "$("$tlsrpt" --version) $("$INGEST" --version)" "tlsrpt $version tlsrpt-ingest $version" "the version is that of CMakeLists.txt"
is "$(sed -n 's/^## \([0-9].*\)/\1/p' "$SOURCE/contrib/CHANGELOG.md" | head -n 1)" "$version" "which the changelog knows"

# --- what is not there
reader show nofile.eml --db "$DB"
is "$code $(cat err)" "1 tlsrpt: there is no file \"nofile.eml\", and a report with that id cannot be looked for: the store: $DB: No such file or directory" \
	"show: no such file, and no store"
ingest -q <"$sample"
reader show nofile.eml --db "$DB"
is "$code $(cat err)" "2 tlsrpt: there is no file \"nofile.eml\", and no report with that id" "show: neither file nor report"
reader show 999 --db "$DB"
is "$code $(cat err)" '2 tlsrpt: there is no report "999"' "show: a number is no file"

# --- would be
run "$INGEST" --config empty.conf -n "$sample"
matches "$(cat err)" '^tlsrpt-ingest: 1 files, 1 messages: 1 reports would be stored; ' "-n FILE: would be stored"

# --- what --init did
me=$(id -un) my_group=$(id -gn)
run "$INGEST" --config empty.conf --init --db "$WORK/new/x.db"
is "$code $(cat err)" "0 tlsrpt-ingest: made the store $WORK/new/x.db: $me writes to it, the group $my_group may read it" "--init says what it did"
run "$INGEST" --config empty.conf --init --db "$WORK/new/x.db"
is "$code $(cat err)" "0 tlsrpt-ingest: the store $WORK/new/x.db was there, and is up to date: $me writes to it, the group $my_group may read it" "and what it found"
run "$INGEST" --config empty.conf -q --init --db "$WORK/new/x.db"
is "$code $(cat err)" "0 " "unless it is to be quiet"

# --- suggestions
reader reports --faild --db "$DB"
is "$code $(cat err)" '2 tlsrpt: unknown option --faild; did you mean --failed? See tlsrpt help reports' "an option with a typing error"
reader --dmain x --db "$DB"
is "$code $(cat err)" '2 tlsrpt: unknown option --dmain; did you mean --domain? See tlsrpt help' "one before what it would have taken"
reader reports --xyzzy --db "$DB"
is "$code $(cat err)" '2 tlsrpt: unknown option --xyzzy; see tlsrpt help reports' "one that is near to none"
run "$INGEST" --drry-run </dev/null
is "$code $(cat err)" '75 tlsrpt-ingest: not stored, try again: unknown option --drry-run; did you mean --dry-run? See --help' "an option of the filter"
reader sumary --db "$DB"
is "$code $(cat err)" '2 tlsrpt: no command "sumary"; did you mean "summary"? See tlsrpt help' "a command"
reader quarantine lst --db "$DB"
matches "$code $(cat err)" '^2 .*did you mean "list"\?' "an action of quarantine"
reader record chek example.com --db "$DB"
matches "$code $(cat err)" '^2 .*did you mean "check"\?' "an action of record"
reader explain certificate-expird
matches "$code $(cat err)" '^2 .*did you mean "certificate-expired"\?' "a name to explain"
reader reports -f jsn --db "$DB"
matches "$code $(cat err)" '^2 .*did you mean "json"\?' "a format"

# --- standard input is a terminal
run timeout 60 python3 - "$INGEST" "$DB" <<'PY'
import os, pty, subprocess, sys, time
for options in [[], ["-q"]]:
    ours, theirs = pty.openpty()
    child = subprocess.Popen([sys.argv[1], "--config", "/dev/null", "--db", sys.argv[2], *options], stdin=theirs,
                             stderr=subprocess.PIPE)
    os.close(theirs)
    time.sleep(0.5)
    os.write(ours, b"\x04")
    print(child.communicate()[1].decode().splitlines()[:1])
    os.close(ours)
PY
is "$(cat out)" "['tlsrpt-ingest: waits for a message on standard input, up to Control-D; see --help']
[]" "on a terminal the filter says that it waits"

# --- who may not
if [ "$(id -u)" -eq 0 ]; then
	# Programs and store are where others may go.
	folder=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-says.XXXXXX")
	chmod 755 "$folder"
	cp "$tlsrpt" "$INGEST" "$folder"
	mkdir "$folder/s"
	"$folder/tlsrpt-ingest" --config empty.conf -q --init --owner daemon --db "$folder/s/x.db"
	as() {
		group=$1
		shift
		run setpriv --reuid nobody --regid "$group" --clear-groups "$@"
	}
	as nogroup "$folder/tlsrpt" --config /dev/null --db "$folder/s/x.db"
	is "$code $(cat err)" "1 tlsrpt: the store: $folder/s/x.db: Permission denied for nobody; $folder/s belongs to daemon, its group is daemon and its mode 750; its group may read it (\"usermod -aG\", and a new login), its owner may do all (\"sudo -u\")" \
		"who may not read is told path, user and what to do"
	as daemon "$folder/tlsrpt" --config /dev/null --db "$folder/s/x.db" note 1 text
	is "$code $(cat err)" "1 tlsrpt: the store $folder/s/x.db belongs to daemon, and only that user may write to it, not nobody: \"sudo -u daemon\"" \
		"who may not write, likewise"
	as nogroup "$folder/tlsrpt-ingest" --config /dev/null --log stderr --init --db "$folder/t/x.db"
	is "$code $(cat err)" "75 tlsrpt-ingest: not stored, try again: the store: cannot make its directory $folder/t: Permission denied for nobody; $folder belongs to root, its group is root and its mode 755; run \"tlsrpt-ingest --init --owner=USER\" as root" \
		"who may not make a store, likewise"
	: >"$folder/secret.conf"
	chmod 600 "$folder/secret.conf"
	as nogroup "$folder/tlsrpt" --config "$folder/secret.conf" --db "$folder/s/x.db"
	is "$code $(cat err)" "1 tlsrpt: cannot read the configuration $folder/secret.conf: Permission denied for nobody; $folder/secret.conf belongs to root, its group is root and its mode 600" \
		"who may not read the configuration, likewise"
	as nogroup "$folder/tlsrpt" show "$folder/secret.conf" --config /dev/null
	is "$code $(cat err)" "1 tlsrpt: $folder/secret.conf: Permission denied for nobody; $folder/secret.conf belongs to root, its group is root and its mode 600" \
		"who may not read a message, likewise"
	rm -rf "$folder"
fi
finish
