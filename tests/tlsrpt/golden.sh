#!/bin/sh
# Every command in every format over one store, byte for byte.
#   golden.sh            compares with expect/
#   golden.sh refresh    shows each difference, and writes expect/ anew
# In the environment: OUTPUTS, a folder for the outputs, all but the path of the store and the free space.
. "$TESTS/cli/lib.sh"

EXPECT=$TESTS/tlsrpt/expect
REFRESH=${1:-}
TLSRPT=$BIN/tlsrpt
STORE="--config $WORK/empty.conf --db $DB"
CLOCK="--now 1795435200" # 2026-11-23T12:00:00Z
SINCE="--since 2026-10-01"
unset NO_COLOR PAGER COLUMNS LESS
TERM=xterm-256color
export TERM

# --- the store: what the samples say, and two notes
for message in "$DATA"/mail/good/*.eml; do
	"$INGEST" -q -c empty.conf --db "$DB" <"$message" || exit 1
done
# The clock of deliveries is a real one; and nobody reports for the first time, so that all count.  This connection keeps -wal and -shm where they are.
sqlite3 "$DB" "INSERT INTO note (incident, kind, author, at, text) VALUES
	(1, 'note', 'root', 1795000000, 'Renewed by hand; certbot.timer was off on mx2. It happened in 2025, too: see the ticket.'),
	(2, 'note', 'root', 1795000000, 'Web server was down'),
	(2, 'resolve', 'root', 1795000001, '');
UPDATE report SET received_at = start_at + 100000;
UPDATE daily_total_row SET received_after = 1;
UPDATE incident_day SET received_after = 1;
DELETE FROM reporter_day;
INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
	JOIN sender ON sender.id = sender GROUP BY 1, 2;
INSERT INTO reporter_day SELECT reporter.id, days.day, 1 FROM reporter,
	(SELECT 20600 AS day UNION SELECT 20601 UNION SELECT 20602) AS days" || exit 1

# differs FILE: how it differs from what is expected; of JSON the values count, since how an empty array
# is printed depends on the version of json-c
differs() {
	case $1 in
	*.json)
		jq -S . "$EXPECT/$1" >wanted.json && jq -S . "$1" >got.json && diff -u wanted.json got.json
		;;
	*)
		diff -u "$EXPECT/$1" "$1"
		;;
	esac
}

# refresh FILE: if that is asked for, shows how it differs and makes it what is expected; one that does not
# differ stays as it is
refresh() {
	if [ "$REFRESH" = refresh ] && ! { [ -e "$EXPECT/$1" ] && differs "$1"; }; then
		cp "$1" "$EXPECT/$1"
	fi
}

# plain [FILE]: with another path of the store, and another free space beside it; a page without its style
plain() {
	sed -e '/^<style>/,/<\/style>$/d' -e 's|sha256-[A-Za-z0-9+/=]*|sha256-|' -e 's|\(tlsrpt page</code>\) [0-9.]*[0-9]|\1|' -e "s|$DB|/var/lib/tlsrpt/tlsrpt.db|" -e 's|"free_bytes":\( *\)[0-9]*|"free_bytes":\11000|' \
		-e '/^\/var\/lib\/tlsrpt/s/,[0-9]*\(.\{0,1\}\)$/,1000\1/' \
		-e 's/^\(Free space:  *\).*/\11.0 GiB/' "$@"
}

# golden NAME FORMAT ARGUMENT...: the output is what expect/NAME.FORMAT has, and the exit code $wanted
wanted=0
golden() {
	file=$1.$2
	shift 2
	"$TLSRPT" "$@" >raw 2>err
	code=$?
	plain raw >"$file"
	[ -z "${OUTPUTS:-}" ] || cp "$file" "$OUTPUTS/golden+$file"
	refresh "$file"
	differs "$file" >difference 2>&1
	[ "$?$code$(cat err)" = "0$wanted" ]
	good=$?
	ok $good "$file"
	[ $good -eq 0 ] || sed 's/^/# /' difference err
}

