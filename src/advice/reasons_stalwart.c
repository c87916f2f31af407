/* Reason codes of Stalwart: its sentences, and the texts of rustls. */
#include "advice.h"

static const Explanation entries[] = {
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MX not authorized by policy.",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.fixes = advice_align_mx,
		.verify = advice_see_policy_mx,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "No matching certificates found.",
		.meaning = "The server's chain matches none of its TLSA records",
		.happened = "The sender compared the certificates of the MX with its TLSA "
			    "records; none fitted.",
		.causes = LIST("The key was changed and the record was not."),
		.fixes = advice_publish_tlsa,
		.verify = advice_see_tlsa,
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
		.fixes = advice_correct_tlsa,
		.verify = advice_see_tlsa,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Bogus TLSA records were found.",
		.meaning = "The TLSA records do not pass DNSSEC validation",
		.happened = "The zone of the MX is signed, but the signatures over the TLSA "
			    "records do not hold.",
		.causes = LIST("Signatures have expired, or the DS record at the parent is wrong."),
		.fixes = advice_sign_again,
		.verify = advice_see_dnssec,
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
		.verify = advice_see_tlsa,
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
		.verify = advice_see_dnssec,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "STARTTLS was not advertised by host",
		.meaning = "The MX did not offer STARTTLS",
		.happened = "STARTTLS was missing in the answer of the MX to EHLO.",
		.fixes = advice_enable_starttls,
		.verify = advice_see_starttls,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Timeout fetching policy.",
		.meaning = "The policy host did not answer in time",
		.happened = "The request for mta-sts.txt got no complete answer within the "
			    "sender's limit.",
		.causes = LIST("A firewall drops the connection.",
			"The AAAA address of mta-sts.<domain> does not answer."),
		.fixes = advice_reach_policy_host,
		.verify = advice_see_policy_host,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Could not reach policy host.",
		.meaning = "The policy host could not be reached over HTTPS",
		.happened = "No connection to mta-sts.<domain> came about: no address, nothing on "
			    "port 443, or its certificate did not pass.",
		.fixes = advice_reach_policy_host,
		.verify = advice_see_policy_host,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Policy not found.",
		.meaning = "The policy file is not there (HTTP 404)",
		.happened = "The web server mta-sts.<domain> answered, but has no "
			    "/.well-known/mta-sts.txt.",
		.fixes = advice_serve_policy,
		.verify = advice_see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to fetch policy.",
		.meaning = "The policy could not be fetched",
		.happened = "The request for mta-sts.txt failed, mostly with an HTTP status other "
			    "than 200.",
		.fixes = advice_serve_policy,
		.verify = advice_see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to parse policy",
		.meaning = "The policy file does not parse",
		.happened = "mta-sts.txt was fetched, but is no valid policy; what was wrong "
			    "follows.",
		.causes = LIST("A misspelt or missing line.", "An HTML page in place of the file."),
		.fixes = advice_correct_policy,
		.verify = advice_see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "Failed to parse MTA-STS DNS record.",
		.meaning = "The MTA-STS TXT record does not parse",
		.happened = "The record at _mta-sts.<domain> is malformed.",
		.fixes = advice_correct_record,
		.verify = advice_see_record,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MTA-STS is required and no policy was found.",
		.meaning = "The sender insists on MTA-STS, and the domain has none",
		.happened = "The sender is set to require MTA-STS and found no TXT record at "
			    "_mta-sts.<domain>.",
		.fixes = LIST("Publish an MTA-STS policy, or tell the sender that there is none."),
		.verify = advice_see_policy,
		.source = "Stalwart",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate:",
		.is_family = true,
		.meaning = "The certificate of the MX was rejected; the text tells why",
		.happened = "What follows the colon is the error of rustls, the TLS library of "
			    "the sender.",
		.causes = LIST("Expired, of an unknown issuer, for another name, or malformed."),
		.fixes = LIST(
			"Read the rest of the text: it names what is wrong, and the names or dates.",
			MIND_TLSA),
		.verify = advice_see_certificate,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: UnknownIssuer",
		.meaning = "The certificate of the MX is of an unknown issuer",
		.happened = "The sender could not build a chain to a CA that it trusts.",
		.causes = LIST("The intermediate certificate is missing in the server's file.",
			"The certificate is self-signed or of a private CA."),
		.fixes = advice_serve_chain,
		.verify = advice_see_chain,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: Expired",
		.meaning = "The certificate of the MX has expired",
		.happened = "The end date of the certificate was over at the time of the session.",
		.fixes = advice_renew,
		.verify = advice_see_dates,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "invalid peer certificate: NotValidForName",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "No subjectAltName in the certificate is the name of the MX.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "Stalwart (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate expired: verification time",
		.meaning = "The certificate has expired",
		.happened = "The end date of the certificate was over at the time of the session; "
			    "both times follow.",
		.fixes = advice_renew,
		.verify = advice_see_dates,
		.source = "senders written in Rust (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "not valid for name",
		.meaning = "The certificate does not carry the name of the server",
		.happened = "No subjectAltName in the certificate is the name that the sender "
			    "asked for.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "senders written in Rust (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "CertExpired",
		.meaning = "The certificate has expired",
		.happened = "The end date of the certificate was over at the time of the session.",
		.fixes = advice_renew,
		.verify = advice_see_dates,
		.source = "senders written in Rust (old rustls)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "CertNotValidForName",
		.meaning = "The certificate does not carry the name of the server",
		.happened =
			"No subjectAltName in the certificate is the name that the sender asked for.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "senders written in Rust (old rustls)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "UnknownIssuer",
		.meaning = "The certificate is of an unknown issuer",
		.happened = "The sender could not build a chain to a CA that it trusts.",
		.fixes = advice_serve_chain,
		.verify = advice_see_chain,
		.source = "senders written in Rust (rustls)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "certificate not valid yet",
		.meaning = "The certificate is not valid yet",
		.happened =
			"The start date lies after the time of the session, by the sender's clock.",
		.fixes = LIST("Serve the former certificate until the new one is valid.",
			"Check the clock of the host that issues certificates."),
		.verify = advice_see_dates,
		.source = "senders written in Rust (rustls text)",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "received fatal alert:",
		.meaning = "The server broke the handshake off with a TLS alert",
		.happened =
			"The server sent the alert that follows; it did not like what the sender offered.",
		.causes = LIST("No TLS version, cipher or certificate that both take."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "senders written in Rust (rustls text)",
	},
};

const Advice advice_reasons_stalwart = { entries, G_N_ELEMENTS(entries) };
