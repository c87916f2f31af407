/*
 * What several explanations say: what a failure does to mail, the commands that show it, and what to
 * do.  The sections of the standards: RFC 8461 (MTA-STS) 3.1 TXT record, 3.2 policy, 3.3 fetching,
 * 4.1 MX names, 4.2 certificates, 5 what a policy does; RFC 7672 (DANE for SMTP) 2.1 DNS errors, 2.2
 * TLSA lookup, 3.1 usages.
 */
#include "advice.h"

/* What a failure does to mail. */
const char advice_held[] =
	"The sender does not deliver to this MX. It tries the other MX, keeps the mail in its "
	"queue and returns it to its author if the failure lasts.";
const char advice_delivered[] = "The mail is delivered all the same; the failure is only reported.";
const char advice_deferred[] =
	"The sender defers the mail and retries. It is delivered late, once this is repaired, or "
	"goes back to its author.";
const char advice_without_policy[] =
	"This alone stops no mail. A sender that holds an older policy keeps to it until its "
	"max_age is over; any other delivers as if there were no MTA-STS, so without its "
	"protection.";
const char advice_without_test[] =
	"The mail is delivered; this sender just cannot test against the policy.";

const char *const advice_see_starttls[] = {
	GET_MX,
	S_CLIENT_SMTP " -brief </dev/null",
	NULL,
};
const char *const advice_see_protocols[] = {
	S_CLIENT_SMTP " -brief </dev/null",
	S_CLIENT_SMTP " -tls1_2 -brief </dev/null",
	NULL,
};
const char *const advice_see_chain[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " -showcerts </dev/null",
	NULL,
};
const char *const advice_see_certificate[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null 2>/dev/null | openssl x509 -noout -text",
	NULL,
};
const char *const advice_see_names[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
	NULL,
};
const char *const advice_see_dates[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null 2>/dev/null | openssl x509 -noout -dates",
	NULL,
};
const char *const advice_see_policy[] = {
	GET_POLICY,
	GET_RECORD,
	NULL,
};
const char *const advice_see_record[] = {
	GET_RECORD,
	NULL,
};
const char *const advice_see_policy_mx[] = {
	GET_MX,
	GET_POLICY,
	NULL,
};
const char *const advice_see_policy_host[] = {
	"dig +short A mta-sts.%D",
	"dig +short AAAA mta-sts.%D",
	GET_POLICY,
	NULL,
};
const char *const advice_see_policy_chain[] = {
	VERIFY_HTTPS,
	GET_POLICY,
	NULL,
};
const char *const advice_see_policy_dates[] = {
	VERIFY_HTTPS,
	S_CLIENT_HTTPS " </dev/null 2>/dev/null | openssl x509 -noout -dates",
	NULL,
};
const char *const advice_see_tlsa[] = {
	GET_TLSA,
	HASH_KEY,
	FINGER,
	NULL,
};
const char *const advice_see_dnssec[] = {
	VALIDATE_TLSA,
	"delv MX %D",
	"dig +dnssec TLSA _25._tcp.%M",
	NULL,
};
const char *const advice_see_name_servers[] = {
	"dig +nssearch %D",
	"dig +trace +nodnssec MX %D",
	"dig +short A %M",
	NULL,
};

/* Who tells more. */
const char *const advice_check_certificate[] = {
	"check_ssl_cert -P smtp -H <MX> (monitoring-plugins-contrib) watches name, chain and date.",
	"https://internet.nl/mail/<domain>/ tests all MX from outside, with DANE and MTA-STS.",
	NULL,
};
const char *const advice_check_policy[] = {
	"https://internet.nl/mail/<domain>/ fetches policy and record from outside.",
	"tlsrpt record check <domain> reads the records; tlsrpt policy --expect FILE the policy.",
	NULL,
};
const char *const advice_check_tlsa[] = {
	"posttls-finger (Postfix) does what a sender with DANE does; \"Verified\" is the goal.",
	"delv (bind9-dnsutils) says whether DNSSEC holds: \"fully validated\" is the goal.",
	"check_ssl_cert -P smtp -H <MX> --dane watches that a TLSA record fits the certificate.",
	"https://internet.nl/mail/<domain>/ tests all MX from outside.",
	NULL,
};

