/* Reason codes of mox. */
#include "advice.h"

static const Explanation entries[] = {
	/* At the MX. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "mtasts-policy-mx-mismatch",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened =
			"The MX record names a host that no mx: line of the policy covers. "
			"Also reported in testing mode and for an MX that was not used, then with "
			"0 sessions.",
		.fixes = advice_align_mx,
		.verify = advice_see_policy_mx,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dane-no-match",
		.meaning = "The server's key matches none of its TLSA records",
		.happened = "The sender compared the certificate with all TLSA records; none "
			    "fitted. With +errors some records could not even be checked.",
		.causes = LIST("The key was changed and the record was not.",
			"Usage 2: the server does not send the certificate of the published CA."),
		.fixes = advice_publish_tlsa,
		.verify = advice_see_tlsa,
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
		.fixes = advice_correct_tlsa,
		.verify = advice_see_tlsa,
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
		.fixes = advice_enable_starttls,
		.verify = advice_see_starttls,
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
		.fixes = advice_enable_starttls,
		.verify = advice_see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-",
		.meaning = "The MX broke the handshake off with a TLS alert",
		.happened = "Your server sent the alert whose number and name follow; it did not "
			    "like what the sender offered.",
		.causes = LIST(
			"No version or cipher in common.", "A fault in the server's TLS set-up."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-alert-40-",
		.meaning = "The MX found no cipher in common with the sender",
		.happened = "Your server sent the alert handshake_failure: no cipher, curve or "
			    "signature in common.",
		.causes = LIST("The list of ciphers is cut too far down.",
			"Only an RSA or only an ECDSA certificate is there and its ciphers are "
			"switched off.",
			"No certificate is loaded."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
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
		.verify = advice_see_protocols,
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
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
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
		.verify = advice_see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-local-alert-",
		.meaning = "The sender broke the handshake off with a TLS alert",
		.happened = "The sender sent the alert whose number and name follow; it did not "
			    "like what your server did.",
		.causes = LIST("An outdated version, cipher or key size.",
			"A faulty TLS stack or something between."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-remote-error",
		.meaning = "The MX broke the handshake off",
		.happened = "Your server reported an error in the handshake that the sender could "
			    "not name.",
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls-record-header-error",
		.meaning = "After STARTTLS came something that is not TLS",
		.happened = "The sender expected TLS and got other bytes, mostly plain SMTP text.",
		.causes = LIST("The server accepted STARTTLS and then wrote an error in clear.",
			"A proxy or scanner answers STARTTLS without doing TLS."),
		.fixes = advice_enable_starttls,
		.verify = advice_see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "io-timeout-during-handshake",
		.meaning = "The TLS handshake took too long",
		.happened = "STARTTLS was accepted, then nothing came in time.",
		.causes = LIST("The server is overloaded.",
			"A firewall drops packets, or large ones are lost (MTU)."),
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "connection-closed-during-handshake",
		.meaning = "The connection was closed in the TLS handshake",
		.happened = "STARTTLS was accepted, then the connection ended without an alert.",
		.causes = LIST("The server process died or reached a limit.",
			"A firewall or intrusion prevention cut the connection."),
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "mox",
	},

	/* DNS and the policy.  "+fallback-to-cached-policy" may follow. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-",
		.meaning = "The sender's resolver reported a DNSSEC error",
		.happened = "The number and name of the extended DNS error (RFC 8914) follow.",
		.fixes = advice_sign_again,
		.verify = advice_see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "extended-dns-error-",
		.meaning = "The sender's resolver reported a DNS error",
		.happened = "The number and name of the extended DNS error (RFC 8914) follow.",
		.fixes = advice_sign_again,
		.verify = advice_see_dnssec,
		.source = "mox, for TLSA records",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-7-signature-expired",
		.meaning = "The DNSSEC signatures of the zone have expired",
		.happened = "The sender's resolver got records whose RRSIG is past its end.",
		.causes = LIST("The signer no longer runs.",
			"A secondary serves an old copy of the zone."),
		.fixes = advice_sign_again,
		.verify = advice_see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-extended-error-9-",
		.meaning = "The key that the DS record names is not in the zone",
		.happened = "The sender's resolver found no DNSKEY that fits the DS record at the "
			    "parent.",
		.causes = LIST("The DS record was left behind after a key rollover or a change of "
			       "provider."),
		.fixes = advice_sign_again,
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
		.fixes = advice_sign_again,
		.verify = advice_see_dnssec,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "dns-lookup",
		.meaning = "The MTA-STS record could not be looked up",
		.happened = "Asking for TXT at _mta-sts.<domain> gave an error, neither a record "
			    "nor 'no such name'.",
		.causes = LIST("A name server of the zone does not answer or fails.",
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
		.fixes = advice_serve_policy,
		.verify = advice_see_policy_host,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "cannot-fetch-policy",
		.meaning = "The policy could not be fetched",
		.happened = "The connection to mta-sts.<domain> failed, or the answer was not "
			    "200; a redirect counts as failure.",
		.fixes = advice_reach_policy_host,
		.verify = advice_see_policy_host,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "policy-syntax-error",
		.meaning = "The policy file does not parse",
		.happened = "mta-sts.txt was fetched, but is no valid policy, or is larger than "
			    "64 kB.",
		.fixes = advice_correct_policy,
		.verify = advice_see_policy,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no-mta-sts-dns-txt-record",
		.meaning = "The MTA-STS TXT record is gone, but a policy is still cached",
		.happened = "The sender holds a policy of the domain and found no TXT record at "
			    "_mta-sts.<domain>.",
		.causes = LIST("MTA-STS was given up by removing the record only.",
			"The record was lost in a DNS move."),
		.fixes = LIST("Publish the record again, if MTA-STS is to stay.",
			"To give it up: serve mode none with a new id until the old max_age is "
			"over."),
		.verify = advice_see_policy,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "multiple-mta-sts-records",
		.meaning = "There is more than one MTA-STS TXT record",
		.happened = "_mta-sts.<domain> has several TXT records that begin with v=STSv1, "
			    "so none counts.",
		.fixes = advice_correct_record,
		.verify = advice_see_record,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "record-syntax-error",
		.meaning = "The MTA-STS TXT record does not parse",
		.happened = "The record at _mta-sts.<domain> is malformed.",
		.causes = LIST("id is missing, or has other characters than letters and digits."),
		.fixes = advice_correct_record,
		.verify = advice_see_record,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "back-off-after-recent-fetch-error",
		.meaning = "The sender did not ask again after a recent failure",
		.happened = "Fetching the policy failed a short time ago; the sender waits before "
			    "it tries again. The first failure is reported on its own.",
		.fixes = advice_serve_policy,
		.verify = advice_see_policy_host,
		.source = "mox",
	},

	/* Certificates. */
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "not-authorized-to-sign",
		.meaning = "A certificate in the chain is not that of a CA",
		.happened = "A certificate signed another one without being marked as a CA.",
		.fixes = advice_change_ca,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "too-many-intermediates",
		.meaning = "A CA in the chain may not have so many CAs below it",
		.happened = "The pathlen limit of a CA certificate is exceeded.",
		.fixes = advice_change_ca,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "incompatible-key-usage",
		.meaning = "The certificate is not made for a TLS server",
		.happened = "The extended key usage does not allow serverAuth.",
		.fixes = advice_reissue,
		.verify = advice_see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "ca-not-authorized-for-this-name",
		.meaning = "The CA may not issue certificates for this name",
		.happened = "A name constraint in a CA certificate excludes the name of the MX.",
		.fixes = advice_change_ca,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "ca-not-authorized-for-ext-key-usage",
		.meaning = "The CA may not issue certificates for servers",
		.happened = "The extended key usage of a CA certificate excludes serverAuth.",
		.fixes = advice_change_ca,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "parent-subject-child-issuer-mismatch",
		.meaning = "A certificate does not fit the one that signed it",
		.happened = "The issuer named in a certificate is not the subject of the next one.",
		.causes = LIST("The chain file has a wrong intermediate certificate."),
		.fixes = advice_serve_chain,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "name-constraint-without-sans",
		.meaning = "The certificate has no subjectAltName, and its CA needs one",
		.happened = "The CA is limited to some names, and the certificate has its name "
			    "only as CN.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unconstrained-name",
		.meaning = "The name is of a kind that the CA's limits cannot judge",
		.happened = "The CA certificate has name constraints that do not cover this form "
			    "of name.",
		.fixes = advice_change_ca,
		.verify = advice_see_names,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "too-many-constraints",
		.meaning = "The chain has too many name constraints to check",
		.happened = "Checking the names against the limits of the CA took more steps than "
			    "allowed.",
		.fixes = advice_change_ca,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "go-x509-invalid-reason-",
		.meaning = "Go rejected the certificate for a reason without a name",
		.happened = "The number is an InvalidReason of Go's package crypto/x509.",
		.fixes = advice_reissue,
		.verify = advice_see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "unknown-go-certificate-verification-error",
		.meaning = "Go rejected the certificate; no detail is given",
		.happened = "The certificate check failed in a way that the sender could not name.",
		.fixes = advice_serve_chain,
		.verify = advice_see_certificate,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no-system-roots",
		.meaning = "The sender has no list of trusted CAs",
		.happened = "The sender could not load the roots of its own system and trusts "
			    "nobody.",
		.fixes = advice_nothing_here,
		.verify = advice_see_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-expired",
		.meaning = "The certificate of the policy host has expired",
		.happened = "With sts-webpki-invalid: the certificate of mta-sts.<domain> is out "
			    "of its dates.",
		.fixes = advice_repair_policy_host,
		.verify = advice_see_policy_dates,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-host-mismatch",
		.meaning = "The certificate of the policy host is for another name",
		.happened = "With sts-webpki-invalid: the certificate does not carry the name "
			    "mta-sts.<domain>.",
		.fixes = advice_repair_policy_host,
		.verify = advice_see_policy_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate-not-trusted",
		.meaning = "The certificate of the policy host is not trusted",
		.happened = "With sts-webpki-invalid: the chain of mta-sts.<domain> does not lead "
			    "to a known CA. What follows + says more.",
		.causes = LIST("The intermediate certificate is missing on the web server."),
		.fixes = advice_repair_policy_host,
		.verify = advice_see_policy_chain,
		.source = "mox",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "validation-failure",
		.meaning = "The HTTPS connection to the policy host failed in its checks",
		.happened = "With sts-webpki-invalid: the certificate check of mta-sts.<domain> "
			    "failed. What follows + says more.",
		.fixes = advice_repair_policy_host,
		.verify = advice_see_policy_chain,
		.source = "mox",
	},
};

const Advice advice_reasons_mox = { entries, G_N_ELEMENTS(entries) };
