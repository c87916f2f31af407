/* Result types: RFC 8460 section 4.3, and what stands in their place. */
#include "advice.h"

static const Explanation entries[] = {
	/* Negotiation. */
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "starttls-not-supported",
		.meaning = "The MX did not offer STARTTLS, or refused it",
		.happened =
			"The sender reached port 25 of the MX and could not start TLS: "
			"STARTTLS was missing in the answer to EHLO, or the command was refused.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.dane = advice_deferred,
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
			GET_MX, S_CLIENT_SMTP " -brief </dev/null", "posttls-finger -l encrypt %D"),
		.checkers = LIST(
			"https://internet.nl/mail/<domain>/ tests all MX from outside your "
			"network."),
		.source = "RFC 8460 section 4.3.1; RFC 3207",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-host-mismatch",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "TLS started, but no name in the certificate is the name of the MX "
			    "host.",
		.enforce = advice_held,
		.testing = advice_delivered,
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
			"Have a certificate issued with every MX name as a subjectAltName. This "
			"changes neither MX nor policy, so it is the safe way.",
			"Or point the MX record at a name that the certificate has. Under MTA-STS "
			"first publish the policy with both names and a new id, wait the max_age of "
			"the old one, and only then change the MX record; else mail stops.",
			MIND_TLSA,
			"Postfix with several names: see tls_server_sni_maps. Reload after the "
			"change."),
		.verify = LIST(GET_MX, VERIFY_SMTP,
			S_CLIENT_SMTP " </dev/null 2>/dev/null | openssl x509 -noout -subject -ext "
				      "subjectAltName"),
		.checkers = advice_check_certificate,
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-not-trusted",
		.meaning = "The certificate does not lead to a CA that the sender trusts",
		.happened = "TLS started, but the sender could not build a chain from the MX's "
			    "certificate to one of its roots, or something in the chain was not "
			    "allowed.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.dane = "With TLSA usage 3 no CA is needed. With usage 2 the chain must lead to "
			"the published CA, which the server must send; else the sender defers the "
			"mail or returns it.",
		.causes = LIST("The server sends the leaf without its intermediate certificate.",
			("The certificate is self-signed or of a private CA (often the installer's "
			 "default)."),
			("The CA is too new for, or has been removed from, the sender's list of "
			 "roots."),
			("Stalwart reports every failed TLS handshake like this, whatever the "
			 "reason.")),
		.fixes = LIST(
			"Serve the full chain of a public CA: leaf first, then the intermediates.",
			("Postfix: smtpd_tls_chain_files with key and full chain; Exim: the full "
			 "chain file."),
			"Read the failure-reason-code: it tells which certificate was at fault.",
			MIND_TLSA),
		.verify = advice_see_chain,
		.checkers = advice_check_certificate,
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "certificate-expired",
		.meaning = "The certificate of the MX is out of its dates",
		.happened =
			"TLS started, but the certificate, or one in its chain, had expired. "
			"Some senders also report a certificate like this that is not valid yet.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.dane = "With TLSA usage 3 the dates are not checked. With usage 2 the sender "
			"defers the mail and retries, or returns it.",
		.causes = LIST("The renewal failed: challenge blocked, DNS changed, job not run.",
			"It was renewed, but the mail server was not reloaded.",
			"It was renewed on one MX and not copied to the others.",
			"An intermediate certificate in the chain file has expired.",
			("As the reason of sts-webpki-invalid (mox): it is the certificate of the "
			 "policy's web server, mta-sts.<domain>, and not of the MX.")),
		.fixes = LIST("Renew it and reload the mail server on every MX.", MIND_TLSA,
			"Let the renewal reload the server by itself (certbot: --deploy-hook).",
			"Watch the date as seen on port 25, not the file."),
		.verify = advice_see_dates,
		.checkers = advice_check_certificate,
		.source = "RFC 8460 section 4.3.1; RFC 8461 section 4.2; RFC 7672 section 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "validation-failure",
		.meaning = "Another failure; the failure-reason-code tells which",
		.happened =
			"The session failed in a way that no other result type names: the "
			"handshake broke, the MX is not in the policy, or no TLSA record matched.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.dane = advice_deferred,
		.causes = LIST("The MX is not in the mx: lines of the MTA-STS policy (Microsoft "
			       "MX_HOSTS_MISMATCH).",
			"No TLS version or cipher in common with the sender.",
			"The handshake was cut off: time-out, overload, or a firewall that "
			"inspects SMTP.",
			"A self-signed or otherwise unfit certificate (Postfix reports it like "
			"this).",
			"The key of the server matches none of its TLSA records (mox: "
			"dane-no-match)."),
		.fixes = LIST("Look up the failure-reason-code and act on it.",
			"Compare the MX records with the mx: lines of the policy.",
			"Without a code: look in the mail log for the sending IP at that time.",
			"Offer TLS 1.2 and 1.3 with the defaults of a current TLS library."),
		.verify = LIST(GET_MX, GET_POLICY, VERIFY_SMTP, FINGER),
		.checkers = advice_check_certificate,
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
		.enforce = advice_without_policy,
		.testing = advice_without_test,
		.causes = LIST("The file is missing (404), or the web server fails (500).",
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
			GIVE_UP_STS),
		.verify = LIST(GET_POLICY, GET_RECORD, "dig +short A mta-sts.%D",
			"dig +short AAAA mta-sts.%D"),
		.checkers = advice_check_policy,
		.source = "RFC 8460 section 4.3.2.2; RFC 8461 section 3.3",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "sts-policy-invalid",
		.meaning = "The MTA-STS policy was fetched but is not valid",
		.happened = "The sender got the file mta-sts.txt and could not read it as a "
			    "policy.",
		.enforce = advice_without_policy,
		.testing = advice_without_test,
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
		.verify = advice_see_policy,
		.checkers = advice_check_policy,
		.source = "RFC 8460 section 4.3.2.2; RFC 8461 section 3.2",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "sts-webpki-invalid",
		.meaning = "The web server of the MTA-STS policy has a bad certificate",
		.happened =
			"The sender connected to mta-sts.<domain> over HTTPS to fetch the "
			"policy, and the certificate there did not pass. This is not about the MX.",
		.enforce = advice_without_policy,
		.testing = advice_without_test,
		.causes = LIST("The certificate on mta-sts.<domain> has expired.",
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
		.verify = LIST(VERIFY_HTTPS,
			S_CLIENT_HTTPS " </dev/null 2>/dev/null | openssl x509 -noout -dates -ext "
				       "subjectAltName",
			GET_POLICY),
		.checkers = advice_check_policy,
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
		.causes = LIST("The key or certificate was changed and the TLSA record was not.",
			"The renewal makes a new key each time, and the record holds the hash of "
			"the key.",
			"Usage 0 or 1, which SMTP does not use, or an unknown selector or "
			"matching type.",
			"The hash was copied wrong: wrong length, wrong selector, of another host.",
			"Usage 2 names a CA whose certificate the server does not send, or that "
			"was changed."),
		.fixes = LIST(
			"At once: go back to the key that the records have, if it is still there. "
			"Else add a 3 1 1 record of the key in use (the commands below print "
			"its hash), which is seen after the TTL.",
			"Before a rollover add the record of the next key, wait two TTL, then "
			"switch keys; remove the old record last.",
			"Keep the key at renewals (certbot: --reuse-key), or publish 2 1 1 of the "
			"CA and have the server send the CA's certificate.",
			"Remove records of usage 0 or 1 once a usable one is seen."),
		.verify = advice_see_tlsa,
		.checkers = advice_check_tlsa,
		.source = "RFC 8460 section 4.3.2.1; RFC 7672 sections 2.2 and 3.1",
	},
	{
		.kind = EXPLAIN_RESULT_TYPE,
		.name = "dnssec-invalid",
		.meaning = "DNSSEC validation of the domain or the MX failed",
		.happened =
			"The sender's resolver got no valid answer for the MX or TLSA "
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
			"Put the DS record right at the registrar. Or remove it until the zone is "
			"in order: after its TTL mail comes again, but without DANE.",
			"Ask every name server of the zone of the MX for TLSA, also where there "
			"is no such record.",
			"Check both zones: that of the domain and that of the MX host."),
		.verify = LIST(VALIDATE_TLSA, "delv MX %D", "dig +dnssec TLSA _25._tcp.%M",
			"dig +cd +dnssec TLSA _25._tcp.%M", "dig +short DS %D"),
		.checkers = LIST(
			"https://dnsviz.net/d/<domain>/dnssec/ shows which link of the chain is "
			"broken.",
			"delv (bind9-dnsutils) validates by itself: \"fully validated\" is the "
			"goal."),
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
		.causes = LIST("The TLSA records were removed, or not made for a new MX.",
			"The zone of the domain or of the MX is unsigned, or lost its DS record.",
			"The MX moved to a provider without DANE.",
			"The sender demands DANE although the domain never promised it."),
		.fixes = LIST("Restore the TLSA records of every MX, in a signed zone.",
			"Sign both zones: that of the domain and that of the MX host.",
			"If DANE was given up on purpose, tell that sender to change its setting."),
		.verify = LIST(GET_MX, VALIDATE_TLSA, "delv MX %D", FINGER),
		.checkers = advice_check_tlsa,
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
		.meaning = "The sender reported failed sessions and not what failed",
		.happened = "The report counts failed sessions and does not say why. This name "
			    "was given here, when the report was stored; no sender uses it.",
		.enforce = "Probably the sender did not deliver to this MX and tries again.",
		.testing = advice_delivered,
		.dane = "Probably the sender defers the mail.",
		.causes = LIST("The sender's program has no failure rows, fewer than its summary "
			       "says, or leaves result-type out.",
			"Any of the registered failures; look what other senders reported on the "
			"same day."),
		.fixes = LIST("Look up the failure-reason-code, if there is one.",
			"Check certificate, policy and TLSA records of the MX with the commands "
			"below.",
			"Ask the sender at the contact address of the report."),
		.verify = LIST(VERIFY_SMTP, GET_POLICY, GET_TLSA),
		.source = "this program; RFC 8460 section 4.4 wants a result-type",
	},
};

const Advice advice_result_types = { entries, G_N_ELEMENTS(entries) };