# every NAME ARGUMENT...: in each format
every() {
	name=$1
	shift
	for format in json ndjson csv; do
		golden "$name" $format "$@" $CLOCK --format $format
	done
	golden "$name" ascii "$@" $CLOCK
	LC_ALL=C.UTF-8
	golden "$name" text "$@" $CLOCK
	"$TLSRPT" "$@" $CLOCK --ascii | plain >forced
	LC_ALL=C
	cmp -s forced "$name.ascii"
	ok $? "$name: --ascii is as LC_ALL=C"
	! LC_ALL=C grep -q '[^ -~]' "$name.ascii"
	ok $? "$name: and is ASCII"
	! LC_ALL=C grep -q "$(printf '[\001-\011\013-\037\177]')" "$name.text"
	ok $? "$name: no colour and no tab off a terminal"
}

every summary summary $STORE $SINCE
every failures failures $STORE $SINCE
every trend trend $STORE $SINCE
every reports reports $STORE $SINCE
every export export $STORE $SINCE
golden export prometheus export $STORE $SINCE $CLOCK --format prometheus
every status status $STORE
every show show $STORE 4
every show-mixed show $STORE 14
every show-message show -c empty.conf "$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
every policy policy $STORE
every explain explain
every explain-one explain certificate-expired
every explain-problem explain $STORE 1
every explain-reasons explain $STORE 3
every record-made record generate example.com --rua 'a!b@example.net' --rua "https://tls.example.net/$(printf '%0230d' 0)"
every record-sound record check example.com 'v=TLSRPTv1; rua=mailto:tls@example.com; x=1'
wanted=1
every record-bad record check "\"v=TLSRPTv1;rua=tls@example.com, mailto:a;b@c;;rua=https://$(printf '%0100d' 0)/\\;"
wanted=0
every one-domain summary $STORE $SINCE --domain MX1.example.org.
every well summary $STORE --since 2026-11-17
every notes note $STORE 1,2
EARLIER=$CLOCK
CLOCK="--now 1795176000" # 2026-11-20T12:00:00Z
every failures-earlier failures $STORE
every summary-earlier summary $STORE --domain example.com
CLOCK=$EARLIER
every nothing summary $STORE --since 2026-11-20
every no-failures failures $STORE --since 2026-11-20
# The exit code of the plugin is what it says: CODE NAME ARGUMENT...
plugin() {
	status=$1 name=$2
	shift 2
	for format in json ndjson csv ascii; do
		"$TLSRPT" check --config "$WORK/empty.conf" --db "$DB" "$@" \
			--format "$(echo $format | sed s/ascii/text/)" >"$name.$format" 2>err
		is "$?$(cat err)" "$status" "$name.$format: exit code"
		[ -z "${OUTPUTS:-}" ] || cp "$name.$format" "$OUTPUTS/golden+$name.$format"
		refresh "$name.$format"
		differs "$name.$format" >difference 2>&1
		good=$?
		ok $good "$name.$format"
		[ $good -eq 0 ] || sed 's/^/# /' difference
	done
	is "$(sed 1d "$name.ascii" | grep -c '|')" 0 "$name: performance data in the first line only"
	# The guidelines' grammar: 'label'=value[unit];[warn];[crit];[min];[max]
	range='@?(~|-?[0-9.]+)?:?(-?[0-9.]+)?'
	sed '1!d; s/^[^|]*//; s/^| //' "$name.ascii" | tr ' ' '\n' >perfdata
	[ -s perfdata ] && ! grep -vE "^[a-z_]+=[0-9]+(\.[0-9]+)?(s|%|)?(;($range)?(;($range)?(;[0-9.]*(;[0-9.]*)?)?)?)?$" perfdata
	ok $? "$name: the performance data are as the guidelines say"
}
plugin 0 check-ok --now 1795435200
plugin 2 check-critical --now 1795176000
plugin 1 check-warning --now 1795176000 --domain shop.example -w 5
plugin 2 check-share --now 1795176000 --domain shop.example -w 5 -c ~:7
plugin 3 check-none --now 1795176000 --domain other.example
plugin 0 check-learning --now 1795176000 --domain other.example --learning-ok
plugin 3 check-authenticated --now 1795176000 --authenticated-only

# Policies that change, in a store of their own; policies.py tells the story.
python3 "$TESTS/tlsrpt/policies.py" "$INGEST" "$WORK/policies.db" || exit 1
STORY="--config $WORK/empty.conf --db $WORK/policies.db"
PUBLISHED=$WORK/mta-sts.txt
printf '%s\r\n' 'max_age: 604800' 'Version:STSv1' 'mx: *.mx.change.example ' 'mx: MX1.change.example.' \
	'mode: enforce' 'mx: mx9.change.example' >"$PUBLISHED"
