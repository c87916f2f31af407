#!/bin/sh
# Whom the filter believes, as it is configured.
. "$TESTS/cli/lib.sh"

plain=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
{
	echo "Received: from out.google.com by mx.example.com; Mon, 23 Nov 2026 10:00:00 +0000"
	echo "Authentication-Results: mx.example.com; dkim=pass header.d=google.com"
	tr -d '\r' <"$plain"
} >pass.eml
sed 's/dkim=pass/dkim=fail/' pass.eml >fail.eml
sed 's/^Authentication-Results: .*/X-Nothing: here/' pass.eml >none.eml
{
	echo "Received: from evil.test by mx.example.com; Mon, 23 Nov 2026 10:00:00 +0000"
	echo "Received: from x by evil.test; Mon, 23 Nov 2026 10:00:00 +0000"
	sed 1d pass.eml
} >forged.eml
{
	sed '/^$/q' none.eml | grep -iE '^(From|Received|To|Date):'
	echo "Authentication-Results: mx.example.com; dkim=pass header.d=google.com"
	echo "MIME-Version: 1.0"
	echo "Content-Type: message/rfc822"
	echo
	cat pass.eml
} >forwarded.eml
printf '[ingest]\ntrusted-authserv-ids=MX.example.com\n' >trust.conf
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\nrequire-auth=true\n' >require.conf

for message in pass fail none forged forwarded; do
	case $message in
	pass) wanted="pass|google.com" ;;
	fail) wanted="fail|google.com" ;;
	*) wanted="none|" ;;
	esac
	fresh_store
	run "$INGEST" -c trust.conf --db "$DB" <$message.eml
	is "$code $(sql 'SELECT auth, auth_domain FROM reports')" "0 $wanted" "$message"
	fresh_store
	run "$INGEST" -c empty.conf --db "$DB" <$message.eml
	is "$code $(sql 'SELECT auth, auth_domain FROM reports')" "0 unchecked|" "$message, nobody trusted"

	fresh_store
	run "$INGEST" -c require.conf --db "$DB" <$message.eml
	if [ $message = pass ]; then
		is "$code $(sql 'SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM quarantined)')" "0 1|0" "$message, where it is required"
	else
		is "$code $(sql 'SELECT (SELECT count(*) FROM reports), reason FROM quarantined')" "0 0|unauthenticated" "$message, where it is required"
		is "$(sql 'SELECT class FROM quarantined_row')" 1 "$message is of the class that goes before damaged ones"
		run "$INGEST" -c require.conf --db "$DB" --reject <$message.eml
		is "$code" 65 "$message with --reject"
	fi
done
run "$INGEST" -c require.conf -n <"$DATA/json/good/google.json"
is "$code" 65 "a bare report is vouched for by nobody"

# Every total tells them apart.
fresh_store
run "$INGEST" -c trust.conf --db "$DB" <pass.eml
run "$INGEST" -c trust.conf --db "$DB" <"$DATA/mail/good/tlsrpt-reporter-2026-11-15.eml"
for view in daily daily_total incident_days; do
	is "$(sql "SELECT group_concat(auth) FROM (SELECT DISTINCT auth FROM $view ORDER BY auth)")" "none,pass" "$view"
done

# Whose signature it is, and whom to ask, should be the same.
sed 's/contact-info":"[^"]*"/contact-info":"x@other.test"/' "$DATA/json/good/google.json" >contact.json
{
	sed -n '1,2p' pass.eml
	echo "From: x@google.com"
	echo "TLS-Report-Submitter: google.com"
	echo "Content-Type: application/tlsrpt+json"
	echo
	cat contact.json
} >contact.eml
fresh_store
run "$INGEST" -c trust.conf --db "$DB" <contact.eml
is "$code $(sql "SELECT path, detail FROM findings WHERE code = 'contact-unaligned'")" '0 $.contact-info|google.com' "a contact of another domain is a finding"

# Reports about others.
own() {
	printf '[ingest]\nown-domains=%s\n' "$1" >own.conf
	fresh_store
	run "$INGEST" -c own.conf --db "$DB" <"$2"
	is "$code $(sql "SELECT (SELECT count(*) FROM reports), coalesce((SELECT reason FROM quarantined), '-')")" "0 $3" "own-domains=$1"
}
own "example.com" "$plain" "1|-"
own "example.org; EXAMPLE.COM" "$plain" "1|-"
own "com" "$plain" "1|-"
own "example.org" "$plain" "0|foreign"
own "ample.com" "$plain" "0|foreign"
own "mail.example.com" "$plain" "0|foreign"
# About the MX host of ours, sent for another domain.
own "mx1.example.org" "$DATA/mail/good/mox-2026-11-13-tlsa-invalid.eml" "1|-"
own "example.com" "$DATA/json/good/google.json" "1|-"

# What the message says of itself vouches for nothing.
sed 's/^TLS-Report-Domain: .*/TLS-Report-Domain: ours.example/' none.eml >claims.eml
grep -q '^TLS-Report-Domain: ours.example' claims.eml || ok 1 "the message claims to be about us"
own "ours.example" claims.eml "0|foreign"

# Of a report about several domains only what is about ours is stored and counted.
mixed=$DATA/mail/good/mox-2026-11-16-mixed.eml
own "shop.example" "$mixed" "1|-"
is "$(sql "SELECT group_concat(policy_domain) FROM policies")" shop.example "one policy of three is ours"
is "$(sql "SELECT group_concat(policy_domain) FROM daily_total")" shop.example "the others do not count"
matches "$(sql "SELECT path, detail FROM findings WHERE code = 'foreign-policies'")" \
	'^\$\.policies\|2, one about mx1\.example\.org$' "a finding says so"

# Reading anew judges by the configuration of now.
fresh_store
run "$INGEST" -c empty.conf --db "$DB" <"$mixed"
run "$INGEST" -c empty.conf --db "$DB" <"$plain"
printf '[ingest]\nown-domains=shop.example\n' >own.conf
run "$BIN/tlsrpt" reprocess -c own.conf --db "$DB"
is "$(sql "SELECT group_concat(policy_domain) FROM (SELECT policy_domain FROM policies ORDER BY id)")" \
	"shop.example,example.com" "reprocess takes foreign policies out, and leaves a foreign report alone"
matches "$(cat out)" foreign "and says so"

# Who is ignored: by what is registrable of the domain that signed, or by the name.
ignored() {
	printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n[incidents]\nignore-reporters=%s\n' "$1" >ignore.conf
	fresh_store
	run "$INGEST" -c ignore.conf --db "$DB" <"$2"
	is "$code $(sql "SELECT (SELECT count(*) FROM reports), coalesce((SELECT reason FROM quarantined), '-')")" "0 $3" "ignore-reporters=$1: $2"
}
ignored "google.com" pass.eml "0|ignored"
ignored "x.example, mail.GOOGLE.com" pass.eml "0|ignored"
ignored "com" pass.eml "1|-"
ignored "gle.com" pass.eml "1|-"
ignored "Google Inc." pass.eml "1|-"
ignored "x; google inc." none.eml "0|ignored"
ignored "google.com" none.eml "1|-"
ignored "google inc." fail.eml "0|ignored"
run "$INGEST" -c ignore.conf --db "$DB" --reject <fail.eml
is "$code" 65 "with --reject they are refused"
finish
