/*
 * The catalogue is one table; what several entries say is above it.  The sections of the standards:
 * RFC 8461 (MTA-STS) 3.1 TXT record, 3.2 policy, 3.3 fetching, 4.1 MX names, 4.2 certificates, 5
 * what a policy does; RFC 7672 (DANE for SMTP) 2.1 DNS errors, 2.2 TLSA lookup, 3.1 usages.
 */
#include "tlsrpt/explain.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What a failure does to mail. */
static const char held[] =
	"The sender does not deliver to this MX. It tries the other MX, keeps the mail in its "
	"queue and returns it to its author if the failure lasts.";
static const char delivered[] = "The mail is delivered all the same; the failure is only reported.";
static const char deferred[] =
	"The sender defers the mail and retries. It is delivered late, once this is repaired, or "
	"goes back to its author.";
static const char without_policy[] =
	"This alone stops no mail. A sender that holds an older policy keeps to it until its "
	"max_age is over; any other delivers as if there were no MTA-STS, so without its "
	"protection.";
static const char without_test[] =
	"The mail is delivered; this sender just cannot test against the policy.";

/* How to see it oneself. */
#define S_CLIENT_SMTP "openssl s_client -starttls smtp -connect %M:25 -servername %M"
#define S_CLIENT_HTTPS "openssl s_client -connect mta-sts.%D:443 -servername mta-sts.%D"
#define VERIFY_SMTP (S_CLIENT_SMTP " -verify_hostname %M -verify_return_error </dev/null")
#define VERIFY_HTTPS \
	(S_CLIENT_HTTPS " -verify_hostname mta-sts.%D -verify_return_error </dev/null")
#define GET_POLICY "curl -sv https://mta-sts.%D/.well-known/mta-sts.txt"
#define GET_RECORD "dig +short TXT _mta-sts.%D"
#define GET_MX "dig +short MX %D"
#define GET_TLSA "dig +short TLSA _25._tcp.%M"
#define VALIDATE_TLSA "delv TLSA _25._tcp.%M"
#define FINGER "posttls-finger -c -l dane %D"
/* The data of a record 3 1 1. */
#define HASH_KEY \
	(S_CLIENT_SMTP " </dev/null | openssl x509 -noout -pubkey" \
		       " | openssl pkey -pubin -outform DER | openssl dgst -sha256")

static const char *const see_starttls[] = {
	GET_MX,
	S_CLIENT_SMTP " -brief </dev/null",
	NULL,
};
static const char *const see_protocols[] = {
	S_CLIENT_SMTP " -brief </dev/null",
	S_CLIENT_SMTP " -tls1_2 -brief </dev/null",
	NULL,
};
static const char *const see_chain[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " -showcerts </dev/null",
	NULL,
};
static const char *const see_certificate[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null | openssl x509 -noout -text",
	NULL,
};
static const char *const see_names[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null | openssl x509 -noout -subject -ext subjectAltName",
	NULL,
};
static const char *const see_dates[] = {
	VERIFY_SMTP,
	S_CLIENT_SMTP " </dev/null | openssl x509 -noout -dates",
	NULL,
};
static const char *const see_policy[] = {
	GET_POLICY,
	GET_RECORD,
	NULL,
};
static const char *const see_record[] = {
	GET_RECORD,
	NULL,
};
static const char *const see_policy_mx[] = {
	GET_MX,
	GET_POLICY,
	NULL,
};
static const char *const see_policy_host[] = {
	"dig +short A mta-sts.%D",
	"dig +short AAAA mta-sts.%D",
	GET_POLICY,
	NULL,
};
static const char *const see_policy_chain[] = {
	VERIFY_HTTPS,
	GET_POLICY,
	NULL,
};
static const char *const see_policy_dates[] = {
	VERIFY_HTTPS,
	S_CLIENT_HTTPS " </dev/null | openssl x509 -noout -dates",
	NULL,
};
static const char *const see_tlsa[] = {
	GET_TLSA,
	HASH_KEY,
	FINGER,
	NULL,
};
static const char *const see_dnssec[] = {
	VALIDATE_TLSA,
	"delv MX %D",
	"dig +dnssec TLSA _25._tcp.%M",
	NULL,
};

/* What to do. */
static const char *const serve_chain[] = {
	"Serve the leaf certificate first and every intermediate certificate after it "
		"(fullchain.pem).",
	"Reload the mail server, then test every MX and every address of it.",
	NULL,
};
static const char *const reissue[] = {
	"Have the certificate issued anew by a public CA, for the name of the MX.",
	"Serve it with its intermediate certificates and reload the mail server.",
	NULL,
};
static const char *const change_ca[] = {
	"Have the certificate issued by another CA, or build a private one anew after RFC 5280.",
	"Make sure that the server sends the intermediate certificates that belong to this leaf.",
	NULL,
};
static const char *const renew[] = {
	"Renew the certificate, install it on every MX and reload the mail server.",
	"Let the renewal reload the server by itself, and watch the date on port 25 of every MX.",
	NULL,
};
static const char *const align_mx[] = {
	"Make the mx: lines of the policy cover every MX record, then change the id in _mta-sts.",
	"Remove MX records that should not get mail. Change a policy before the MX records, not "
		"after.",
	NULL,
};
static const char *const serve_policy[] = {
	"Answer https://mta-sts.<domain>/.well-known/mta-sts.txt with status 200, directly, "
		"without redirect.",
	"If MTA-STS is not wanted: serve mode none until the old max_age is over, then remove the "
		"TXT.",
	NULL,
};
static const char *const reach_policy_host[] = {
	"See that mta-sts.<domain> resolves and answers on port 443, over IPv4 and, if it has "
		"AAAA, over IPv6.",
	"Let the firewall, the CDN and any bot protection pass requests of mail servers.",
	NULL,
};
static const char *const correct_policy[] = {
	"Correct the file: version: STSv1, mode, max_age, and an mx: line per MX pattern.",
	"Save it as plain ASCII without byte order mark, serve it as text/plain, change the id in "
		"the TXT.",
	NULL,
};
static const char *const correct_record[] = {
	"Publish exactly one TXT record at _mta-sts.<domain>: v=STSv1; id=20260101000000;",
	"Give it a new id, of up to 32 letters and digits, whenever the policy changes.",
	NULL,
};
static const char *const repair_policy_host[] = {
	"Install a valid certificate of a public CA for exactly mta-sts.<domain> on the web "
		"server or CDN.",
	"Serve it with its intermediate certificates and let its renewal reload the web server.",
	NULL,
};
static const char *const publish_tlsa[] = {
	"Publish TLSA records of the form 3 1 1 (key of the server) or 2 1 1 (key of its CA).",
	"At a rollover publish the next key beside the current one, wait two TTL, then switch.",
	NULL,
};
static const char *const correct_tlsa[] = {
	"Use usage 3 or 2, selector 1, matching type 1, and 64 hexadecimal digits of data.",
	"Remove records of usage 0 and 1 and records that no longer belong to any certificate.",
	NULL,
};
static const char *const sign_again[] = {
	"Sign the zone again and see that the signer keeps doing it and the secondaries follow.",
	"Compare the DS records at the parent with the keys in the zone; correct them there.",
	NULL,
};
static const char *const set_up_tls[] = {
	"Look in the mail server's log for the same time and the sending IP: it names the reason.",
	"Offer TLS 1.2 and TLS 1.3 with the default ciphers of a current TLS library.",
	NULL,
};
static const char *const look_at_load[] = {
	"Look for limits on connections, overload and time-outs in the mail server's log at that "
		"time.",
	"Take firewalls that inspect SMTP out of the path, and check the path MTU.",
	NULL,
};
static const char *const enable_starttls[] = {
	"Enable STARTTLS on this MX and see in its log that certificate and key were loaded.",
	"Switch off SMTP inspection in firewalls and virus scanners on port 25.",
	NULL,
};
static const char *const nothing_here[] = {
	"Nothing to repair on the receiving side; tell the sender if it lasts.",
	NULL,
};

