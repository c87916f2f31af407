#!/bin/sh
# Dovecot with contrib/dovecot: Sieve's "execute" and "pipe", by dovecot-lda with bin_dir, which needs
# neither root nor a daemon, and by LMTP with the service, if this is root.
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need dovecot sievec sieve-filter python3 sqlite3
LDA=/usr/lib/dovecot/dovecot-lda
need $LDA
if [ "$(id -u)" -eq 0 ]; then
	tlsrpt_user
else
	mkdir "$WORK/home"
	as_user() {
		env -i HOME="$WORK/home" USER="$(id -un)" PATH=/usr/bin:/bin "$@"
	}
fi

# The sieve scripts, with the test's store.
SIEVE=$WORK/sieve
mkdir "$SIEVE"
for script in execute pipe drain; do
	sed "s|\"tlsrpt-ingest\"|& [\"-c\", \"$WORK/short.conf\", \"--db\", \"$DB\"]|" \
		"$SOURCE/contrib/dovecot/tlsrpt-$script.sieve" >"$SIEVE/tlsrpt-$script.sieve"
done

case $(dovecot --version) in
2.3.*)
	SNIPPET=$SOURCE/contrib/dovecot/90-tlsrpt.conf
	EXEC_TIMEOUT=plugin/sieve_%s_exec_timeout
	hang=hang
	;;
*)
	SNIPPET=$SOURCE/contrib/dovecot/90-tlsrpt-2.4.conf
	EXEC_TIMEOUT=sieve_%s_exec_timeout
	# Dovecot 2.4.1 was seen to let a program go on past that limit, so that the end of the program
	# itself decides; ours comes to its end before, see below.
	hang=
	;;
esac

# What the snippet is to be added to, in the words of either version.
basics() {
	case $SNIPPET in
	*-2.4.conf)
		cat <<CF
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = ~/Maildir
protocol lmtp {
  mail_plugins {
    sieve = yes
  }
}
protocol lda {
  mail_plugins {
    sieve = yes
  }
}
CF
		;;
	*)
		cat <<CF
mail_location = maildir:~/Maildir
protocol lmtp {
  mail_plugins = sieve
}
protocol lda {
  mail_plugins = sieve
}
CF
		;;
	esac
}
# mailboxes: of the user "mail", and a time limit for the table at the end
mailboxes() {
	case $SNIPPET in
	*-2.4.conf)
		cat <<CF
userdb static {
  fields {
    uid = mail
    gid = mail
    home = $WORK/mail/%{user}
  }
}
passdb static {
  fields {
    nopassword = yes
  }
}
sieve_execute_exec_timeout = 3s
service lmtp {
  inet_listener lmtp {
    listen = 127.0.0.1
    port = $PORT
  }
}
CF
		;;
	*)
		cat <<CF
userdb {
  driver = static
  args = uid=mail gid=mail home=$WORK/mail/%u
}
passdb {
  driver = static
  args = nopassword=y
}
plugin {
  sieve_execute_exec_timeout = 3s
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $PORT
  }
}
CF
		;;
	esac
}

# configure FILE LOG [SED-COMMAND]: the snippet with the test's paths, and what it is to be added to
configure() {
	basics >"$1"
	cat >>"$1" <<CF
log_path = $2
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
postmaster_address = postmaster@example.com
hostname = mx.example.com
# Whatever Dovecot wants to mail to anybody, bounces among it.
sendmail_path = $WORK/bin/capture
CF
	sed "s|/usr/bin/tlsrpt-ingest|$INGEST|; s|/etc/dovecot/sieve|$SIEVE|; $3" "$SNIPPET" >>"$1"
}
printf '#!/bin/sh\ncat >"$(mktemp %s/captured.XXXXXX)"\n' "$WORK/run" >"$WORK/bin/capture"
chmod 755 "$WORK/bin/capture"

# --- the two ways to deliver: deliver FILE... sends all at once, drain FOLDER tries again what is
# there, $LOG is where the log is, $MAILDIR the user's mail.

