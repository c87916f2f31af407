#!/bin/sh
# Whom to believe, end to end: Postfix with OpenDKIM, by contrib/opendkim.  The keys come from a file,
# so that no DNS is needed.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"

PATH=$PATH:/usr/sbin
need_root
need postfix opendkim opendkim-testmsg openssl
tlsrpt_user

# --- keys of the sender, and of somebody else
for name in sender evil; do
	openssl genrsa -out $name.key 2048 2>/dev/null
	chmod 600 $name.key
	key=$(openssl rsa -in $name.key -pubout 2>/dev/null | grep -v ^- | tr -d '\n')
	echo "s._domainkey.$name.example v=DKIM1; k=rsa; p=$key"
done >keys
# sign NAME KEY DOMAIN <MESSAGE
sign() {
	sed 's/\r*$/\r/' | opendkim-testmsg -C -d "$2.example" -k "$1.key" -s s | tr -d '\r'
}

# --- the mail system
MILTER=$(free_port)
sed "s/^Socket .*/Socket inet:$MILTER@127.0.0.1/" "$SOURCE/contrib/opendkim/opendkim.conf" >opendkim.conf
cat >>opendkim.conf <<CF
TestPublicKeys $WORK/keys
PidFile $WORK/opendkim.pid
Background no
Syslog no
CF
chown opendkim opendkim.conf keys
touch opendkim.pid && chown opendkim opendkim.pid
opendkim -f -x "$WORK/opendkim.conf" >opendkim.log 2>&1 9>&- &
echo $! >milter.pid
at_end "stop_pid_file $WORK/milter.pid"

postfix_configure
sed "s|/usr/bin/tlsrpt-ingest|$INGEST -c $WORK/trust.conf --db $DB|" "$SOURCE/contrib/postfix/master.cf" >>"$PF/etc/master.cf"
sed "s|hash:/etc/postfix|texthash:$PF/etc|" "$SOURCE/contrib/postfix/main.cf" >>"$PF/etc/main.cf"
cp "$SOURCE/contrib/postfix/transport" "$PF/etc/transport"
echo "smtpd_milters = inet:127.0.0.1:$MILTER" >>"$PF/etc/main.cf"
sed -n 's/^#   \(\[ingest\]\|trusted-authserv-ids=.*\)/\1/p' "$SOURCE/contrib/opendkim/opendkim.conf" >trust.conf
matches "$(cat trust.conf)" 'trusted-authserv-ids=mx.example.com' "the settings are those of the snippet"
wait_for 10 listens "$MILTER" || { sed 's/^/# /' opendkim.log; exit 1; }
postfix_start

# believed NAME: what is stored of a message of that report-id
believed() {
	deliver "$1"
	wait_for 15 done_with "$ids"
	sql "SELECT auth, auth_domain FROM reports WHERE report_id = '$1'"
}

report signed | sign sender sender >signed
is "$(believed signed)" "pass|sender.example" "signed with the right key"
report plain >plain
is "$(believed plain)" "none|" "not signed"
report altered | sign sender sender | sed 's/"total-failure-session-count":0/"total-failure-session-count":9/' >altered
is "$(believed altered)" "fail|sender.example" "altered on the way"
report wrong | sign evil sender >wrong
is "$(believed wrong)" "fail|sender.example" "signed with another key"
report other | sign evil evil >other
is "$(believed other)" "fail|evil.example" "signed by another domain"
{ echo "Authentication-Results: mx.example.com; dkim=pass header.d=sender.example"; report forged; } >forged
is "$(believed forged)" "none|" "a result that the sender wrote himself under our name"
{ echo "Received: from x by mx.example.com; Mon, 23 Nov 2026 10:00:00 +0000"; cat forged; } |
	sed 's/forged/forged-too/' >forged-too
is "$(believed forged-too)" "none|" "below a Received of our name that he wrote himself"
{
	echo "From: reports@evil.example"
	echo "Subject: fwd"
	echo "MIME-Version: 1.0"
	echo "Content-Type: message/rfc822"
	echo
	report enclosed | sign sender sender
} >enclosed
is "$(believed enclosed)" "none|" "signed, but in a message inside the message"

# --- what is not authenticated is kept apart
echo "require-auth=true" >>trust.conf
report kept >kept
is "$(believed kept)$(sql "SELECT reason FROM quarantined")" "unauthenticated" "require-auth: kept in quarantine"
report taken | sign sender sender >taken
is "$(believed taken)" "pass|sender.example" "require-auth: stored"
no_bounce "all of this"
clean_up
finish