static const Explanation catalogue[] = {
	/* Result types: negotiation. */
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "starttls-not-supported",
		.meaning = "The MX did not offer STARTTLS, or refused it",
		.happened = "The sender reached port 25 of the MX and could not start TLS: "
			"STARTTLS was missing in the answer to EHLO, or the command was refused.",
		.enforce = held,
		.testing = delivered,
		.dane = deferred,
		.causes = LIST(
			"TLS is off on this MX, or its certificate or key could not be loaded.",
			"A firewall or virus scanner on the way takes STARTTLS out (SMTP "
				"inspection).",
			"A backup MX or a filter in front of the server was never set up for TLS.",
			"The server hides STARTTLS from some clients.",
			"Somebody on the network path strips it: suspect this if one sender "
				"alone sees it."),
		.fixes = LIST(
			"Postfix: set smtpd_tls_security_level = may and smtpd_tls_chain_files; "
				"reload.",
			"Look in the log at start-up for a certificate or key that could not be "
				"read.",
			"Switch off SMTP inspection on port 25 (Cisco ASA: no inspect esmtp).",
			"Set up TLS on every host in the MX records, or take the host out of them.",
			"Test from outside your own network; inside it the firewall may not be "
				"in the path."),
		.verify = LIST(
			GET_MX,
			S_CLIENT_SMTP " -brief </dev/null",
			"posttls-finger -l encrypt %D"),
		.source = "RFC 8460 section 4.3.1; RFC 3207",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-host-mismatch",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "TLS started, but no name in the certificate is the name of the MX "
			"host.",
		.enforce = held,
		.testing = delivered,
		.dane = "With TLSA usage 3 the name is not checked. With usage 2 the sender "
			"defers the mail and retries, or returns it.",
		.causes = LIST(
			"The certificate lacks the MX name: it was issued for a web site or the "
				"bare domain.",
			"The MX record was changed to another name of the same host.",
			"The server holds several certificates and sends the wrong one for this "
				"name (SNI).",
			"The name stands only in the subject's CN, not as a subjectAltName.",
			"A wildcard is used that does not fit: it stands for exactly one label."),
		.fixes = LIST(
			"Have a certificate issued with every MX name as a subjectAltName.",
			"Or point the MX record at a name that the certificate has; then align "
				"the mx: lines.",
			"Postfix with several names: see tls_server_sni_maps. Reload after the "
				"change."),
		.verify = LIST(
			GET_MX,
			VERIFY_SMTP,
			S_CLIENT_SMTP " </dev/null | openssl x509 -noout -subject -ext "
				"subjectAltName"),
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-not-trusted",
		.meaning = "The certificate does not lead to a CA that the sender trusts",
		.happened = "TLS started, but the sender could not build a chain from the MX's "
			"certificate to one of its roots, or something in the chain was not "
			"allowed.",
		.enforce = held,
		.testing = delivered,
		.dane = "With TLSA usage 3 no CA is needed. With usage 2 the chain must lead to "
			"the published CA, which the server must send; else the sender defers the "
			"mail or returns it.",
		.causes = LIST(
			"The server sends the leaf without its intermediate certificate.",
			"The certificate is self-signed or of a private CA (often the installer's "
				"default).",
			"The CA is too new for, or has been removed from, the sender's list of "
				"roots.",
			"Stalwart reports every failed TLS handshake like this, whatever the "
				"reason."),
		.fixes = LIST(
			"Serve the full chain of a public CA: leaf first, then the intermediates.",
			"Postfix: smtpd_tls_chain_files with key and full chain; Dovecot, Exim: "
				"the full chain file.",
			"Read the failure-reason-code: it tells which certificate was at fault."),
		.verify = see_chain,
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-expired",
		.meaning = "The certificate of the MX is out of its dates",
		.happened = "TLS started, but the certificate, or one in its chain, had expired. "
			"Some senders also report a certificate like this that is not valid yet.",
		.enforce = held,
		.testing = delivered,
		.dane = "With TLSA usage 3 the dates are not checked. With usage 2 the sender "
			"defers the mail and retries, or returns it.",
		.causes = LIST(
			"The renewal failed: challenge blocked, DNS changed, job not run.",
			"It was renewed, but the mail server was not reloaded.",
			"It was renewed on one MX and not copied to the others.",
			"An intermediate certificate in the chain file has expired."),
		.fixes = LIST(
			"Renew it and reload the mail server on every MX.",
			"Let the renewal reload the server by itself (certbot: --deploy-hook).",
			"Watch the date as seen on port 25, not the file."),
		.verify = see_dates,
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "validation-failure",
		.meaning = "Another failure; the failure-reason-code tells which",
		.happened = "The session failed in a way that no other result type names: the "
			"handshake broke, the MX is not in the policy, or no TLSA record matched.",
		.enforce = held,
		.testing = delivered,
		.dane = deferred,
		.causes = LIST(
			"The MX is not in the mx: lines of the MTA-STS policy (Microsoft "
				"MX_HOSTS_MISMATCH).",
			"No TLS version or cipher in common with the sender.",
			"The handshake was cut off: time-out, overload, or a firewall that "
				"inspects SMTP.",
			"A self-signed or otherwise unfit certificate (Postfix reports it like "
				"this).",
			"The key of the server matches none of its TLSA records (mox: "
				"dane-no-match)."),
		.fixes = LIST(
			"Look up the failure-reason-code and act on it.",
			"Compare the MX records with the mx: lines of the policy.",
			"Without a code: look in the mail log for the sending IP at that time.",
			"Offer TLS 1.2 and 1.3 with the defaults of a current TLS library."),
		.verify = LIST(GET_MX, GET_POLICY, VERIFY_SMTP, FINGER),
		.source = "RFC 8460 sections 4.3.1 and 4.3.3",
	},
	/* MTA-STS. */
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "sts-policy-fetch-error",
		.meaning = "The MTA-STS policy could not be fetched over HTTPS",
		.happened = "The TXT record at _mta-sts says that there is a policy, but the "
			"sender did not get it from "
			"https://mta-sts.<domain>/.well-known/mta-sts.txt.",
		.enforce = without_policy,
		.testing = without_test,
		.causes = LIST(
			"The file is missing (404), or the web server fails (500).",
			"mta-sts.<domain> has no A or AAAA record, or its AAAA address does not "
				"answer.",
			"The web server redirects: senders must not follow a redirect.",
			"Time-out: firewall, CDN or bot protection keeps mail servers out.",
			"The TXT record was left behind when MTA-STS was given up.",
			"A passing fault of the sender's network or DNS, if it is one sender on "
				"one day."),
		.fixes = LIST(
			"Serve the file with status 200 under exactly this name and path, without "
				"redirect.",
			"Make it answer over IPv4 and IPv6, within seconds, to anybody.",
			"To give MTA-STS up: serve mode none until the old max_age is over, then "
				"remove the TXT."),
		.verify = LIST(
			GET_POLICY,
			GET_RECORD,
			"dig +short A mta-sts.%D",
			"dig +short AAAA mta-sts.%D"),
		.source = "RFC 8460 section 4.3.2.2; RFC 8461 section 3.3",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "sts-policy-invalid",
		.meaning = "The MTA-STS policy was fetched but is not valid",
		.happened = "The sender got the file mta-sts.txt and could not read it as a "
			"policy.",
		.enforce = without_policy,
		.testing = without_test,
		.causes = LIST(
			"A line is missing or misspelt: version: STSv1, mode, max_age and mx are "
				"needed.",
			"The web server answers with an HTML page or another media type than "
				"text/plain.",
			"The file starts with a byte order mark or has quotes or other stray "
				"characters.",
			"mode is not one of enforce, testing, none; max_age is not a number up to "
				"31557600.",
			"A wildcard that is not the whole first label (right: mx: *.example.com)."),
		.fixes = LIST(
			"Correct the file: one 'key: value' a line, one mx: line per MX pattern.",
			"Save it as plain ASCII without byte order mark and serve it as "
				"text/plain.",
			"Then change the id in the TXT record, so that senders fetch it again."),
		.verify = see_policy,
		.source = "RFC 8460 section 4.3.2.2; RFC 8461 section 3.2",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "sts-webpki-invalid",
		.meaning = "The web server of the MTA-STS policy has a bad certificate",
		.happened = "The sender connected to mta-sts.<domain> over HTTPS to fetch the "
			"policy, and the certificate there did not pass. This is not about the MX.",
		.enforce = without_policy,
		.testing = without_test,
		.causes = LIST(
			"The certificate on mta-sts.<domain> has expired.",
			"It is for another name: the web server or CDN does not know "
				"mta-sts.<domain>.",
			"The intermediate certificate is missing; browsers hide this, mail "
				"servers do not.",
			"The certificate is self-signed."),
		.fixes = LIST(
			"Install a certificate of a public CA for exactly mta-sts.<domain>, with "
				"its intermediates.",
			"At a CDN or hoster add mta-sts.<domain> as a name of the site, so that "
				"it gets a certificate.",
			"Let the renewal reload the web server, and watch its date."),
		.verify = LIST(
			VERIFY_HTTPS,
			S_CLIENT_HTTPS " </dev/null | openssl x509 -noout -dates -ext "
				"subjectAltName",
			GET_POLICY),
		.source = "RFC 8460 section 4.3.2.2; RFC 8461 section 3.3",
	},
	/* DANE. */
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "tlsa-invalid",
		.meaning = "The TLSA records of the MX are unusable or none was valid",
		.happened = "DNS has TLSA records for the MX, but none of them was of use to the "
			"sender, or none matched the certificate.",
		.dane = "Usable records of which none matches: the mail is deferred, and returned "
			"if it lasts. No usable record at all: most senders deliver over TLS "
			"without checking the certificate, those that insist on DANE (Postfix "
			"dane-only) defer.",
		.causes = LIST(
			"The key or certificate was changed and the TLSA record was not.",
			"The renewal makes a new key each time, and the record holds the hash of "
				"the key.",
			"Usage 0 or 1, which SMTP does not use, or an unknown selector or "
				"matching type.",
			"The hash was copied wrong: wrong length, wrong selector, of another host.",
			"Usage 2 names a CA whose certificate the server does not send, or that "
				"was changed."),
		.fixes = LIST(
			"Publish a 3 1 1 record of the key in use; check its hash with the "
				"command below.",
			"Before a rollover add the record of the next key, wait two TTL, then "
				"switch keys.",
			"Keep the key at renewals (certbot: --reuse-key), or publish 2 1 1 of the "
				"CA.",
			"Remove records of usage 0 or 1 and those of old keys."),
		.verify = see_tlsa,
		.source = "RFC 8460 section 4.3.2.1; RFC 7672 sections 2.2 and 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "dnssec-invalid",
		.meaning = "DNSSEC validation of the domain or the MX failed",
		.happened = "The sender's resolver got no valid answer for the MX or TLSA "
			"records: the zone is signed, but the signatures do not hold (SERVFAIL).",
		.dane = "The sender cannot know whether there are TLSA records, so it does not "
			"use this MX: the mail is deferred until the answers are valid, or "
			"returned.",
		.causes = LIST(
			"Signatures (RRSIG) have expired: the zone is no longer signed again.",
			"The DS record at the parent does not fit the keys, often after a change "
				"of provider.",
			"The name servers disagree, or one of them serves an old or unsigned copy.",
			"The proof that a name does not exist is broken: asking for TLSA gives "
				"SERVFAIL.",
			"Large answers are lost: fragments or TCP on port 53 are blocked."),
		.fixes = LIST(
			"Sign the zone again; see that the signer runs and that all secondaries "
				"follow.",
			"Put the DS record right at the registrar, or remove it until the zone is "
				"in order.",
			"Ask every name server of the zone of the MX for TLSA, also where there "
				"is no such record.",
			"Check both zones: that of the domain and that of the MX host."),
		.verify = LIST(
			VALIDATE_TLSA,
			"delv MX %D",
			"dig +dnssec TLSA _25._tcp.%M",
			"dig +cd +dnssec TLSA _25._tcp.%M",
			"dig +short DS %D"),
		.source = "RFC 8460 section 4.3.2.1; RFC 7672 section 2.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "dane-required",
		.meaning = "The sender insists on DANE, and the MX has no valid TLSA record",
		.happened = "The sender is configured to send to this domain only with DANE, and "
			"found no TLSA record validated by DNSSEC for the MX.",
		.dane = "That sender defers the mail or returns it. Other senders are not "
			"concerned.",
		.causes = LIST(
			"The TLSA records were removed, or not made for a new MX.",
			"The zone of the domain or of the MX is unsigned, or lost its DS record.",
			"The MX moved to a provider without DANE.",
			"The sender demands DANE although the domain never promised it."),
		.fixes = LIST(
			"Restore the TLSA records of every MX, in a signed zone.",
			"Sign both zones: that of the domain and that of the MX host.",
			"If DANE was given up on purpose, tell that sender to change its setting."),
		.verify = LIST(GET_MX, VALIDATE_TLSA, "delv MX %D", FINGER),
		.source = "RFC 8460 section 4.3.2.1; RFC 7672 section 2.2",
	},
	/* Not registered. */
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "Other",
		.meaning = "A failure outside the registered result types",
		.happened = "Stalwart sends this, mostly because it is set to demand MTA-STS and "
			"the domain has no policy. The failure-reason-code says what it was.",
		.enforce = "Depends on the reason. A sender that failed to check the MX does not "
			"deliver to it.",
		.testing = "The mail is delivered, unless that sender itself demands more than "
			"the policy.",
		.dane = "Depends on the reason. A sender that failed to check the MX defers the "
			"mail.",
		.causes = LIST(
			"The sender requires MTA-STS and found no record at _mta-sts.<domain>.",
			"A failure that the sender's program has no type for."),
		.fixes = LIST(
			"Read the failure-reason-code and the sender's additional information.",
			"Publish an MTA-STS policy, if mail from that sender matters."),
		.verify = LIST(GET_RECORD, GET_POLICY, VERIFY_SMTP),
		.source = "Stalwart; not in RFC 8460",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "unspecified",
		.meaning = "The sender reported a failure without a result type",
		.happened = "The report counts failed sessions and does not say why. This name "
			"was given here, when the report was stored; no sender uses it.",
		.enforce = "Probably the sender did not deliver to this MX and tries again.",
		.testing = delivered,
		.dane = "Probably the sender defers the mail.",
		.causes = LIST(
			"The sender's program leaves result-type out.",
			"Any of the registered failures; look what other senders reported on the "
				"same day."),
		.fixes = LIST(
			"Look up the failure-reason-code, if there is one.",
			"Check certificate, policy and TLSA records of the MX with the commands "
				"below.",
			"Ask the sender at the contact address of the report."),
		.verify = LIST(VERIFY_SMTP, GET_POLICY, GET_TLSA),
		.source = "this program; RFC 8460 section 4.4 wants a result-type",
	},

	/* Policy types. */
	{
		.kind = EXPLAIN_POLICY_TYPE,
		.name = "sts",
		.meaning = "The sender applied the MTA-STS policy of the domain",
		.happened = "The sessions were counted against the policy that the domain "
			"publishes over HTTPS; the report quotes it in policy-string.",
		.enforce = "Mail goes only to MX hosts that the policy names and that show a "
			"valid certificate.",
		.testing = "Mail goes to any MX; what would have failed in enforce mode is "
			"reported.",
		.causes = LIST("The domain has a TXT record at _mta-sts and a policy."),
		.fixes = LIST(
			"Compare the quoted policy with your own: an old one is still in the "
				"sender's cache."),
		.verify = see_policy,
		.source = "RFC 8460 section 4.4; RFC 8461 section 5",
	},
	{
		.kind = EXPLAIN_POLICY_TYPE,
		.name = "tlsa",
		.meaning = "The sender applied DANE: the TLSA records of the MX",
		.happened = "The sessions were counted against the TLSA records in DNS; "
			"policy-string quotes them. The policy domain is then often the name of "
			"the MX host.",
		.dane = "Mail goes only to an MX whose certificate matches a TLSA record; else it "
			"is deferred.",
		.causes = LIST(
			"The zones of the domain and of the MX are signed, and the MX has TLSA "
				"records."),
		.fixes = LIST(
			"Compare the quoted records with those in DNS and with the key of the "
				"server."),
		.verify = see_tlsa,
		.source = "RFC 8460 section 4.4; RFC 7672",
	},
	{
		.kind = EXPLAIN_POLICY_TYPE,
		.name = "no-policy-found",
		.meaning = "The sender found neither an MTA-STS policy nor TLSA records",
		.happened = "The sender used TLS if it could. Its failures stopped no mail by any "
			"policy: senders mostly go on unverified or without TLS.",
		.causes = LIST(
			"The domain publishes no MTA-STS policy, or one of mode none, and no TLSA "
				"records.",
			"The sender supports neither, or not the one that is published.",
			"The record at _mta-sts could not be read."),
		.fixes = LIST(
			"If there should be a policy, check the TXT record, the policy and the "
				"TLSA records.",
			"Otherwise nothing is wrong; MTA-STS in mode testing is a safe first "
				"step."),
		.verify = LIST(GET_RECORD, GET_POLICY, VALIDATE_TLSA),
		.source = "RFC 8460 section 4.4",
	},
	{
		.kind = EXPLAIN_POLICY_TYPE,
		.name = "Other",
		.meaning = "A policy outside the registered policy types",
		.happened = "The sender named a kind of policy that RFC 8460 does not know.",
		.causes = LIST("The sender's program has a catch-all; Stalwart's library does."),
		.fixes = LIST(
			"Judge the failures by their result types; ask the sender if that does "
				"not do."),
		.source = "Stalwart; not in RFC 8460",
	},

	/* Reason codes: RFC 8460, Microsoft, web guides. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
		.meaning = "OpenSSL: the chain of proxy certificates is too long",
		.happened = "A limit in a proxy certificate was exceeded. It is the example of "
			"RFC 8460; mail servers have no proxy certificates, so suspect a sample.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "RFC 8460, appendix B; OpenSSL",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "X509_V_ERR_",
		.meaning = "OpenSSL rejected the certificate; the name tells why",
		.happened = "The rest of the name is an error of OpenSSL's certificate check; "
			"openssl-verify and X509_STORE_CTX_get_error(3) list them.",
		.fixes = serve_chain,
		.verify = see_certificate,
		.source = "senders built on OpenSSL",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MX_HOSTS_MISMATCH",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.causes = LIST(
			"An MX was added or renamed and the policy was not changed.",
			"The policy changed, its id in _mta-sts did not: the sender uses the old "
				"one."),
		.fixes = align_mx,
		.verify = see_policy_mx,
		.source = "Microsoft",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "VALIDATION_FAILURE",
		.meaning = "The check of the MX failed; no detail is given",
		.happened = "Exchange Online repeats the result type and says no more.",
		.causes = LIST(
			"The certificate does not pass, or TLSA does not match, at the time of "
				"the session."),
		.fixes = LIST(
			"Check the certificate and, with DANE, the TLSA records of every MX.",
			"See whether other senders report more detail on the same day."),
		.verify = LIST(VERIFY_SMTP, GET_TLSA, FINGER),
		.source = "Microsoft",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "mx-mismatch",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.fixes = align_mx,
		.verify = see_policy_mx,
		.source = "guides on the web; no sender known",
	},

	/* Mail.ru, written in Go. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "bad https response code:",
		.meaning = "The policy host did not answer with status 200",
		.happened = "The sender asked for mta-sts.txt and got the status that follows the "
			"colon.",
		.causes = LIST(
			"3xx: a redirect, which senders must not follow. 403, 429: bot protection.",
			"4xx: wrong path or name. 5xx: the web server or what is behind it fails."),
		.fixes = serve_policy,
		.verify = see_policy,
		.source = "Mail.ru",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "bad https response code: 404",
		.meaning = "The policy file is not there (HTTP 404)",
		.happened = "The web server mta-sts.<domain> answered, but has no "
			"/.well-known/mta-sts.txt.",
		.causes = LIST(
			"The file is missing or in another directory; /.well-known/ may be taken "
				"by ACME.",
			"The request landed at the default site of the server, not at "
				"mta-sts.<domain>."),
		.fixes = serve_policy,
		.verify = see_policy,
		.source = "Mail.ru",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "bad https response code: 500",
		.meaning = "The policy host failed (HTTP 500)",
		.happened = "The web server mta-sts.<domain> answered with an error of its own.",
		.causes = LIST(
			"The application behind it fails; a policy needs none, it is a plain "
				"file."),
		.fixes = LIST(
			"Read the web server's error log; serve the policy as a static file."),
		.verify = see_policy,
		.source = "Mail.ru",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unable to do http request",
		.meaning = "The policy host could not be reached over HTTPS",
		.happened = "The request for mta-sts.txt failed before an answer came; the end of "
			"the text says why.",
		.causes = LIST(
			"deadline exceeded, Client.Timeout: no answer in time; firewall or dead "
				"AAAA.",
			"no such host: mta-sts.<domain> has no address. connection refused: no "
				"web server.",
			"x509: the certificate of mta-sts.<domain> is not valid."),
		.fixes = reach_policy_host,
		.verify = see_policy_host,
		.source = "Mail.ru",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509:",
		.meaning = "Go rejected the certificate; the text tells why",
		.happened = "The text is the error of Go's certificate check: unknown authority, "
			"expired, or valid for other names.",
		.fixes = serve_chain,
		.verify = see_certificate,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls: failed to verify certificate",
		.meaning = "Go rejected the certificate; the text tells why",
		.happened = "The text is the error of Go's certificate check: unknown authority, "
			"expired, or valid for other names.",
		.fixes = serve_chain,
		.verify = see_certificate,
		.source = "senders written in Go",
	},

	/* Postfix. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-handshake-failure",
		.meaning = "The TLS handshake did not complete",
		.happened = "STARTTLS was accepted, then the handshake failed before any "
			"certificate was judged.",
		.causes = LIST(
			"No TLS version or cipher in common.",
			"The server has no usable certificate, or closed the connection.",
			"A firewall that inspects SMTP broke the handshake."),
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "Postfix",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "all-TLSA-records-unusable",
		.meaning = "No TLSA record of the MX is of use",
		.happened = "All records have a usage, selector or matching type that SMTP does "
			"not use, or malformed data.",
		.causes = LIST(
			"Usage 0 or 1, an unknown matching type, or data of the wrong length."),
		.fixes = correct_tlsa,
		.verify = see_tlsa,
		.source = "Postfix",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "all-fingerprints-unusable",
		.meaning = "No fingerprint that the sender has for the MX is of use",
		.happened = "The sender checks the server's key or certificate by its hash (TLSA "
			"usage 3 or its own list), and could use none of the hashes.",
		.causes = LIST(
			"Data of the wrong length, or a digest that the sender does not support.",
			"A list that the sender keeps itself is wrong."),
		.fixes = correct_tlsa,
		.verify = see_tlsa,
		.source = "Postfix",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "all-trust-anchors-unusable",
		.meaning = "No trust anchor that the sender has for the MX is of use",
		.happened = "The sender checks the chain against given CAs (TLSA usage 2 or its "
			"own files), and could use none of them.",
		.causes = LIST(
			"A full certificate or key in a record 2 0 0 or 2 1 0 is malformed.",
			"A file that the sender keeps itself is wrong."),
		.fixes = correct_tlsa,
		.verify = see_tlsa,
		.source = "Postfix",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "self-signed certificate",
		.meaning = "The certificate of the MX is self-signed",
		.happened = "The server sent one certificate, signed by itself and not by a CA.",
		.causes = LIST(
			"The default certificate of the installation is still in use.",
			"After a failed renewal the server fell back to it."),
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (text of OpenSSL 3)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "self signed certificate",
		.meaning = "The certificate of the MX is self-signed",
		.happened = "The server sent one certificate, signed by itself and not by a CA.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (text of OpenSSL 1.1)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "self-signed certificate in certificate chain",
		.meaning = "The chain ends in a root that the sender does not trust",
		.happened = "The server sent a chain whose last certificate is a root unknown to "
			"the sender.",
		.causes = LIST(
			"A private CA.",
			"A security appliance puts its own chain in place of yours."),
		.fixes = reissue,
		.verify = see_chain,
		.source = "Postfix (text of OpenSSL 3)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "self signed certificate in certificate chain",
		.meaning = "The chain ends in a root that the sender does not trust",
		.happened = "The server sent a chain whose last certificate is a root unknown to "
			"the sender.",
		.fixes = reissue,
		.verify = see_chain,
		.source = "Postfix (text of OpenSSL 1.1)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unable to get local issuer certificate",
		.meaning = "The issuer of a certificate in the chain is not known",
		.happened = "The sender has no certificate of the CA that signed the last one it "
			"was sent.",
		.causes = LIST(
			"The intermediate certificate is missing in the server's file.",
			"The CA is private, or not in the sender's list of roots."),
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unable to get issuer certificate",
		.meaning = "The issuer of an intermediate certificate is not known",
		.happened = "The sender found an intermediate certificate, but not the one that "
			"signed it.",
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unable to verify the first certificate",
		.meaning = "The server sent only its own certificate",
		.happened = "The sender got the leaf alone and does not know its issuer.",
		.causes = LIST("The intermediate certificate is missing in the server's file."),
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate chain too long",
		.meaning = "The chain has more certificates than the sender allows",
		.happened = "The sender gave up on a chain longer than its limit (Postfix: 9 by "
			"default).",
		.causes = LIST("The chain file holds certificates that do not belong to it."),
		.fixes = LIST("Leave in the file only the leaf and its intermediates, in order."),
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unsuitable certificate purpose",
		.meaning = "The certificate is not made for a TLS server",
		.happened = "The extended key usage of a certificate in the chain does not allow "
			"serverAuth.",
		.causes = LIST(
			"A certificate for clients or for signing mail is used on the server.",
			"The CA that signed it may not sign for servers."),
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (text of OpenSSL 3)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unsupported certificate purpose",
		.meaning = "The certificate is not made for a TLS server",
		.happened = "The extended key usage of a certificate in the chain does not allow "
			"serverAuth.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (text of OpenSSL 1.1)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "format error in certificate's notBefore field",
		.meaning = "The start date in the certificate cannot be read",
		.happened = "A certificate in the chain has a malformed date.",
		.causes = LIST("A private CA with faulty software."),
		.fixes = reissue,
		.verify = see_dates,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "format error in certificate's notAfter field",
		.meaning = "The end date in the certificate cannot be read",
		.happened = "A certificate in the chain has a malformed date.",
		.causes = LIST("A private CA with faulty software."),
		.fixes = reissue,
		.verify = see_dates,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate has expired",
		.meaning = "A certificate in the chain has expired",
		.happened = "The end date of the leaf or of an intermediate certificate is over.",
		.fixes = renew,
		.verify = see_dates,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate is not yet valid",
		.meaning = "A certificate in the chain is not valid yet",
		.happened = "The start date lies after the time of the session, by the sender's "
			"clock.",
		.causes = LIST(
			"The certificate was installed early.",
			"A clock is wrong: the CA's or the sender's."),
		.fixes = LIST(
			"Serve the current certificate until the new one is valid.",
			"Check the clock of the host that issues certificates."),
		.verify = see_dates,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate revoked",
		.meaning = "The CA has revoked the certificate",
		.happened = "The sender checked a revocation list and found the certificate on it.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate not trusted",
		.meaning = "The root of the chain is not trusted for this use",
		.happened = "The sender knows the root certificate, but does not trust it for "
			"servers.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate signature failure",
		.meaning = "A signature in the chain does not hold",
		.happened = "A certificate is not signed by the one that it names as its issuer.",
		.causes = LIST(
			"The chain file mixes intermediates of an older or another certificate."),
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid CA certificate",
		.meaning = "A certificate in the chain is not that of a CA",
		.happened = "A certificate was used to sign another one, but is not marked as a "
			"CA.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "path length constraint exceeded",
		.meaning = "A CA in the chain may not have so many CAs below it",
		.happened = "The pathlen limit of a CA certificate is exceeded.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "EE certificate key too weak",
		.meaning = "The key of the server is too short for the sender",
		.happened = "The sender's security level does not accept a key of this size.",
		.fixes = LIST(
			"Make a new key: RSA of 2048 bits or more, or ECDSA P-256.",
			"With DANE publish its TLSA record before the switch."),
		.verify = see_certificate,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "CA signature digest algorithm too weak",
		.meaning = "A certificate is signed with an outdated digest",
		.happened = "The sender's security level does not accept the digest, mostly SHA-1 "
			"or MD5.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "hostname mismatch",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "No subjectAltName in the certificate is the name that the sender "
			"expected.",
		.fixes = reissue,
		.verify = see_names,
		.source = "Postfix (OpenSSL text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no matching DANE TLSA records",
		.meaning = "The server's key matches none of its TLSA records",
		.happened = "The sender compared the chain with all TLSA records; none fitted.",
		.causes = LIST("The key was changed and the record was not."),
		.fixes = publish_tlsa,
		.verify = see_tlsa,
		.source = "Postfix (OpenSSL text)",
	},

	/* mox: the MX. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "mtasts-policy-mx-mismatch",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers. "
			"Also reported in testing mode and for an MX that was not used, then with "
			"0 sessions.",
		.fixes = align_mx,
		.verify = see_policy_mx,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dane-no-match",
		.meaning = "The server's key matches none of its TLSA records",
		.happened = "The sender compared the certificate with all TLSA records; none "
			"fitted. With +errors some records could not even be checked.",
		.causes = LIST(
			"The key was changed and the record was not.",
			"Usage 2: the server does not send the certificate of the published CA."),
		.fixes = publish_tlsa,
		.verify = see_tlsa,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "all-unusable-records+ignored",
		.meaning = "No TLSA record of the MX is of use; they were ignored",
		.happened = "All TLSA records have a usage, selector or matching type that SMTP "
			"does not use. The sender went on over TLS without checking the "
			"certificate.",
		.causes = LIST("Usage 0 or 1, or an unknown matching type."),
		.fixes = correct_tlsa,
		.verify = see_tlsa,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "smtp-starttls-reply-code-",
		.meaning = "The MX refused the command STARTTLS",
		.happened = "The answer to STARTTLS was the code at the end, not 220.",
		.causes = LIST(
			"454: the certificate or key could not be loaded, or TLS is overloaded.",
			"500, 502, 503: STARTTLS is off, or something between does not know it.",
			"421: the server was closing the connection."),
		.fixes = enable_starttls,
		.verify = see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "smtp-starttls-reply-code-454",
		.meaning = "The MX answered STARTTLS with 454: TLS not available now",
		.happened = "The server offers STARTTLS but cannot do it.",
		.causes = LIST(
			"Certificate or key cannot be read: path, permissions, or they do not "
				"fit."),
		.fixes = enable_starttls,
		.verify = see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-",
		.meaning = "The MX broke the handshake off with a TLS alert",
		.happened = "Your server sent the alert whose number and name follow; it did not "
			"like what the sender offered.",
		.causes = LIST(
			"No version or cipher in common.",
			"A fault in the server's TLS set-up."),
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-40-",
		.meaning = "The MX found no cipher in common with the sender",
		.happened = "Your server sent the alert handshake_failure: no cipher, curve or "
			"signature in common.",
		.causes = LIST(
			"The list of ciphers is cut too far down.",
			"Only an RSA or only an ECDSA certificate is there and its ciphers are "
				"switched off.",
			"No certificate is loaded."),
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-70-protocol-version-not-supported",
		.meaning = "The MX does not speak a TLS version of the sender",
		.happened = "Your server sent the alert protocol_version. Current senders offer "
			"TLS 1.2 and 1.3.",
		.causes = LIST("The server only knows TLS 1.0 or 1.1, or only TLS 1.3 is left on."),
		.fixes = LIST(
			"Offer TLS 1.2 and TLS 1.3 (Postfix: smtpd_tls_protocols = >=TLSv1.2).",
			"Update the TLS library if it has no TLS 1.2."),
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-80-",
		.meaning = "The MX failed in the handshake: internal error",
		.happened = "Your server sent the alert internal_error.",
		.causes = LIST(
			"Certificate and key do not fit, or a TLS setting cannot be carried out.",
			"The server has no certificate for the name asked for (SNI)."),
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-112-",
		.meaning = "The MX does not know its own name (SNI)",
		.happened = "Your server sent the alert unrecognized_name: it has no certificate "
			"for the MX name.",
		.fixes = LIST(
			"Configure a certificate for every MX name, or a default one for unknown "
				"names."),
		.verify = see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-local-alert-",
		.meaning = "The sender broke the handshake off with a TLS alert",
		.happened = "The sender sent the alert whose number and name follow; it did not "
			"like what your server did.",
		.causes = LIST(
			"An outdated version, cipher or key size.",
			"A faulty TLS stack or something between."),
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-error",
		.meaning = "The MX broke the handshake off",
		.happened = "Your server reported an error in the handshake that the sender could "
			"not name.",
		.fixes = set_up_tls,
		.verify = see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-record-header-error",
		.meaning = "After STARTTLS came something that is not TLS",
		.happened = "The sender expected TLS and got other bytes, mostly plain SMTP text.",
		.causes = LIST(
			"The server accepted STARTTLS and then wrote an error in clear.",
			"A proxy or scanner answers STARTTLS without doing TLS."),
		.fixes = enable_starttls,
		.verify = see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "io-timeout-during-handshake",
		.meaning = "The TLS handshake took too long",
		.happened = "STARTTLS was accepted, then nothing came in time.",
		.causes = LIST(
			"The server is overloaded.",
			"A firewall drops packets, or large ones are lost (MTU)."),
		.fixes = look_at_load,
		.verify = see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "connection-closed-during-handshake",
		.meaning = "The connection was closed in the TLS handshake",
		.happened = "STARTTLS was accepted, then the connection ended without an alert.",
		.causes = LIST(
			"The server process died or reached a limit.",
			"A firewall or intrusion prevention cut the connection."),
		.fixes = look_at_load,
		.verify = see_starttls,
		.source = "mox",
	},

	/* mox: DNS and the policy.  "+fallback-to-cached-policy" may follow. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-",
		.meaning = "The sender's resolver reported a DNSSEC error",
		.happened = "The number and name of the extended DNS error (RFC 8914) follow.",
		.fixes = sign_again,
		.verify = see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "extended-dns-error-",
		.meaning = "The sender's resolver reported a DNS error",
		.happened = "The number and name of the extended DNS error (RFC 8914) follow.",
		.fixes = sign_again,
		.verify = see_dnssec,
		.source = "mox, for TLSA records",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-7-signature-expired",
		.meaning = "The DNSSEC signatures of the zone have expired",
		.happened = "The sender's resolver got records whose RRSIG is past its end.",
		.causes = LIST(
			"The signer no longer runs.",
			"A secondary serves an old copy of the zone."),
		.fixes = sign_again,
		.verify = see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-9-",
		.meaning = "The key that the DS record names is not in the zone",
		.happened = "The sender's resolver found no DNSKEY that fits the DS record at the "
			"parent.",
		.causes = LIST(
			"The DS record was left behind after a key rollover or a change of "
				"provider."),
		.fixes = sign_again,
		.verify = LIST("dig +short DS %D", "dig +cd +short DNSKEY %D", "delv MX %D"),
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-10-",
		.meaning = "DNSSEC signatures are missing in the zone",
		.happened = "The parent says that the zone is signed, but answers come without "
			"RRSIG.",
		.causes = LIST("One of the name servers serves an unsigned copy."),
		.fixes = sign_again,
		.verify = see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-lookup",
		.meaning = "The MTA-STS record could not be looked up",
		.happened = "Asking for TXT at _mta-sts.<domain> gave an error, neither a record "
			"nor 'no such name'.",
		.causes = LIST(
			"A name server of the zone does not answer or fails.",
			"A fault at the sender."),
		.fixes = LIST("Ask every name server of the zone for that record."),
		.verify = LIST("dig +short NS %D", "dig TXT _mta-sts.%D"),
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no-policy-served",
		.meaning = "There is a TXT record, but no policy (404 or no such host)",
		.happened = "mta-sts.<domain> does not exist in DNS, or the web server has no "
			"such file.",
		.fixes = serve_policy,
		.verify = see_policy_host,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "cannot-fetch-policy",
		.meaning = "The policy could not be fetched",
		.happened = "The connection to mta-sts.<domain> failed, or the answer was not "
			"200; a redirect counts as failure.",
		.fixes = reach_policy_host,
		.verify = see_policy_host,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "policy-syntax-error",
		.meaning = "The policy file does not parse",
		.happened = "mta-sts.txt was fetched, but is no valid policy, or is larger than "
			"64 kB.",
		.fixes = correct_policy,
		.verify = see_policy,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no-mta-sts-dns-txt-record",
		.meaning = "The MTA-STS TXT record is gone, but a policy is still cached",
		.happened = "The sender holds a policy of the domain and found no TXT record at "
			"_mta-sts.<domain>.",
		.causes = LIST(
			"MTA-STS was given up by removing the record only.",
			"The record was lost in a DNS move."),
		.fixes = LIST(
			"Publish the record again, if MTA-STS is to stay.",
			"To give it up: serve mode none with a new id until the old max_age is "
				"over."),
		.verify = see_policy,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "multiple-mta-sts-records",
		.meaning = "There is more than one MTA-STS TXT record",
		.happened = "_mta-sts.<domain> has several TXT records that begin with v=STSv1, "
			"so none counts.",
		.fixes = correct_record,
		.verify = see_record,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "record-syntax-error",
		.meaning = "The MTA-STS TXT record does not parse",
		.happened = "The record at _mta-sts.<domain> is malformed.",
		.causes = LIST("id is missing, or has other characters than letters and digits."),
		.fixes = correct_record,
		.verify = see_record,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "back-off-after-recent-fetch-error",
		.meaning = "The sender did not ask again after a recent failure",
		.happened = "Fetching the policy failed a short time ago; the sender waits before "
			"it tries again. The first failure is reported on its own.",
		.fixes = serve_policy,
		.verify = see_policy_host,
		.source = "mox",
	},

	/* mox: certificates. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "not-authorized-to-sign",
		.meaning = "A certificate in the chain is not that of a CA",
		.happened = "A certificate signed another one without being marked as a CA.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "too-many-intermediates",
		.meaning = "A CA in the chain may not have so many CAs below it",
		.happened = "The pathlen limit of a CA certificate is exceeded.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "incompatible-key-usage",
		.meaning = "The certificate is not made for a TLS server",
		.happened = "The extended key usage does not allow serverAuth.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "ca-not-authorized-for-this-name",
		.meaning = "The CA may not issue certificates for this name",
		.happened = "A name constraint in a CA certificate excludes the name of the MX.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "ca-not-authorized-for-ext-key-usage",
		.meaning = "The CA may not issue certificates for servers",
		.happened = "The extended key usage of a CA certificate excludes serverAuth.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "parent-subject-child-issuer-mismatch",
		.meaning = "A certificate does not fit the one that signed it",
		.happened = "The issuer named in a certificate is not the subject of the next one.",
		.causes = LIST("The chain file has a wrong intermediate certificate."),
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "name-constraint-without-sans",
		.meaning = "The certificate has no subjectAltName, and its CA needs one",
		.happened = "The CA is limited to some names, and the certificate has its name "
			"only as CN.",
		.fixes = reissue,
		.verify = see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unconstrained-name",
		.meaning = "The name is of a kind that the CA's limits cannot judge",
		.happened = "The CA certificate has name constraints that do not cover this form "
			"of name.",
		.fixes = change_ca,
		.verify = see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "too-many-constraints",
		.meaning = "The chain has too many name constraints to check",
		.happened = "Checking the names against the limits of the CA took more steps than "
			"allowed.",
		.fixes = change_ca,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "go-x509-invalid-reason-",
		.meaning = "Go rejected the certificate for a reason without a name",
		.happened = "The number is an InvalidReason of Go's package crypto/x509.",
		.fixes = reissue,
		.verify = see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unknown-go-certificate-verification-error",
		.meaning = "Go rejected the certificate; no detail is given",
		.happened = "The certificate check failed in a way that the sender could not name.",
		.fixes = serve_chain,
		.verify = see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no-system-roots",
		.meaning = "The sender has no list of trusted CAs",
		.happened = "The sender could not load the roots of its own system and trusts "
			"nobody.",
		.fixes = nothing_here,
		.verify = see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-expired",
		.meaning = "The certificate of the policy host has expired",
		.happened = "With sts-webpki-invalid: the certificate of mta-sts.<domain> is out "
			"of its dates.",
		.fixes = repair_policy_host,
		.verify = see_policy_dates,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-host-mismatch",
		.meaning = "The certificate of the policy host is for another name",
		.happened = "With sts-webpki-invalid: the certificate does not carry the name "
			"mta-sts.<domain>.",
		.fixes = repair_policy_host,
		.verify = see_policy_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-not-trusted",
		.meaning = "The certificate of the policy host is not trusted",
		.happened = "With sts-webpki-invalid: the chain of mta-sts.<domain> does not lead "
			"to a known CA. What follows + says more.",
		.causes = LIST("The intermediate certificate is missing on the web server."),
		.fixes = repair_policy_host,
		.verify = see_policy_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "validation-failure",
		.meaning = "The HTTPS connection to the policy host failed in its checks",
		.happened = "With sts-webpki-invalid: the certificate check of mta-sts.<domain> "
			"failed. What follows + says more.",
		.fixes = repair_policy_host,
		.verify = see_policy_chain,
		.source = "mox",
	},

	/* Stalwart. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MX not authorized by policy.",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.fixes = align_mx,
		.verify = see_policy_mx,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "No matching certificates found.",
		.meaning = "The server's chain matches none of its TLSA records",
		.happened = "The sender compared the certificates of the MX with its TLSA "
			"records; none fitted.",
		.causes = LIST("The key was changed and the record was not."),
		.fixes = publish_tlsa,
		.verify = see_tlsa,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Invalid TLSA record.",
		.meaning = "The TLSA records of the MX are malformed or of no use",
		.happened = "The records were found and validated, but the sender can use none of "
			"them.",
		.causes = LIST(
			"Usage 0 or 1, an unknown selector or matching type, or wrong data."),
		.fixes = correct_tlsa,
		.verify = see_tlsa,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Bogus TLSA records were found.",
		.meaning = "The TLSA records do not pass DNSSEC validation",
		.happened = "The zone of the MX is signed, but the signatures over the TLSA "
			"records do not hold.",
		.causes = LIST("Signatures have expired, or the DS record at the parent is wrong."),
		.fixes = sign_again,
		.verify = see_dnssec,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "No TLSA records found for MX.",
		.meaning = "The sender insists on DANE, and the MX has no TLSA record",
		.happened = "The sender requires DANE and found no TLSA record at _25._tcp of the "
			"MX.",
		.fixes = LIST(
			"Publish TLSA records for every MX, or tell the sender that there is no "
				"DANE here."),
		.verify = see_tlsa,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MX host is not in a DNSSEC signed zone.",
		.meaning = "The sender insists on DANE, and the MX's zone is not signed",
		.happened = "The sender requires DANE, and DNS answers for the MX are not signed.",
		.causes = LIST(
			"The zone was never signed, or the DS record at the parent is gone."),
		.fixes = LIST(
			"Sign the zone of the MX host, or tell the sender that there is no DANE "
				"here."),
		.verify = see_dnssec,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "STARTTLS was not advertised by host",
		.meaning = "The MX did not offer STARTTLS",
		.happened = "STARTTLS was missing in the answer of the MX to EHLO.",
		.fixes = enable_starttls,
		.verify = see_starttls,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Timeout fetching policy.",
		.meaning = "The policy host did not answer in time",
		.happened = "The request for mta-sts.txt got no complete answer within the "
			"sender's limit.",
		.causes = LIST(
			"A firewall drops the connection.",
			"The AAAA address of mta-sts.<domain> does not answer."),
		.fixes = reach_policy_host,
		.verify = see_policy_host,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Could not reach policy host.",
		.meaning = "The policy host could not be reached over HTTPS",
		.happened = "No connection to mta-sts.<domain> came about: no address, nothing on "
			"port 443, or its certificate did not pass.",
		.fixes = reach_policy_host,
		.verify = see_policy_host,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Policy not found.",
		.meaning = "The policy file is not there (HTTP 404)",
		.happened = "The web server mta-sts.<domain> answered, but has no "
			"/.well-known/mta-sts.txt.",
		.fixes = serve_policy,
		.verify = see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to fetch policy.",
		.meaning = "The policy could not be fetched",
		.happened = "The request for mta-sts.txt failed, mostly with an HTTP status other "
			"than 200.",
		.fixes = serve_policy,
		.verify = see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to parse policy",
		.meaning = "The policy file does not parse",
		.happened = "mta-sts.txt was fetched, but is no valid policy; what was wrong "
			"follows.",
		.causes = LIST("A misspelt or missing line.", "An HTML page in place of the file."),
		.fixes = correct_policy,
		.verify = see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to parse MTA-STS DNS record.",
		.meaning = "The MTA-STS TXT record does not parse",
		.happened = "The record at _mta-sts.<domain> is malformed.",
		.fixes = correct_record,
		.verify = see_record,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MTA-STS is required and no policy was found.",
		.meaning = "The sender insists on MTA-STS, and the domain has none",
		.happened = "The sender is set to require MTA-STS and found no TXT record at "
			"_mta-sts.<domain>.",
		.fixes = LIST("Publish an MTA-STS policy, or tell the sender that there is none."),
		.verify = see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate:",
		.meaning = "The certificate of the MX was rejected; the text tells why",
		.happened = "What follows the colon is the error of rustls, the TLS library of "
			"the sender.",
		.causes = LIST("Expired, of an unknown issuer, for another name, or malformed."),
		.fixes = serve_chain,
		.verify = see_certificate,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: UnknownIssuer",
		.meaning = "The certificate of the MX is of an unknown issuer",
		.happened = "The sender could not build a chain to a CA that it trusts.",
		.causes = LIST(
			"The intermediate certificate is missing in the server's file.",
			"The certificate is self-signed or of a private CA."),
		.fixes = serve_chain,
		.verify = see_chain,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: Expired",
		.meaning = "The certificate of the MX has expired",
		.happened = "The end date of the certificate was over at the time of the session.",
		.fixes = renew,
		.verify = see_dates,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: NotValidForName",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "No subjectAltName in the certificate is the name of the MX.",
		.fixes = reissue,
		.verify = see_names,
		.source = "Stalwart (rustls text)",
	},
};

/* Postfix writes the texts of OpenSSL with '_' for blanks. */
static char
folded(char c)
{
	if (c == '_')
		return ' ';
	return g_ascii_tolower(c);
}

/* What follows name in a text that begins with it; NULL if it does not. */
static const char *
rest_after(const char *text, const char *name)
{
	for (; *name != '\0'; name++, text++)
		if (folded(*text) != folded(*name))
			return NULL;
	return text;
}

/* Whether the name is the whole text, or begins a reason code and does not end within a word. */
static bool
covers(const Explanation *entry, const char *text)
{
	const size_t length = strlen(entry->name);
	const char *rest = rest_after(text, entry->name);

	if (rest == NULL)
		return false;
	if (*rest == '\0')
		return true;
	return entry->kind == EXPLAIN_REASON_CODE
		&& !(g_ascii_isalnum(entry->name[length - 1]) && g_ascii_isalnum(*rest));
}

const Explanation *
explain(ExplanationKind kind, const char *name)
{
	const Explanation *best = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(catalogue); i++) {
		const Explanation *entry = &catalogue[i];
		if (entry->kind == kind && covers(entry, name)
			&& (best == NULL || strlen(entry->name) > strlen(best->name)))
			best = entry;
	}
	return best;
}

const Explanation *
explain_all(size_t *n)
{
	*n = G_N_ELEMENTS(catalogue);
	return catalogue;
}