every policy-story policy $STORY
every policy-expected policy $STORY --domain change.example --expect "$PUBLISHED"
every policy-none policy $STORY --domain nowhere.example

# The digest: of a quiet week of the samples, and of one in which all happens that can.  Options that
# come later win.
MAIL="--from tlsrpt@mx.example.com --to postmaster@example.com"
every digest digest -f text $STORE $MAIL
golden digest html digest -f html $STORE $MAIL $CLOCK
golden digest message digest $STORE $MAIL $CLOCK
sqlite3 "$DB" "VACUUM INTO 'week.db'" && cat "$TESTS/tlsrpt/week.sql" "$TESTS/tlsrpt/sums.sql" | sqlite3 week.db || exit 1
every digest-week digest -f text --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL
golden digest-week html digest -f html --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL $CLOCK
golden digest-week message digest --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL $CLOCK
# And of 300 domains: with one fault that all share, and in a quiet week.
for fleet in fault glitches; do
	python3 "$TESTS/oracle/fleet_store.py" $fleet "$WORK/$fleet.db" || exit 1
	for format in text html; do
		golden digest-$fleet $format digest -f $format --config "$WORK/empty.conf" --db "$WORK/$fleet.db" $MAIL $CLOCK
	done
done
every alert-week alert --dry-run -f text --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL
golden alert-week html alert --dry-run -f html --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL $CLOCK
golden alert-week message alert --dry-run --config "$WORK/empty.conf" --db "$WORK/week.db" $MAIL $CLOCK
# The page: of the samples, of a customer's domain, and of the week in which all happens that can.
golden page html page --output - $STORE --now 1795176000
golden page-domain html page --output - $STORE --now 1795176000 --domain example.com --with-hosts
golden page-week html page --output - --config "$WORK/empty.conf" --db "$WORK/week.db" $CLOCK
# One of two senders falls silent; in bulk a report was received on the day of its mail.
mkdir silent
python3 - <<'END'
import datetime, json
for number in range(20):
    day = datetime.date(2026, 11, 1) + datetime.timedelta(number)
    for sender in ("always", "once") if number < 12 else ("always",):
        report = {"organization-name": sender, "contact-info": f"tls@{sender}.example", "report-id": f"{day}",
                  "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
                  "policies": [{"policy": {"policy-type": "no-policy-found", "policy-domain": "example.org"},
                                "summary": {"total-successful-session-count": 9,
                                            "total-failure-session-count": 0}}]}
        with open(f"silent/{sender}{number}.eml", "w") as file:
            file.write(f"From: tls@{sender}.example\nDate: {day + datetime.timedelta(1):%d %b %Y} 06:00:00 +0000\n"
                       f"Content-Type: application/tlsrpt+json\n\n{json.dumps(report)}\n")