# By dovecot-lda, with bin_dir instead of the service, as the user who owns the store.
use_lda() {
	ACTION=$1
	LOG=$WORK/home/log
	MAILDIR=$WORK/home/Maildir
	CONF=$WORK/lda-$1.conf
	as_user touch "$LOG"
	configure "$CONF" "$LOG" "s|_socket_dir = .|_bin_dir = $WORK/bin|; s|tlsrpt-execute.sieve|tlsrpt-$1.sieve|"
	deliver() {
		deliveries=
		for message in "$@"; do
			as_user $LDA -c "$CONF" -o stats_writer_socket_path= \
				-o "$(printf "$EXEC_TIMEOUT" "$ACTION")=$timeout" \
				-e -f tlsrpt@sender.example -a tls@example.com <"$message" 2>>"$LOG" &
			deliveries="$deliveries $!"
		done
		for delivery in $deliveries; do
			wait "$delivery" || return 1
		done
	}
	drain() {
		# 2.4 takes the home from the list of users, and not from HOME.
		as_user sieve-filter -c "$CONF" -o stats_writer_socket_path= -o "mail_path=$MAILDIR" -e -W \
			"$SIEVE/tlsrpt-drain.sieve" "$1" expunge
	}
}
# Dovecot's own time limit, but for the table at the end.
timeout=10s

# By LMTP and the service, to a mailbox of the user "mail".
use_lmtp() {
	LOG=$WORK/lmtp.log
	MAILDIR=$WORK/mail/tls@example.com/Maildir
	CONF=$WORK/lmtp-$1.conf
	PORT=$(free_port)
	mkdir -p "$WORK/mail"
	chown mail "$WORK/mail"
	configure "$CONF" "$LOG" "s|user = vmail|user = mail|; s|tlsrpt-execute.sieve|tlsrpt-$1.sieve|"
	cat >>"$CONF" <<CF
base_dir = $WORK/base
state_dir = $WORK/state
CF
	mailboxes >>"$CONF"
	dovecot -c "$CONF" 9>&- || exit 1
	at_end 'stop_pid_file "$WORK/base/master.pid"'
	wait_for 5 listens "$PORT" || exit 1
	deliver() {
		python3 - "$PORT" "$@" <<'PY'
import concurrent.futures, smtplib, sys
port, files = int(sys.argv[1]), sys.argv[2:]
def send(name):
    with smtplib.LMTP("127.0.0.1", port) as lmtp, open(name, "rb") as f:
        lmtp.sendmail("tlsrpt@sender.example", "tls@example.com", f.read())
with concurrent.futures.ThreadPoolExecutor(len(files)) as pool:
    list(pool.map(send, files))
PY
	}
	drain() {
		sieve-filter -c "$CONF" -e -W -u tls@example.com "$SIEVE/tlsrpt-drain.sieve" "$1" expunge
	}
}

# in_folder: how many messages are in the one for those that could not be stored
in_folder() {
	case $FOLDER in
	INBOX) ls "$MAILDIR/new" "$MAILDIR/cur" ;;
	*) ls "$MAILDIR/.$FOLDER/new" "$MAILDIR/.$FOLDER/cur" ;;
	esac 2>/dev/null | grep -c ,
}
in_all_folders() {
	find "$MAILDIR" -type f -path '*/[nc][eu][wr]/*' 2>/dev/null | wc -l
}
captured() {
	find "$WORK/run" -name 'captured.*' | wc -l
}

