#!/bin/sh
# Every sample file gives what the table says: samples.sh TABLE FOLDER
. "$TESTS/cli/lib.sh"

table=$1
folder=$2
tab=$(printf '\t')

# The columns of the table from what is in the store now.
stored_line() {
	sql "
	SELECT (SELECT count(*) FROM reports)
	|| '$tab' || coalesce((SELECT coalesce(organization, '-') FROM reports ORDER BY id LIMIT 1), '-')
	|| '$tab' || coalesce((SELECT CASE WHEN length(report_id) = 64
		AND report_id NOT GLOB '*[^0-9a-f]*' THEN '*' ELSE report_id END
		FROM reports ORDER BY id LIMIT 1), '-')
	|| '$tab' || coalesce((SELECT start_time FROM reports ORDER BY id LIMIT 1), '-')
	|| '$tab' || coalesce((SELECT end_time FROM reports ORDER BY id LIMIT 1), '-')
	|| '$tab' || (SELECT count(*) FROM policies)
	|| '$tab' || (SELECT coalesce(sum(successful_sessions), 0) FROM policies)
	|| '$tab' || (SELECT coalesce(sum(failed_sessions), 0) FROM policies)
	|| '$tab' || (SELECT count(*) FROM failures)
	|| '$tab' || (SELECT coalesce(sum(failed_sessions), 0) FROM failures)"
}

stored_findings() {
	found=$(sql "SELECT path || '=' || code FROM findings" | sort | tr '\n' ' ')
	found=${found% }
	echo "${found:--}"
}

stored_outcome() {
	reason=$(sql "SELECT reason FROM quarantined")
	if [ "$(sql 'SELECT count(*) FROM reports')" -gt 0 ]; then
		echo "stored${reason:++$reason}"
	else
		echo "$reason"
	fi
}

# Times that depend on the clock stand as "-" in the table.
blank_times() {
	awk -F "$tab" -v OFS="$tab" -v start="$1" -v end="$2" \
		'{ if (start == "-") $4 = "-"; if (end == "-") $5 = "-"; print }'
}

lines=0
while IFS="$tab" read -r file outcome reports org id start end policies good bad rows row_sum found; do
	[ "$file" = file ] && continue
	lines=$((lines + 1))
	if [ ! -r "$folder/$file" ]; then
		ok 1 "$file is there"
		continue
	fi
	fresh_store
	ingest <"$folder/$file"
	got="$code$tab$(stored_outcome)$tab$(stored_line | blank_times "$start" "$end")$tab$(stored_findings)"
	wanted="0$tab$outcome$tab$reports$tab$org$tab$id$tab$start$tab$end$tab$policies$tab$good$tab$bad$tab$rows$tab$row_sum$tab$found"
	is "$got" "$wanted" "$file"
done <"$table"

# Every file has a line.
for file in $(cd "$folder" && find . -path ./stores -prune -o -type f \( -name '*.eml' -o -name '*.json' -o -name '*.gz' \) -print); do
	grep -q "^${file#./}$tab" "$table" || ok 1 "${file#./} has a line in the table"
done
[ "$lines" -gt 0 ]
ok $? "the table has lines"
finish
