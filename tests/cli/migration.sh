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
		SELECT 'quarantined', group_concat(reason) FROM quarantined"
}

for version in $(seq "$newest"); do
	fresh_store
	gunzip -c "$DATA/stores/version-$version.db.gz" >"$DB"
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
done
finish