# said PATTERN NAME: in exactly one line of the log
said() {
	is "$(grep -Ec "$1" "$LOG")" 1 "$2: the log says why"
}
# tell NAME FOLDER: the whole story
tell() {
	name=$1
	FOLDER=$2
	rm -rf "$MAILDIR"
	fresh_store
	[ "$(id -u)" -ne 0 ] || "$INGEST" -c empty.conf --db "$DB" --init --owner tlsrpt

	report good >good
	: >"$LOG"
	deliver good
	is "$? $(in_all_folders) $(contents)" "0 0 1 -" "$name: a report is stored"
	is "$(grep -Ec 'tlsrpt-ingest:|Error|Warning' "$LOG")" 0 "$name: the log has no word of the program"
	deliver good
	is "$? $(in_all_folders) $(contents)" "0 0 1 -" "$name: the same again counts once"
	bad_report bad >bad
	deliver bad
	is "$? $(in_all_folders) $(contents)" "0 0 1 not-json" "$name: a bad message is in quarantine"
	program fault parsing:segv
	report segv >segv
	deliver segv
	is "$? $(in_all_folders) $(contents)" "0 0 1 not-json,crashed" "$name: so is one that the parser dies of"
	program real

	report locked >locked
	lock_store
	: >"$LOG"
	deliver locked
	is "$? $(in_folder) $(contents)" "0 1 1 not-json,crashed" "$name: store locked: in $FOLDER"
	said '(^| Error: )tlsrpt-ingest: not stored, try again: the store[: ]' "$name: store locked"
	unlock_store
	program missing
	report missing >missing
	: >"$LOG"
	deliver missing
	is "$? $(in_folder) $(contents)" "0 2 1 not-json,crashed" "$name: no program: in $FOLDER"
	said 'program .tlsrpt-ingest.(:| not found)' "$name: no program"
	drain "$FOLDER" >drain.log 2>&1
	is "$? $(in_folder) $(contents)" "0 2 1 not-json,crashed" "$name: no program: they stay when tried again"
	program fault storing:segv
	report storing >storing
	: >"$LOG"
	deliver storing
	is "$? $(in_folder) $(contents)" "0 3 1 not-json,crashed" "$name: the child dies: in $FOLDER"
	said '(^| Error: )tlsrpt-ingest: not stored, try again: ' "$name: the child dies"
	program fault storing:sleep
	report killed >killed
	: >"$LOG"
	deliver killed &
	delivery=$!
	kill_program
	wait $delivery
	is "$? $(in_folder) $(contents)" "0 4 1 not-json,crashed" "$name: the program is killed: in $FOLDER"
	said 'erminated abnormally,?( with)? signal 9' "$name: the program is killed"
	program real
	drain "$FOLDER" >drain.log 2>&1
	is "$? $(in_all_folders) $(contents)" "0 0 5 not-json,crashed" "$name: all of them are stored by tlsrpt-drain.sieve"
	drain "$FOLDER" >drain.log 2>&1
	is "$?" 0 "$name: and then there is nothing to do"

	for i in 0 1 2 3 4 5 6 7 8 9; do
		report "ten-$i" >"ten-$i"
	done
	: >"$LOG"
	deliver ten-?
	is "$? $(in_all_folders) $(contents)" "0 0 15 not-json,crashed" "$name: ten at once"
	is "$(captured)" 0 "$name: nobody is sent anything"
}

# column NAME FOLDER: what becomes of a message by the program's end, for the table
column() {
	for end in $ends; do
		case $end in
		missing) program missing ;;
		segv) program script 'kill -SEGV $$' ;;
		kill) program script 'kill -KILL $$' ;;
		hang) program script "echo \$\$ >$WORK/run/hanging; exec sleep 30" ;;
		*) program script "exit $end" ;;
		esac
		rm -rf "$MAILDIR"
		deliver good
		FOLDER=tlsrpt-failed
		case "$? $(in_all_folders) $(in_folder)" in
		"0 0 0") echo gone ;;
		"0 1 0") echo inbox ;;
		"0 1 1") echo folder ;;
		*) echo unknown ;;
		esac
	done >"$1"
	# By the service it is not stopped.
	[ -z "$hang" ] || kill "$(cat "$WORK/run/hanging")" 2>/dev/null
	program real
	is "$(head -n 1 "$1") $(tail -n +2 "$1" | sort -u)" "gone $2" "$1: all else than exit status 0: $2"
}
ends="0 1 64 65 71 73 75 77 78 127 missing segv kill $hang"

use_lda execute
for script in execute pipe drain; do
	sievec -c "$CONF" "$SIEVE/tlsrpt-$script.sieve"
	is $? 0 "tlsrpt-$script.sieve compiles"
done
tell "LDA execute" tlsrpt-failed
# A parser that hangs, with the deadline that the program has by itself.
cp empty.conf short.conf
program fault parsing:sleep
report hang >hang
deliver hang
is "$? $(in_all_folders) $(contents)" "0 0 15 not-json,crashed,too-costly" \
	"LDA execute: the deadline is before Dovecot's"
timeout=1s
column lda-execute folder
timeout=10s
printf '[ingest]\ndeadline=2s\nlog=syslog\n' >short.conf

use_lda pipe
tell "LDA pipe" INBOX
timeout=1s
column lda-pipe inbox
columns="lda-execute lda-pipe"

if [ "$(id -u)" -eq 0 ]; then
	use_lmtp execute
	tell "LMTP execute" tlsrpt-failed
	column lmtp-execute folder
	stop_pid_file "$WORK/base/master.pid"
	use_lmtp pipe
	tell "LMTP pipe" INBOX
	columns="$columns lmtp-execute"
else
	skip_part "LMTP" "only root can start it"
fi

echo "# end $columns"
# shellcheck disable=SC2086
printf '%s\n' $ends | paste -d ' ' - $columns | sed 's/^/# /'

clean_up
finish
