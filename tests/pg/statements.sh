#!/bin/sh
# A real PostgreSQL takes the schema and every statement.  It runs in a folder of its own, as somebody
# who may nothing, and listens on a socket there.  77 without PostgreSQL.
. "$TESTS/cli/lib.sh"

bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] && command -v psql >psql.path || {
	echo "# no PostgreSQL"
	exit 77
}
user=$(id -un)
[ "$user" != root ] || user=nobody

# as COMMAND...: as somebody whom PostgreSQL does not refuse
as() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
	else
		"$@"
	fi
}

mkdir pg
chmod 711 "$WORK"
[ "$(id -u)" -ne 0 ] || chown "$user" pg
folder=$WORK/pg
cd pg || exit 1
as "$bin/initdb" -D "$folder/data" -A trust -U tlsrpt -E UTF8 --locale=C >initdb.log 2>&1 || {
	cat initdb.log
	exit 1
}
as "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off >server.log 2>&1 &
# Its pid is in its folder; that of the job may be a shell's.
stop_server() {
	[ ! -e "$folder/data/postmaster.pid" ] || kill -QUIT "$(head -n 1 "$folder/data/postmaster.pid")"
	tries=0
	while [ -e "$folder/data/postmaster.pid" ] && [ $tries -lt 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}
trap stop_server EXIT
trap 'exit 1' INT TERM HUP
tries=0
until "$bin/pg_isready" -q -h "$folder" || [ $tries -ge 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done

# pg OPTION...: asks it, with the text on standard input
pg() {
	psql -X -q -h "$folder" -U tlsrpt -d postgres -v ON_ERROR_STOP=1 "$@"
}

"$BIN/tests/print-sql" >all.sql
pg -f all.sql >out 2>err
is "$?" 0 "the schema and all statements"
sed 's/^/# /' err
prepared=$(echo "SELECT count(*) FROM pg_prepared_statements" | cat all.sql - >count.sql;
	echo "DROP SCHEMA public CASCADE; CREATE SCHEMA public" | pg 2>err; pg -At -f count.sql)
is "$prepared" "$(grep -c '^PREPARE ' all.sql)" "each of them is prepared"

# The views have the columns that they have in SQLite, in their order, and answer.
cd ..
ingest <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
sql "SELECT v.name || '.' || c.name FROM sqlite_schema AS v, pragma_table_info(v.name) AS c
	WHERE v.type = 'view' ORDER BY v.name, c.cid" >lite.columns
echo "SELECT table_name || '.' || column_name FROM information_schema.columns JOIN information_schema.views
	USING (table_schema, table_name) WHERE table_schema = 'public'
	ORDER BY table_name COLLATE \"C\", ordinal_position" | pg -At >pg.columns
is "$(cat pg.columns)" "$(cat lite.columns)" "the views have the same columns"
for view in $(cut -d . -f 1 lite.columns | uniq); do
	echo "SELECT * FROM $view;"
done | pg -At >out 2>err
is "$?$(cat out err)" 0 "every view can be asked, and is empty"

# Days and times as text, and unknown names.
pg -At >out 2>err <<SQL
INSERT INTO organization (name) VALUES ('Org');
INSERT INTO reporter (organization, auth, auth_domain) VALUES (2, 1, 1);
INSERT INTO sender (reporter, contact, submitter, from_domain, first_day) VALUES (1, 1, 1, 1, 1);
INSERT INTO reporter_day VALUES (1, 20759, 1);
INSERT INTO report VALUES (1, 20758, 1, 'r', 1, 1793491200, 1793577599, 1793600000, 0);
INSERT INTO policy VALUES (20758, 1, 0, 1, 1, 1, 1, 9007199254740992, 1);
SELECT organization, auth, auth_domain IS NULL, day, start_time, end_time, findings, pruned FROM reports;
SELECT id, organization, policy_domain IS NULL, successful_sessions FROM policies;
SQL
is "$(cat out err)" "Org|unchecked|t|2026-11-01|2026-11-01T00:00:00Z|2026-11-01T23:59:59Z|0|0
65536|Org|t|9007199254740992" "days, times and what is unknown are as in SQLite"
stop_server
trap - EXIT
finish
