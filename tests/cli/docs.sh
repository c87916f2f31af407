#!/bin/sh
# What the documentation says is so: man pages, sample configuration, views, queries, deviations.
. "$TESTS/cli/lib.sh"

ingest_1=$SOURCE/src/ingest/tlsrpt-ingest.1
conf_5=$SOURCE/src/ingest/tlsrpt.conf.5
conf=$SOURCE/contrib/tlsrpt.conf
schema=$SOURCE/contrib/schema.md
deviations=$SOURCE/contrib/DEVIATIONS.md
expect=$DATA/expect.tsv
tab=$(printf '\t')

# same_lines ONE OTHER NAME: both files hold the same lines, and some
same_lines() {
	if [ ! -s "$1" ]; then
		ok 1 "$3 (nothing to compare)"
	elif diff "$1" "$2" >differences; then
		ok 0 "$3"
	else
		ok 1 "$3"
		sed 's/^/# /' differences
	fi
}

# nothing FILE NAME: a list of complaints that has to be empty
nothing() {
	[ ! -s "$1" ]
	ok $? "$2"
	sed 's/^/# /' "$1"
}

# -- man pages

for page in "$ingest_1" "$conf_5"; do
	# What an Xr points at depends on what else is installed, and is below the level of warnings.
	run mandoc -Tlint -W warning "$page"
	is "$code $(cat out err)" "0 " "mandoc finds nothing in ${page##*/}"
done

run "$INGEST" --help
is "$code" 0 "--help exits with 0"
sed -n 's/^  \(-.*[^ ]\)  *.*/\1/p' out | grep -Eo -- '--?[a-z][a-z-]*' | sort -u >help.options
# The options are the flags on the list's ".It Fl" lines: "Fl -db" is --db, "Fl n" is -n.
awk '/^\.Sh /{in_options = $2 == "OPTIONS"}
	in_options && /^\.It Fl /{
		for (i = 2; i < NF; i++)
			if ($i == "Fl")
				print "-" $(i + 1)
	}' "$ingest_1" | sort -u >page.options
same_lines help.options page.options "--help and the man page have the same options"

awk '/^\.Sh /{in_status = $2 == "EXIT" && $3 == "STATUS"} in_status && /^\.It /{print $2}' \
	"$ingest_1" | tr '\n' ' ' >statuses
is "$(cat statuses)" "0 65 75 " "the man page has three exit statuses"

sed -n 's/.*{ TLSRPT_ERROR_[A-Z_]*, "\([a-z-]*\)" },.*/\1/p' "$SOURCE/src/base/error.c" \
	| sort >reasons
awk '/^\.Sh /{on = $2 == "QUARANTINE"} on && /^\.It Li /{print $3}' "$ingest_1" \
	| sort >page.reasons
same_lines reasons page.reasons "the man page has the reasons for quarantine"

# -- configuration

sed -n 's/^#\([a-z][a-z-]*\)=.*/\1/p' "$conf" | sort >conf.keys
sed -n 's/^\.It Cm \([a-z][a-z-]*\)$/\1/p' "$conf_5" | grep -Evx 'ms|s|m|h|d' | sort >page.keys
same_lines conf.keys page.keys "the sample configuration and its man page have the same keys"

sed -n 's/.*{ "[a-z]*", "\([a-z-]*\)", KEY_.*/\1/p' "$SOURCE/src/base/config.c" >source.keys
sed -n 's/.*X([a-z_]*, "\([a-z-]*\)",.*/\1/p' "$SOURCE/include/tlsrpt/limits.h" >>source.keys
sort source.keys >source.sorted
same_lines source.sorted conf.keys "the sample configuration has the program's keys"

grep -v '^#' "$conf" | grep -v '^\[' | grep . >uncommented
nothing uncommented "everything in the sample configuration is commented out"

sample=$DATA/mail/good/google-2026-11-16-success.eml
run "$INGEST" -c "$conf" -n <"$sample"
is "$code $(head -n 1 out)" "0 report:" "the sample configuration is accepted"