/* What to do. */
const char *const advice_serve_chain[] = {
	"Serve the leaf certificate first and every intermediate certificate after it "
	"(fullchain.pem).",
	"Reload the mail server, then test every MX and every address of it.",
	"With a TLSA record of usage 2 the server must send the certificate of that CA, too.",
	NULL,
};
const char *const advice_reissue[] = {
	"Have the certificate issued anew by a public CA, for the name of the MX.",
	"Serve it with its intermediate certificates and reload the mail server.",
	MIND_TLSA,
	NULL,
};
const char *const advice_change_ca[] = {
	"Have the certificate issued by another CA, or build a private one anew after RFC 5280.",
	"Make sure that the server sends the intermediate certificates that belong to this leaf.",
	MIND_TLSA,
	NULL,
};
const char *const advice_renew[] = {
	"Renew the certificate, install it on every MX and reload the mail server.",
	MIND_TLSA,
	"Let the renewal reload the server by itself, and watch the date on port 25 of every MX.",
	NULL,
};
const char *const advice_align_mx[] = {
	"Add an mx: line for every MX record to the policy, then change the id in _mta-sts.",
	"Remove MX records of hosts that should not get mail.",
	"Next time change the policy first: both names in it, a new id, wait the max_age of "
	"the old one, and only then change the MX record. Take the old name out of the policy last.",
	NULL,
};
const char *const advice_serve_policy[] = {
	"Answer https://mta-sts.<domain>/.well-known/mta-sts.txt with status 200, directly, "
	"without redirect.",
	GIVE_UP_STS,
	NULL,
};
const char *const advice_reach_policy_host[] = {
	"See that mta-sts.<domain> resolves and answers on port 443, over IPv4 and, if it has "
	"AAAA, over IPv6.",
	"Let the firewall, the CDN and any bot protection pass requests of mail servers.",
	NULL,
};
const char *const advice_correct_policy[] = {
	"Correct the file: version: STSv1, mode, max_age, and an mx: line per MX pattern.",
	"Save it as plain ASCII without byte order mark, serve it as text/plain, change the id in "
	"the TXT.",
	NULL,
};
const char *const advice_correct_record[] = {
	"Publish exactly one TXT record at _mta-sts.<domain>: v=STSv1; id=20260101000000;",
	"Give it a new id, of up to 32 letters and digits, whenever the policy changes.",
	NULL,
};
const char *const advice_repair_policy_host[] = {
	"Install a valid certificate of a public CA for exactly mta-sts.<domain> on the web "
	"server or CDN.",
	"Serve it with its intermediate certificates and let its renewal reload the web server.",
	NULL,
};
const char *const advice_publish_tlsa[] = {
	"Add a TLSA record 3 1 1 of the key in use; or go back to the old key, which helps at "
	"once, while the record needs its TTL to be seen.",
	"At a rollover publish the next key beside the current one, wait two TTL, then switch; "
	"remove the old record last.",
	"Keep the key at renewals (certbot: --reuse-key).",
	NULL,
};
const char *const advice_correct_tlsa[] = {
	"Publish a record 3 1 1 (or 2 1 1) of the key in use, with 64 hexadecimal digits of data.",
	"Once that is seen, remove those of usage 0 and 1 and those of keys that are gone.",
	NULL,
};
const char *const advice_sign_again[] = {
	"Sign the zone again and see that the signer keeps doing it and the secondaries follow.",
	"Compare the DS records at the parent with the keys in the zone; correct them there. "
	"Without any DS record mail comes again, but the zone has no DANE.",
	NULL,
};
const char *const advice_reach_name_servers[] = {
	"See that every name server of the zone answers, over UDP and TCP port 53, IPv4 and IPv6.",
	"Compare the NS and glue records at the parent with the servers that there are.",
	"Look for rate limits and filters that shut the sender's resolver out.",
	NULL,
};
const char *const advice_set_up_tls[] = {
	"Look in the mail server's log for the same time and the sending IP: it names the reason.",
	"Offer TLS 1.2 and TLS 1.3 with the default ciphers of a current TLS library.",
	NULL,
};
const char *const advice_look_at_load[] = {
	"Look for limits on connections, overload and time-outs in the mail server's log at that "
	"time.",
	"Take firewalls that inspect SMTP out of the path, and check the path MTU.",
	NULL,
};
const char *const advice_enable_starttls[] = {
	"Enable STARTTLS on this MX and see in its log that certificate and key were loaded.",
	"Switch off SMTP inspection in firewalls and virus scanners on port 25.",
	NULL,
};
const char *const advice_nothing_here[] = {
	"Nothing to repair on the receiving side; tell the sender if it lasts.",
	NULL,
};
