#!/bin/sh
# Postfix with contrib/postfix where the domain is not in mydestination: the cases of README.md, in which Postfix has to
# accept the address otherwise, and one that it does not know.
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"

PATH=$PATH:/usr/sbin
need_root
need postfix python3 sqlite3
tlsrpt_user
postfix_configure
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/postfix/master.cf" >>"$PF/etc/master.cf"
sed "s|hash:/etc/postfix|texthash:$PF/etc|" "$SOURCE/contrib/postfix/main.cf" >>"$PF/etc/main.cf"
cp "$SOURCE/contrib/postfix/transport" "$PF/etc/transport"
# As where all of the domain's mail goes elsewhere: what is not for the transport is kept in run/.
postconf -c "$PF/etc" -e virtual_transport=capture: local_transport=capture: mydestination=mx.example.com \
	mynetworks=192.0.2.1 'smtpd_recipient_restrictions=reject_unauth_destination, permit'
echo 'tls@example.com any/' >"$PF/etc/addresses"
echo 'tls@example.com tls-reports@mx.example.com' >"$PF/etc/virtual"
echo 'tls-reports@mx.example.com tlsrpt:' >>"$PF/etc/transport"
echo "tls-reports: root" >"$PF/etc/aliases"
postfix_start

# class NAME SETTING...: a report to the address, with these settings, is stored
class() {
	name=$1
	shift
	cp "$PF/etc/main.cf" "$PF/etc/main.cf.before"
	postconf -c "$PF/etc" -e "$@"
	postfix -c "$PF/etc" reload 2>/dev/null
	sleep 1
	report "$name" >"$name"
	deliver "$name"
	leaves "$ids"
	is "$(status "$ids" | tr ' ' '\n' | sort -u) $(sql "SELECT count(*) FROM reports WHERE report_id = '$name'") $(captured)" \
		"sent 1 0" "$name: accepted and stored"
	send tlsrpt@sender.example nobody@example.com "$name" 2>refused
	[ -z "$ids" ]
	ok $? "$name: another address is refused"
	mv "$PF/etc/main.cf.before" "$PF/etc/main.cf"
}
class virtual_mailbox_domains virtual_mailbox_domains=example.com "virtual_mailbox_maps=texthash:$PF/etc/addresses"
class relay_domains relay_domains=example.com "relay_recipient_maps=texthash:$PF/etc/addresses"
class virtual_alias_domains virtual_alias_domains=example.com "virtual_alias_maps=texthash:$PF/etc/virtual" \
	"local_recipient_maps=texthash:$PF/etc/aliases"
clean_up
finish