sed 's/^#\([a-z][a-z-]*=\)/\1/' "$conf" >all.conf
is "$(grep -c '^[a-z]' all.conf)" "$(wc -l <conf.keys | tr -d ' ')" "every key can be uncommented"
run "$INGEST" -c all.conf -n <"$sample"
is "$code $(head -n 1 out)" "0 report:" "so is every key of it at its default"

# Defaults and bounds: the man page's "(32M; 1 to 1G)" against limits.h.
awk '
function bytes(text, unit) {
	unit = substr(text, length(text))
	return (text + 0) * (unit == "K" ? 1024 : unit == "M" ? 1048576 : unit == "G" ? 1073741824 : 1)
}
FNR == NR {
	if (/^\.Ss /)
		limits = /limits/
	if (/^\.It Cm /)
		key = $3
	else if (limits && key != "") {
		text = text " " $0
		if (match(text, /\([0-9]+[KMG]?; [0-9]+[KMG]? (to [0-9]+[KMG]?|or more)\)/)) {
			split(substr(text, RSTART + 1, RLENGTH - 2), word, /;? /)
			page[key] = bytes(word[1]) " " bytes(word[2]) " " \
				(word[3] == "to" ? bytes(word[4]) : "more")
			key = text = ""
		}
	}
	next
}
match($0, /X\([a-z_]+, "[a-z-]+", .*\)/) {
	split(substr($0, RSTART + 2, RLENGTH - 3), field, /, */)
	gsub(/"/, "", field[2])
	for (i = 3; i <= 5; i++) {
		number = field[i] + 0
		if (field[i] ~ /KIB/)
			number = (number ? number : 1) * 1024
		if (field[i] ~ /MIB/)
			number = (number ? number : 1) * 1048576
		if (field[i] == "INT32_MAX")
			number = 2147483647
		if (field[i] == "INT64_MAX")
			number = "more"
		field[i] = number
	}
	n++
	if (page[field[2]] != field[3] " " field[4] " " field[5])
		print field[2] ": " page[field[2]] " in the page, " field[3] " " field[4] " " field[5]
}
END {
	if (n == 0)
		print "no limits found"
}' "$conf_5" "$SOURCE/include/tlsrpt/limits.h" >wrong
nothing wrong "the man page has the limits with their defaults and bounds"

# The defaults of the sample configuration against the page's, and the days' against config.c.
awk '
/^\.Sh /{key = ""}
/^\.It Cm /{key = $3; next}
key != "" {sub(/^\.Cm /, ""); text[key] = text[key] " " $0}
END {
	for (key in text) {
		gsub(/ \)/, ")", text[key])
		print key " " text[key]
	}
}' "$conf_5" >page.texts
sed -n 's/^#\([a-z][a-z-]*\)=\(..*\)/\1 \2/p' "$conf" >conf.defaults
while read -r key value; do
	grep "^$key " page.texts | grep -Eq "(\(|; )$value[;)]" || echo "$key=$value"
done <conf.defaults >wrong
nothing wrong "the sample configuration and the man page have the same defaults"

sed -n 's/.*"\([a-z-]*\)", KEY_DAYS, AT(\([a-z_]*\)), \([0-9]*\), \([0-9]*\) },/\1 \2 \3 \4/p' \
	"$SOURCE/src/base/config.c" >days
while read -r key member lowest highest; do
	value=$(sed -n "s/.*config->$member = \([0-9]*\);/\1/p" "$SOURCE/src/base/config.c")
	grep "^$key " page.texts | grep -q "(days; ${value}d; ${lowest}d to ${highest}d)" || echo "$key"
done <days >wrong
[ -s days ] || echo "no days in config.c" >wrong
nothing wrong "the man page has the days with their defaults and bounds"

printf '[limits]\nstring=4K\nno-such-key=1\n' >bad.conf
run "$INGEST" -c bad.conf -n <"$sample"
is "$code" 75 "an unknown key gives 75"
matches "$(cat err)" 'bad\.conf line 3: ' "and its line is named"
# -- views and queries

for file in "$DATA"/mail/good/*.eml; do
	ingest <"$file"
	[ "$code" -eq 0 ] || ok 1 "${file##*/} is stored"
