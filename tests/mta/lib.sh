# shellcheck shell=sh
# Helpers of the mail system tests, on top of tests/cli/lib.sh.  Each test has a private folder that
# other users may enter, its own copy of the programs in $WORK/bin, a store in $WORK/store, and only
# listens on 127.0.0.1.

# shellcheck source=../cli/lib.sh
. "$TESTS/cli/lib.sh"

# Mail systems call the programs as other users, who may not be able to enter the build's folder.
chmod 755 "$WORK"
mkdir "$WORK/bin" "$WORK/store" "$WORK/run"
chmod 1777 "$WORK/run"
STORE=$WORK/store
DB=$STORE/tlsrpt.db
INGEST=$WORK/bin/tlsrpt-ingest
cp "$BIN/tests/tlsrpt-ingest-hooks" "$WORK/bin/hooks" && cp "$BIN/tlsrpt-ingest" "$WORK/bin/real" || exit 1
# Gives up on a lock after 5/8 of this.
printf '[ingest]\ndeadline=2s\nlog=syslog\n' >"$WORK/short.conf"
# What takes the place of /usr/bin/tlsrpt-ingest in the snippets.
# shellcheck disable=SC2034
COMMAND="$INGEST -c $WORK/short.conf --db $DB"

# program KIND [TEXT]: what the mail system finds as $INGEST from now on: the real one; none at all
# (missing); the one with places for faults (fault PLACE:FAULT), whose process ids are in run/pids
# then; or a script (script COMMANDS), which reads the message first
program() {
	rm -f "$INGEST.new" "$WORK/run/pids"
	case $1 in
	real) ln -s real "$INGEST.new" ;;
	missing) rm -f "$INGEST" && return ;;
	fault)
		printf '#!/bin/sh\nTLSRPT_TEST_FAULT=%s TLSRPT_TEST_PID_FILE=%s exec %s "$@"\n' \
			"$2" "$WORK/run/pids" "$WORK/bin/hooks" >"$INGEST.new"
		;;
	script) printf '#!/bin/sh\ncat >/dev/null\n%s\n' "$2" >"$INGEST.new" ;;
	esac
	chmod 755 "$INGEST.new"
	mv "$INGEST.new" "$INGEST"
}
program real
# kill_program: the process that the mail system started, which must hang by a fault, by KILL
kill_program() {
	wait_for 10 test -s "$WORK/run/pids" && kill -KILL "$(cut -d ' ' -f 1 "$WORK/run/pids")"
}

# need PROGRAM...: skips the test if one is missing
need() {
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can start this mail system"
}

# wait_for SECONDS COMMAND...: tries the command until it succeeds, at most so long
wait_for() {
	tries=$(($1 * 20))
	shift
	while [ "$tries" -gt 0 ]; do
		"$@" && return 0
		sleep 0.05
		tries=$((tries - 1))
	done
	return 1
}

# A free port of 127.0.0.1, below those that the system gives to outgoing connections.
free_port() {
	python3 - <<'PY'
import random, socket
while True:
    port = random.randint(20000, 32000)
    with socket.socket() as s:
        if s.connect_ex(("127.0.0.1", port)) == 0:
            continue
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PY
}

# listens PORT
listens() {
	python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1" 2>/dev/null
}

# The user tlsrpt of the snippets.  Made if missing, and then removed by the last of the tests that
# run at the same time: each holds a shared lock on this file as long as it needs the user.
USER_LOCK=/run/lock/tlsrpt-tests
tlsrpt_user() {
	mkdir "$WORK/home"
	if [ "$(id -u)" -ne 0 ]; then
		# Good enough for what needs no root; the mail is then for whoever runs the test.
		"$INGEST" -c "$WORK/empty.conf" --db "$DB" --init || exit 1
		return
	fi
	exec 9>>"$USER_LOCK"
	wait_for 20 lock_user || skip "cannot make the user tlsrpt"
	"$INGEST" -c "$WORK/empty.conf" --db "$DB" --init --owner tlsrpt || exit 1
	chown tlsrpt:tlsrpt "$WORK/home"
}
# Runs a command as tlsrpt with a home and a bare environment.
as_user() {
	set -- env -i HOME="$WORK/home" LOGNAME=tlsrpt USER=tlsrpt SHELL=/bin/sh PATH=/usr/bin:/bin "$@"
	[ "$(id -u)" -ne 0 ] || set -- setpriv --reuid tlsrpt --regid tlsrpt --clear-groups "$@"
	"$@"
}
lock_user() {
	flock -s 9
	id tlsrpt >/dev/null 2>&1 && return 0
	flock -u 9
	# shellcheck disable=SC2016
	flock "$USER_LOCK" sh -c 'id tlsrpt >/dev/null 2>&1 ||
		{ useradd -r -M -s /usr/sbin/nologin tlsrpt && echo made >>"$0"; }' "$USER_LOCK"
	return 1
}
release_user() {
	{ true >&9; } 2>/dev/null || return 0
	if flock -n 9 && [ -s "$USER_LOCK" ]; then
		# What the tests left to die may take a moment.  If not now, then the next test does it.
		wait_for 6 userdel tlsrpt 2>/dev/null && : >"$USER_LOCK"
	fi
	exec 9>&-
}