END
"$INGEST" -q -c empty.conf --db "$WORK/silent.db" silent || exit 1
SILENT="--config $WORK/empty.conf --db $WORK/silent.db"
CLOCK="--now 1795262400" # 2026-11-21T12:00:00Z
silence=$("$TLSRPT" check $SILENT $CLOCK | grep -o 's[0-9][0-9]*' | head -1)
every explain-silence explain $SILENT "$silence"
CLOCK=$EARLIER
# Looking after a store: one with what is bad, too.  Nothing here takes time that could be told.
BAD="--config $WORK/empty.conf --db $WORK/bad.db"
for message in "$DATA"/mail/good/*.eml "$DATA"/mail/bad/*.eml; do
	"$INGEST" -q -c empty.conf --db "$WORK/bad.db" <"$message" || exit 1
done
sqlite3 "$WORK/bad.db" "UPDATE quarantined_row SET received_at = 1794500000 + id * 10000" || exit 1
every prune prune $BAD --keep 10d --keep-totals 12d --dry-run
every drop drop $BAD --dry-run 1
every quarantine quarantine $BAD
every quarantine-fates quarantine retry 1 2 3 20 $BAD
sqlite3 "$WORK/bad.db" "DELETE FROM finding WHERE report IN (3, 7);
	UPDATE raw SET content = (SELECT content FROM quarantined_row WHERE id = 17) WHERE report = 5"
every reprocess reprocess $BAD --dry-run
[ "$REFRESH" = refresh ] && echo "# $(ls "$EXPECT" | wc -l) files in expect/"
for file in "$EXPECT"/*; do
	[ -e "$(basename "$file")" ]
	ok $? "expect/$(basename "$file") is of this test"
done

# --- the width
for name in explain-one explain-problem explain-reasons explain-silence \
	summary one-domain well nothing policy policy-story policy-expected digest digest-week alert-week prune drop \
	quarantine quarantine-fates reprocess; do
	for format in text ascii; do
		# In characters: nothing in these samples is wider than one column.
		longest=$(python3 -c 'import sys
print(max(len(line.rstrip("\n")) for line in open(sys.argv[1], encoding="utf-8")))' $name.$format)
		[ "$longest" -le 80 ]
		ok $? "$name.$format: at most 80 columns ($longest)"
	done
done
is "$(grep -c '^All is well: none of 16 sessions failed.$' well.ascii well.text | cut -d: -f2 | tr '\n' ' ')" "1 1 " "all is well, in one line"
is "$(grep -c '^All is well' well.text summary.text)" "well.text:1
summary.text:0" "only if it is"
matches "$(cat nothing.text)" 'counts on 2026-11-17: tlsrpt summary --since 2026-11-17' "nothing in this time: what there is"
mkdir none && "$INGEST" -q --init -c empty.conf --db none/x.db || exit 1
"$TLSRPT" summary --config empty.conf --db none/x.db $CLOCK >none.text || exit 1
matches "$(cat none.text)" 'tlsrpt-ingest' "nothing there: what to do next"
matches "$(cat none.text)" 'v=TLSRPTv1; rua=' "and the record to publish"

# --- a store that is empty, and one that only took in what was no report
DB=$WORK/new.db
"$INGEST" -q -c empty.conf --db "$DB" --init 2>/dev/null || "$INGEST" -q -c empty.conf --db "$DB" <"$DATA/mail/bad/corrupt-gzip.eml"
for command in summary failures trend reports policy export status quarantine reprocess prune "digest --to root"; do
	run "$TLSRPT" $command -c empty.conf --db "$DB"
	is "$code$(cat err)" 0 "$command of an empty store"
	[ -s out ]
	ok $? "$command of an empty store says something"
	for format in json ndjson csv; do
		run "$TLSRPT" $command -c empty.conf --db "$DB" --format $format
		is "$code$(cat err)" 0 "$command of an empty store, $format"
	done
	"$TLSRPT" $command -c empty.conf --db "$DB" --format json >"empty-$command.json"
done
DB=$WORK/test.db

# --- the formats agree, and the counting rule is that of the view
python3 - <<'END'
import csv, json, sys
bad = 0
for name in ("summary failures trend reports export status show show-mixed show-message explain"
             " explain-one explain-problem explain-reasons explain-silence one-domain well nothing no-failures notes failures-earlier"
             " summary-earlier check-ok check-critical check-warning policy policy-story"
             " policy-expected policy-none digest digest-week alert-week record-made record-sound record-bad prune drop"
             " quarantine quarantine-fates reprocess").split():
    document = json.load(open(name + ".json"))
    first = next(value for key, value in document.items() if key not in ("schema", "version"))
    lines = [json.loads(line) for line in open(name + ".ndjson")]
    rows = list(csv.DictReader(open(name + ".csv", newline="")))
    same = lines == first and len(rows) == len(first)
    for row, cells in zip(first, rows):
        for key, value in row.items():
            cell = cells[key]
            if value is None:
                same &= cell == ""
            elif isinstance(value, bool):
                same &= cell == str(int(value))
            elif isinstance(value, float):
                same &= float(cell) == value
            elif isinstance(value, list):
                same &= len(cell.split(" ")) == len(value)
            else:
                same &= cell in (str(value), "'" + str(value))
    if not same:
        print(f"# {name}: json, ndjson and csv differ")
        bad = 1
sys.exit(bad)
END
ok $? "json, ndjson and csv say the same"
sum() {
	python3 -c 'import json, sys
document = json.load(open(sys.argv[1]))
print("|".join(str(sum(row[key] for row in document[sys.argv[2]])) for key in sys.argv[3:]))' "$@"
}
total=$(sql 'SELECT sum(sessions), sum(failed_sessions) FROM daily_total')
is "$(sum summary.json domains sessions failed_sessions)" "$total" "sessions of summary are those of daily_total"
is "$(sum trend.json days sessions failed_sessions)" "$total" "of trend"
is "$(sum reports.json reports sessions failed_sessions)" "$total" "of reports"
is "$(sum trend.json days reports)" "$(sql 'SELECT sum(reports) FROM daily_total')" "reports of trend"
is "$(sum export.json daily reports successful_sessions failed_sessions)" "$(sql 'SELECT sum(reports), sum(successful_sessions), sum(failed_sessions) FROM daily')" "export is daily"
is "$(sum failures.json incidents failed_sessions)" "$(sql 'SELECT sum(failed_sessions) FROM incident_days')" "failures are incident_days"
is "$(awk '/^tlsrpt_failed_sessions/ { n += $NF } END { print n }' export.prometheus)" "$(sql 'SELECT sum(failed_sessions) FROM daily')" "prometheus has as many"
# By hand: sts and tlsa of one report are the same sessions.
is "$(sql "SELECT sessions FROM daily_total WHERE day = '2026-11-14' AND organization LIKE 'Microsoft%'")" \
	"$(python3 -c 'import json
print(next(r["sessions"] for r in json.load(open("reports.json"))["reports"] if r["id"] == 10))')" "the counting rule"
is "$(awk '$1 == "example.com" { print $2, $3 }' summary.text)" "$(sql "SELECT sum(sessions) || ' ' || sum(failed_sessions) FROM daily_total WHERE policy_domain = 'example.com'")" "the text, too"
for option in "--domain shop.example" "--organization Mail.ru"; do
	"$TLSRPT" summary $STORE $SINCE $CLOCK -f json $option >part.json
	key=policy_domain value=shop.example
	case $option in --org*) key=organization value=Mail.ru ;; esac
	is "$(sum part.json domains sessions failed_sessions)" \
		"$(sql "SELECT sum(sessions), sum(failed_sessions) FROM daily_total WHERE $key = '$value'")" "$option"
done

# --- what is asked for, by day
"$TLSRPT" trend $STORE $CLOCK --since "last monday" --until yesterday -f ndjson >days
is "$(head -1 days | cut -c1-19) $(wc -l <days | tr -d ' ')" '{"day":"2026-11-16" 2' "last monday to yesterday"

# --- the programs for it
if command -v promtool >/dev/null; then
	promtool check metrics <export.prometheus >promtool.out 2>&1
	is "$?$(cat promtool.out)" 0 "promtool"
	promtool check rules "$SOURCE/contrib/monitoring/prometheus-rules.yml" >promtool.out 2>&1
	ok $? "promtool takes the rules of contrib/monitoring"
	sed -n 's/.*expr: *//p' "$SOURCE/contrib/monitoring/prometheus-rules.yml" | grep -o 'tlsrpt_[a-z_]*' |
		sort -u >metrics
	while read -r metric; do
		grep -q "^# HELP $metric " export.prometheus
		ok $? "the rules ask for $metric, which there is"
	done <metrics
else
	ok 1 "promtool is here (Debian: prometheus)"
fi
/usr/bin/python3 "$TESTS/tlsrpt/schema.py" ./*.json >schema.out 2>&1
case $? in
0) ok 0 "json is as contrib/schema says" ;;
77) ok 1 "python3-jsonschema is here" ;;
*)
	ok 1 "json is as contrib/schema says"
	cat schema.out
	;;
esac
# That it is strict: a key more, a key less, another type, another version.
if [ ! -s schema.out ]; then
	for change in 'd["more"] = 1' 'del d["version"]' 'd["version"] = 2' 'd["domains"][0]["more"] = 1' \
		'del d["domains"][0]["sessions"]' 'd["domains"][0]["sessions"] = "1"' \
		'd["domains"][0]["sessions"] = None' 'd["problems"][0]["first_seen"] = "yesterday"'; do
		python3 -c "import json
d = json.load(open('summary.json'))
$change
json.dump(d, open('changed', 'w'))"
		cp changed changed.json
		mv summary.json summary.kept
		mv changed.json summary.json
		! /usr/bin/python3 "$TESTS/tlsrpt/schema.py" ./*.json >schema.out 2>&1
		ok $? "not after $change"
		mv summary.kept summary.json
	done
fi
finish