done

sql "SELECT v.name || '.' || c.name FROM sqlite_schema AS v, pragma_table_info(v.name) AS c
	WHERE v.type = 'view' AND v.name NOT LIKE '%_names' ORDER BY v.name, c.cid" >store.columns
awk -F '`' '/^### /{view = $2} /^## /{view = ""} view != "" && /^\| `/{print view "." $2}' \
	"$schema" >page.columns
sort -s -t . -k 1,1 page.columns >page.sorted
same_lines store.columns page.sorted "schema.md has the views with their columns in order"

# A column that is not marked as NULL is never NULL, here at least.
awk -F '[`|]' '/^### /{split($0, part, "`"); view = part[2]} /^## /{view = ""}
	view != "" && /^\| `/ && !/, or NULL/{print view, $3}' "$schema" >never_null
while read -r view column; do
	[ "$(sql "SELECT count(*) FROM $view WHERE \"$column\" IS NULL OR \"$column\" = ''")" = 0 ] \
		|| echo "$view.$column"
done <never_null >wrong
nothing wrong "what schema.md does not mark as NULL is not"

# query NAME: its text
query() {
	awk -v mark="<!-- query: $1 -->" '$0 == mark {found = 1; next}
		found && /^```sql$/ {inside = 1; next}
		inside && /^```$/ {exit}
		inside' "$schema"
}

# answers NAME, with what is expected on standard input
answers() {
	cat >wanted
	run sqlite3 -readonly "$DB" "$(query "$1")"
	is "$code $(cat err)" "0 " "the query $1 runs"
	same_lines out wanted "the query $1 gives what it should"
	echo "$1" >>answered
}

answers failed-share <<END
mx1.example.org|13|6|46.2
example.com|213|28|13.1
example.org|23|2|8.7
shop.example|52|4|7.7
lists.example.org|1|0|0.0
mx1.example.com|3|0|0.0
newsletters.customer-care.department.shop.example|5|0|0.0
END

answers open-incidents <<END
1|example.com|sts|certificate-expired|mx2.example.com|enforce|2026-11-14|2026-11-16|3|26|
4|mx1.example.org|tlsa|tlsa-invalid|mx1.example.org||2026-11-12|2026-11-13|2|6|
3|example.com|sts|validation-failure||enforce|2026-11-16|2026-11-16|1|2|
5|example.org|tlsa|tlsa-invalid|mx1.example.org||2026-11-14|2026-11-14|1|2|
2|shop.example|sts|sts-policy-fetch-error|||2026-11-13|2026-11-13|2|4|
END

answers reporters <<END
example.com|Google Inc.|4|2026-11-15
example.com|Northwind Post|1|2026-11-15
example.com|Microsoft Corporation|3|2026-11-16
example.com|mox.lakeside.example|1|2026-11-16
example.org|Google Inc.|1|2026-11-12
example.org|smtp.meadowbrook-hosting.example|1|2026-11-14
example.org|mox.lakeside.example|1|2026-11-17
lists.example.org|mox.lakeside.example|1|2026-11-17
mx1.example.com|Northwind Post|1|2026-11-15
mx1.example.org|Harbour & Sons Ltd|1|2026-11-12
mx1.example.org|mox.lakeside.example|2|2026-11-16
newsletters.customer-care.department.shop.example|Fern|1|2026-11-10
shop.example|Mail.ru|1|2026-11-13
shop.example|Google Inc.|1|2026-11-16
shop.example|mox.lakeside.example|1|2026-11-16
shop.example|smtp.meadowbrook-hosting.example|1|2026-11-16
shop.example|Microsoft Corporation|2|2026-11-17
END

answers policy-drift <<END
example.com|2026-10-06|2026-10-12|2|version: STSv1; mode: testing; mx: mx1.example.com; mx: mx2.example.com; max_age: 86400
example.com|2026-11-03|2026-11-16|4|version: STSv1; mode: enforce; mx: mx1.example.com; mx: mx2.example.com; max_age: 604800
shop.example|2026-11-13|2026-11-13|2|
shop.example|2026-11-16|2026-11-16|1|version: STSv1; mode: testing; max_age: 86400; mx: *.shop.example
shop.example|2026-11-16|2026-11-17|3|version: STSv1; mode: testing; mx: *.shop.example; max_age: 86400
END

answers findings <<END
Harbour & Sons Ltd|control-characters|1|1|2026-11-12
Harbour & Sons Ltd|submitter-differs|1|1|2026-11-12
Mail.ru|submitter-differs|1|1|2026-11-13
Mail.ru|sum-exceeds-total|1|1|2026-11-13
Microsoft Corporation|json-in-string|1|1|2026-11-14
Microsoft Corporation|missing|6|4|2026-11-17
Microsoft Corporation|no-zone|2|1|2026-10-12
Northwind Post|control-characters|1|1|2026-11-15
mox.lakeside.example|empty|8|2|2026-11-16
mox.lakeside.example|unexpected|2|1|2026-11-17
smtp.meadowbrook-hosting.example|empty|2|1|2026-11-16
smtp.meadowbrook-hosting.example|null|4|1|2026-11-14
smtp.meadowbrook-hosting.example|unexpected|1|1|2026-11-14
END

sed -n 's/^<!-- query: \(.*\) -->$/\1/p' "$schema" >queries
same_lines queries answered "every named query of schema.md was run"

# Also those without a name.
awk '/^```sql$/ {n++; on = 1; next} /^```$/ {on = 0} on {print > ("block." n)}' "$schema"
for block in block.*; do
	run sqlite3 -readonly "$DB" "$(cat "$block")"
	[ "$code" -eq 0 ] && [ -s out ]
	ok $? "the SQL in $block runs and gives rows"
done

sql "SELECT name FROM sqlite_schema WHERE type = 'table'" | sort >tables
grep -Eho '(FROM|JOIN) [a-z_]+' block.* | cut -d ' ' -f 2 | sort -u >used
comm -12 tables used >wrong
nothing wrong "the SQL in schema.md uses views only"

# -- deviations

# The rows as "code file": with a finding each code of the row with each file of it, else "- file".
: >row.codes
awk -F '|' 'NF >= 6 && $2 !~ /^ (deviation|-)/ && !/^\|-/ {
	codes = $(NF - 2)
	files = $(NF - 1)
	if (codes ~ /no finding: ./)
		codes = "`-`"
	n = split(codes, code, "`")
	m = split(files, file, "`")
	if (n < 3)
		print "? " $0
	for (i = 2; i <= n; i += 2) {
		if (code[i] != "-")
			print code[i] >"row.codes"
		for (j = 2; j <= m; j += 2)
			print code[i], file[j]
	}
	if (m < 3 && files !~ /no file: /)
		print "? " $0
}' "$deviations" >pairs
grep '^?' pairs >wrong
nothing wrong "each row of DEVIATIONS.md has a finding and a sample, or says why not"

while read -r found file; do
	line=$(grep "^$file$tab" "$expect") || { echo "$file: not in expect.tsv"; continue; }
	[ -r "$DATA/$file" ] || echo "$file: not there"
	[ "$found" = - ] && continue
	echo "$line" | cut -f 13 | tr ' ' '\n' | grep -q "=$found\$" || echo "$file: no $found"
done <pairs >wrong
nothing wrong "each sample in DEVIATIONS.md is there and has the findings of its row"

cut -d ' ' -f 2 pairs | sort -u >named
cut -f 1,13 "$expect" | sed -n "s/^\([a-z]*\/odd\/[^$tab]*\)$tab.*/\1/p" | sort >odd
comm -13 named odd >wrong
nothing wrong "every odd sample is in DEVIATIONS.md"

sed -n 's/.*X(FINDING_[A-Z_0-9]*, "\([a-z0-9-]*\)").*/\1/p' "$SOURCE/include/tlsrpt/finding.h" \
	| sort >codes
sort -u row.codes >used
same_lines codes used "DEVIATIONS.md has a row for every code of finding.h, and no other code"
finish
