#!/bin/sh
# Stores that earlier versions have made are opened, brought up to date, and lose nothing.  A store
# of each schema version is kept in tests/data/stores.
. "$TESTS/cli/lib.sh"

newest=$(grep -c '{ .sqlite = ' "$SOURCE/src/store/sql.c")
known="$DATA/mail/good/google-2026-11-14-certificate-expired.eml"

# What version 1 has held from the start: 20 messages, 4 odd reports, 2 messages in quarantine, and
# two notes.
contents() {
	sql "SELECT 'reports', count(*) FROM reports;
		SELECT 'policies', count(*), sum(successful_sessions), sum(failed_sessions) FROM policies;
		SELECT 'failures', count(*), sum(failed_sessions) FROM failures;
		SELECT 'findings', count(*) FROM findings;
		SELECT 'daily', count(*), sum(successful_sessions), sum(failed_sessions) FROM daily;
		SELECT 'daily_total', count(*), sum(sessions), sum(failed_sessions) FROM daily_total;
		SELECT 'incidents', count(*), sum(failed_sessions) FROM incidents;
		SELECT 'incident_days', count(*), sum(reports) FROM incident_days;
		SELECT 'policy_seen', count(*) FROM policy_seen;
		SELECT 'notes', count(*), group_concat(text, '') FROM notes;
		SELECT 'note', note, resolved_at FROM incidents WHERE id = 1;
		SELECT 'quarantined', group_concat(reason) FROM quarantined;
		SELECT report_id, message_id, start_time, end_time, received_at, findings FROM reports ORDER BY id;
		SELECT report, path, code, detail FROM findings;
		SELECT policy, report, organization, policy_domain, policy_type, result_type, sending_mta_ip,
			receiving_mx_hostname, receiving_mx_helo, receiving_ip, failed_sessions,
			additional_information, failure_reason_code FROM failures ORDER BY id"
}

store_of() {
	fresh_store
	gunzip -c "$DATA/stores/version-$1.db.gz" >"$DB"
}

for version in $(seq "$newest"); do
	store_of "$version"
	is "$(sql 'SELECT max(version) FROM version')" "$version" "version $version: a store of it is kept"
	before=$(contents)
	matches "$before" '^reports\|24$' "version $version: with reports in it"

	ingest -v <"$known"
	matches "$code $(cat err)" '^0 tlsrpt-ingest: already stored ' "version $version: a report of then is known"
	is "$(contents)" "$before" "version $version: nothing is changed"
	is "$(sql 'SELECT max(version) FROM version')" "$newest" "version $version: it is up to date"
	ingest <"$DATA/json/good/google.json"
	is "$code $(sql 'SELECT count(*) FROM reports')" "0 25" "version $version: a new report is stored"
	is "$(sql 'PRAGMA integrity_check')$(sql 'PRAGMA foreign_key_check')" ok "version $version: sound"
	is "$(sql 'PRAGMA application_id')$(sql 'PRAGMA auto_vacuum')$(sql 'PRAGMA journal_mode')" 14142882102wal "version $version: with the settings of a store"
	if [ -x "$TESTS/oracle/oracle.py" ]; then
		run "$TESTS/oracle/oracle.py" "$DB"
		is "$code" 0 "version $version: its totals are those of its reports"
		[ "$code" -eq 0 ] || sed 's/^/# /' out err
	fi

	mkdir "$WORK/$version"
	gunzip -c "$DATA/stores/version-$version.db.gz" >"$WORK/$version/test.db"
	run "$BIN/tlsrpt-ingest" -c /dev/null --log stderr --init --db "$WORK/$version/test.db"
	DB=$WORK/$version/test.db
	is "$code $(sql 'SELECT max(version) FROM version')" "0 $newest" "version $version: --init brings it up to date"
	is "$(contents)" "$before" "version $version: and changes nothing"
	DB=$WORK/test.db
done

# In the middle there is no room any more.
store_of 1
before=$(contents)
run sh -c 'ulimit -f 100; exec "$0" "$@"' "$BIN/tlsrpt-ingest" -c /dev/null --log stderr --db "$DB" <"$known"
is "$code $(sql 'SELECT max(version) FROM version')" "75 1" "not migrated in full: it has its old version"
is "$(contents)" "$before" "and what was in it"
ingest <"$known"
is "$code $(sql 'SELECT max(version) FROM version')" "0 $newest" "with room it is"
finish