# stop_pid_file FILE: ends the process named there, by KILL if it does not go
stop_pid_file() {
	[ -s "$1" ] || return 0
	pid=$(tr -dc 0-9 <"$1")
	kill "$pid" 2>/dev/null
	wait_for 5 gone "$pid" || kill -KILL "$pid" 2>/dev/null
	rm -f "$1"
}
gone() {
	! kill -0 "$1" 2>/dev/null
}

# at_end COMMAND: to be run when the test ends, in whatever way; the last one given first
AT_END=
at_end() {
	AT_END="$1
$AT_END"
}
# Before "finish", which removes the folder that the mail system still uses.
clean_up() {
	trap - EXIT
	[ -z "${holder:-}" ] || unlock_store
	eval "$AT_END"
	AT_END=
	release_user
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# Holds the store's write lock until unlock_store, at most two minutes.
lock_store() {
	rm -f "$WORK/run/locked" "$WORK/run/unlock"
	python3 - "$DB" "$WORK/run" <<'PY' 9>&- &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
db.execute("BEGIN IMMEDIATE")
open(sys.argv[2] + "/locked", "w").close()
for _ in range(2400):
    if os.path.exists(sys.argv[2] + "/unlock") or not os.path.exists(sys.argv[2]):
        break
    time.sleep(0.05)
db.execute("ROLLBACK")
os._exit(0)  # without closing, which would remove files that others may be about to open
PY
	holder=$!
	wait_for 20 test -e "$WORK/run/locked"
}
unlock_store() {
	touch "$WORK/run/unlock"
	wait "$holder"
	holder=
}

# What is in the store: how many reports, then the reasons of the quarantine.
contents() {
	sql "SELECT (SELECT count(*) FROM reports) || ' ' || coalesce((SELECT group_concat(reason) FROM quarantined), '-')"
}
reports() {
	sql "SELECT count(*) FROM reports"
}

# report NAME: a message with a report of that id
report() {
	cat <<MESSAGE
From: tlsrpt@sender.example
To: tls@example.com
Subject: Report Domain: example.com Submitter: sender.example Report-ID: <$1@sender.example>
Date: Sun, 15 Nov 2026 02:00:00 +0000
Message-ID: <$1@sender.example>
TLS-Report-Domain: example.com
TLS-Report-Submitter: sender.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type="tlsrpt"; boundary="=b"

--=b
Content-Type: text/plain

This is a report.
From the beginning of a line
.and a dot

--=b
Content-Type: application/tlsrpt+json
Content-Disposition: attachment; filename="sender.example!example.com!1794614400!1794700799.json"

{"organization-name":"Sender","report-id":"$1","contact-info":"tlsrpt@sender.example",
"date-range":{"start-datetime":"2026-11-14T00:00:00Z","end-datetime":"2026-11-14T23:59:59Z"},
"policies":[{"policy":{"policy-type":"sts","policy-domain":"example.com",
"policy-string":["version: STSv1","mode: enforce","mx: mx.example.com","max_age: 86400"]},
"summary":{"total-successful-session-count":7,"total-failure-session-count":0}}]}

--=b--
MESSAGE
}

# bad_report NAME: a message with a report part that is no report, for the quarantine: not-json
bad_report() {
	report "$1" | sed 's/^{"organization-name"/{"organization-name"; /'
}

# --- Postfix

# postfix_configure: a private instance below $WORK/postfix, with the basic settings.  What is not for
# a transport or an alias goes to "capture", which keeps it in run/: so does a bounce, for nothing is
# to leave the machine.
postfix_configure() {
	PF=$WORK/postfix
	PORT=$(free_port)
	mkdir -p "$PF/etc" "$PF/spool" "$PF/data"
	chown postfix "$PF/data"
	cat >"$PF/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $PF/spool
data_directory = $PF/data
maillog_file = $PF/log
maillog_file_prefixes = $PF
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
myhostname = mx.example.com
mydestination = example.com
local_recipient_maps =
alias_maps =
default_transport = capture:
relay_transport = capture:
# No retry but those that the tests ask for.
minimal_backoff_time = 1h
maximal_backoff_time = 1h
queue_run_delay = 1h
CF
	cat >"$PF/etc/master.cf" <<CF
127.0.0.1:$PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
capture unix - n n - 10 pipe
  flags=RF user=tlsrpt argv=$WORK/bin/capture \${sender} \${recipient}
CF
	cat >"$WORK/bin/capture" <<CF
#!/bin/sh
f=\$(mktemp $WORK/run/captured.XXXXXX) && { echo "\$*"; cat; } >"\$f"
CF
	chmod 755 "$WORK/bin/capture"
}
postfix_start() {
	MASTER=
	at_end postfix_stop
	postfix -c "$PF/etc" check >&2 && postfix -c "$PF/etc" start >/dev/null 2>"$WORK/err" 9>&- &&
		MASTER=$(tr -dc 0-9 <"$PF/spool/pid/master.pid") && wait_for 20 listens "$PORT" && return
	sed 's/^/# /' "$WORK/err" "$PF/log"
	exit 1
}
postfix_stop() {
	postfix -c "$PF/etc" stop >/dev/null 2>&1
	# Even if somebody took the folder away.
	if [ -n "$MASTER" ] && ! wait_for 1 gone "$MASTER"; then
		kill "$MASTER"
		wait_for 5 gone "$MASTER" || kill -KILL "$MASTER"
	fi
}

# send SENDER RECIPIENTS FILE...: by SMTP, each message in a connection of its own, all at once; the
# queue ids go to $ids
send() {
	ids=$(python3 "$TESTS/mta/send.py" "$PORT" "$@") || ids=
}
# status ID: the words after status= in the log, of the deliveries of a message
status() {
	sed -n "s/.* $1: to=.* status=\([^ ]*\) .*/\1/p" "$PF/log" | paste -s -d ' '
}
# reason ID: what the log has in brackets after the last status
reason() {
	sed -n "s/.* $1: to=.* dsn=\([^,]*\), status=[^ ]* (\(.*\))\$/\1 \2/p" "$PF/log" | tail -n 1
}
has_status() {
	[ -n "$(status "$1")" ]
}
done_with() {
	grep -q " $1: removed" "$PF/log"
}
# queued: how many messages there are in the queue
queued() {
	postqueue -c "$PF/etc" -j | wc -l
}
queue_empty() {
	[ "$(queued)" -eq 0 ]
}
# retry: everything in the queue
retry() {
	postqueue -c "$PF/etc" -f
}
# captured: how many messages went elsewhere, bounces among them
captured() {
	find "$WORK/run" -name 'captured.*' | wc -l
}

# Nothing that follows makes sense, and waiting for it would take long.
bail_out() {
	sed 's/^/# /' "$PF/log" | tail -n 20
	echo "Bail out! $1"
	exit 1
}
# deliver NAME [RECIPIENTS [SENDER]]: sends message ./NAME, and waits until it was tried
deliver() {
	send "${3-tlsrpt@sender.example}" "${2-tls@example.com}" "$1"
	wait_for 15 has_status "$ids" || bail_out "$1 was not tried"
}
# leaves ID...: waits until the queue has no more of these messages
leaves() {
	for id in "$@"; do
		wait_for 15 done_with "$id" || bail_out "$id stays in the queue"
	done
}
# no_bounce NAME: there were none, and nothing else was sent either
no_bounce() {
	is "$(captured)" 0 "$1: nobody is sent anything"
}
# stays NAME CONTENTS PATTERN STATUS: the message last delivered is in the queue, and said why in one line
stays() {
	is "$(status "$ids") $(queued) $(contents)" "$4 1 $2" "$1: stays in the queue"
	matches "$(reason "$ids")" "$3" "$1: the log says why"
	no_bounce "$1"
}
# comes NAME CONTENTS: and is stored at the next try
comes() {
	program real
	retry
	leaves "$ids"
	is "$(queued) $(contents)" "0 $2" "$1: and is stored with the next try"
}

# fate NAME ADDRESS: what becomes of a message to that address
fate() {
	rm -f "$WORK"/run/captured.*
	deliver "$1" "$2"
	case $(status "$ids") in
	bounced) leaves "$ids" && wait_for 5 queue_empty ;;
	esac
	echo "$(status "$ids") $(reason "$ids" | cut -d ' ' -f 1), $(captured) sent back, $(queued) queued"
	postsuper -c "$PF/etc" -d ALL 2>/dev/null
}
# measure WHAT NAME SNIPPET PLAIN [PATTERN]: a row of a table with what becomes of it at both
# addresses; at the first one it must be that, or stay in the queue
measure() {
	snippet=$(fate "$2" "$3")
	printf '# %-8s | %-42s | %s\n' "$1" "$snippet" "$(fate "$2" "$4")"
	case $1 in
	0) matches "$snippet" '^sent .*, 0 sent back, 0 queued$' "exit 0: delivered" ;;
	*) matches "$snippet" "${5-, 0 sent back, 1 queued\$}" "$1: ${5:-stays in the queue}" ;;
	esac
}
table_head() {
	printf '# %-8s | %-42s | %s\n' exit "$@"
}
