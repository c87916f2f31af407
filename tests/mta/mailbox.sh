#!/bin/sh
# Reports in a mailbox: contrib/mailbox with a real Dovecot, by IMAP over TLS.
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need_root
need dovecot fetchmail mbsync openssl python3 sqlite3
need /usr/lib/dovecot/imap
tlsrpt_user

# --- the server: a mailbox of the user "mail", and a certificate for localhost
PORT=$(free_port)
SERVER=$WORK/mail
MAILDIR=$SERVER/Maildir
mkdir "$SERVER"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
chmod 644 "$WORK/cert.pem"
{
	cat <<CF
base_dir = $WORK/base
state_dir = $WORK/state
log_path = $WORK/imap.log
protocols = imap
listen = 127.0.0.1
ssl = required
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $PORT
    ssl = yes
  }
}
CF
	case $(dovecot --version) in
	2.3.*)
		cat <<CF
ssl_cert = <$WORK/cert.pem
ssl_key = <$WORK/key.pem
mail_location = maildir:$MAILDIR
userdb {
  driver = static
  args = uid=mail gid=mail home=$SERVER
}
passdb {
  driver = static
  args = password=secret
}
CF
		;;
	*)
		cat <<CF
ssl_server_cert_file = $WORK/cert.pem
ssl_server_key_file = $WORK/key.pem
mail_driver = maildir
mail_path = $MAILDIR
userdb static {
  fields {
    uid = mail
    gid = mail
    home = $SERVER
  }
}
passdb static {
  password = secret
}
CF
		;;
	esac
} >"$WORK/server.conf"
case $(dovecot --version) in
2.3.*) ;;
*) printf 'dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n' | cat - "$WORK/server.conf" >"$WORK/new.conf" &&
	mv "$WORK/new.conf" "$WORK/server.conf" ;;
esac
chown -R mail "$SERVER"
dovecot -c "$WORK/server.conf" 9>&- || exit 1
at_end 'stop_pid_file "$WORK/base/master.pid"'
wait_for 10 listens "$PORT" || bail_out "Dovecot does not listen"

# arrive FILE...: comes into the mailbox
arrive() {
	mkdir -p "$MAILDIR/new" "$MAILDIR/cur" "$MAILDIR/tmp"
	for message in "$@"; do
		arrived=$((arrived + 1))
		cp "$message" "$MAILDIR/new/$arrived.$$.localhost"
	done
	chown -R mail "$MAILDIR"
}
arrived=1794700000
on_server() {
	find "$MAILDIR/new" "$MAILDIR/cur" -type f | wc -l
}

# --- the recipes, with the test's server, certificate and store
printf '[ingest]\ndeadline=2s\ntrusted-authserv-ids=mx.provider.example\n' >"$WORK/short.conf"
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|; s|imap.example.com|localhost|; s|service 993|service $PORT|
	s|ssl sslcertck|& sslcertfile $WORK/cert.pem|" "$SOURCE/contrib/mailbox/fetchmailrc" >fetchmailrc
is "$(diff fetchmailrc "$SOURCE/contrib/mailbox/fetchmailrc" | grep -c '^<')" 3 "fetchmailrc: three lines are the test's"
sed "s|imap.example.com|localhost|; s|Port 993|Port $PORT|; s|/var/lib/tlsrpt-mbsync|$WORK/home|
	s|^SSLType.*|&\nCertificateFile $WORK/cert.pem|" "$SOURCE/contrib/mailbox/mbsyncrc" >mbsyncrc
is "$(diff mbsyncrc "$SOURCE/contrib/mailbox/mbsyncrc" | grep -c '^<')" 4 "mbsyncrc: four lines are the test's"
cp "$SOURCE/contrib/mailbox/tlsrpt-mbsync" "$WORK/bin/"
mkdir "$WORK/path"
# The command of the script, as the mail systems get it.
printf '#!/bin/sh\nexec %s "$@"\n' "$COMMAND" >"$WORK/path/tlsrpt-ingest"
chmod 755 "$WORK/path/tlsrpt-ingest"
chown tlsrpt fetchmailrc mbsyncrc
chmod 600 fetchmailrc mbsyncrc
with_fetchmail() {
	# What the unit has.
	as_user "FETCHMAILHOME=$WORK/home" /usr/bin/env fetchmail --fetchmailrc "$WORK/fetchmailrc" --nodetach --nosyslog \
		>"$WORK/fetch.log" 2>&1
}
with_mbsync() {
	as_user "PATH=$WORK/path:/usr/bin:/bin" "TLSRPT_MBSYNCRC=$WORK/mbsyncrc" "$WORK/bin/tlsrpt-mbsync" \
		>"$WORK/fetch.log" 2>&1
}
# fetch: what is there, by that recipe
fetch() {
	"with_$RECIPE"
	fetched=$?
}

# ends NAME LEFT CONTENTS: how many messages are left on the server, and what the store holds
ends() {
	is "$(on_server) $(contents)" "$2 $3" "$RECIPE: $1"
}
# stays NAME HOW...: a message for which the program ends like that, and what became of it next time
stays() {
	name=$1
	shift
	report "stays-$RECIPE-$name" | sed "s/stays-/${name%% *}-/g" >stays
	arrive stays
	program "$@"
	fetch
	case $RECIPE in
	fetchmail) matches "$(cat "$WORK/fetch.log")" '^fetchmail: MDA (returned nonzero status|died of signal) ' "$RECIPE: $name: the log says so" ;;
	*) is "$fetched" 75 "$RECIPE: $name: the exit code says so" ;;
	esac
	ends "$name: stays on the server" 1 "$stored $quarantined"
	fetch
	ends "$name: and again" 1 "$stored $quarantined"
	program real
	fetch
	stored=$((stored + 1))
	ends "$name: stored and deleted at the next run with success" 0 "$stored $quarantined"
}

for RECIPE in fetchmail mbsync; do
	fresh_store
	rm -rf "$MAILDIR" "$WORK/home/inbox"
	"$INGEST" -c empty.conf -q --db "$DB" --init --owner tlsrpt
	program real
	{
		printf 'Received: from smtp.sender.example by mx.provider.example; Sun, 15 Nov 2026 02:00:01 +0000\n'
		printf 'Authentication-Results: mx.provider.example; dkim=pass header.d=sender.example\n'
		report one
	} >one
	report two >two
	bad_report bad >bad
	arrive one two bad
	fetch
	is "$fetched" 0 "$RECIPE: exit code 0"
	ends "three messages are stored and deleted" 0 "2 not-json"
	is "$(sql "SELECT auth FROM reports WHERE report_id = 'one'")" pass "$RECIPE: the provider's Authentication-Results count"
	fetch
	case $RECIPE in
	fetchmail) is "$fetched" 1 "$RECIPE: no mail: the exit code that the unit takes for success" ;;
	*) is "$fetched" 0 "$RECIPE: no mail: exit code 0" ;;
	esac
	arrive one
	fetch
	ends "the same again counts once, and is deleted" 0 "2 not-json"
	stored=2 quarantined=not-json
	stays "75" script 'exit 75'
	stays "killed" script 'kill -KILL $$'
	stays "missing" missing

	# The store is locked: by the filter itself, not by a script in its place.
	report locked >locked
	arrive locked
	lock_store
	fetch
	ends "a locked store: stays on the server" 1 "$stored $quarantined"
	unlock_store
	fetch
	stored=$((stored + 1))
	ends "and is stored at the next run" 0 "$stored $quarantined"

	# 65, for one of three.
	printf '[ingest]\ndeadline=2s\nreject=true\n' >"$WORK/short.conf"
	report three >three
	report four >four
	bad_report refused >refused
	arrive three refused four
	fetch
	stored=$((stored + 2))
	ends "65: the refused one alone stays on the server" 1 "$stored $quarantined"
	grep -q refused "$MAILDIR"/*/*
	ok $? "$RECIPE: and it is that one"
	case $RECIPE in
	mbsync) is "$fetched" 65 "$RECIPE: and the exit code says so" ;;
	esac
	fetch
	ends "65: and again" 1 "$stored $quarantined"
	printf '[ingest]\ndeadline=2s\ntrusted-authserv-ids=mx.provider.example\n' >"$WORK/short.conf"
	fetch
	quarantined=not-json,not-json
	ends "and where it is not refused any more, it is kept and deleted" 0 "$stored $quarantined"

	# The server is away.
	arrive one
	sed -i "s/$PORT/1/" fetchmailrc mbsyncrc
	fetch
	[ "$fetched" -ne 0 ]
	ok $? "$RECIPE: no server: the exit code says so ($fetched)"
	sed -i "s/service 1\$/service $PORT/; s/Port 1\$/Port $PORT/" fetchmailrc mbsyncrc
	fetch
	ends "and the next run finds what has come" 0 "$stored $quarantined"
done

# The copy of mbsync is lost: nothing on the server goes with it.
report six >six
arrive six
program script 'exit 75'
fetch
rm -rf "$WORK/home/inbox"
fetch
ends "the copy is lost: the server has it still" 1 "$stored $quarantined"
program real
fetch
ends "and it is stored" 0 "$((stored + 1)) $quarantined"
clean_up
finish
