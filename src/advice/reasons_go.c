/* Reason codes of Mail.ru and of other senders written in Go. */
#include "advice.h"

static const Explanation entries[] = {
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "bad https response code:",
		.meaning = "The policy host did not answer with status 200",
		.happened = "The sender asked for mta-sts.txt and got the status that follows the "
			    "colon.",
		.causes = LIST(
			"3xx: a redirect, which senders must not follow. 403, 429: bot protection.",
			"4xx: wrong path or name. 5xx: the web server or what is behind it fails."),
		.fixes = advice_serve_policy,
		.verify = advice_see_policy,
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
		.fixes = advice_serve_policy,
		.verify = advice_see_policy,
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
		.verify = advice_see_policy,
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
		.fixes = advice_reach_policy_host,
		.verify = advice_see_policy_host,
		.source = "Mail.ru",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509:",
		.is_family = true,
		.meaning = "Go rejected the certificate; the text tells why",
		.happened = "The text is the error of Go's certificate check: unknown authority, "
			    "expired, or valid for other names.",
		.fixes = LIST(
			"Read the rest of the text: it names what is wrong, and the names or dates.",
			MIND_TLSA),
		.verify = advice_see_certificate,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "tls: failed to verify certificate",
		.is_family = true,
		.meaning = "Go rejected the certificate; the text tells why",
		.happened = "The text is the error of Go's certificate check: unknown authority, "
			    "expired, or valid for other names.",
		.fixes = LIST(
			"Read the rest of the text: it names what is wrong, and the names or dates.",
			MIND_TLSA),
		.verify = advice_see_certificate,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "remote error: tls:",
		.meaning = "The server ended the TLS handshake with an alert",
		.happened = "STARTTLS was accepted, then the server sent the alert that follows.",
		.causes = LIST("No TLS version, cipher or certificate that both take."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "remote error: tls: handshake failure",
		.meaning = "The server found no cipher in common with the sender",
		.happened = "STARTTLS was accepted, then the server sent the alert "
			    "handshake_failure.",
		.causes = LIST("The list of ciphers or TLS versions is cut too far down.",
			"No usable certificate is loaded."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "i/o timeout",
		.meaning = "The other side did not answer in time",
		.happened = "A connection was tried or open, and nothing came in time.",
		.causes = LIST("The server is overloaded, or a firewall drops packets.",
			"An AAAA address does not answer."),
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "no such host",
		.meaning = "A host name has no address in DNS",
		.happened = "The sender looked up the host, and DNS has no address for it: of the "
			    "MX, or, where the policy was to be fetched, of mta-sts.<domain>.",
		.causes = LIST("The A and AAAA records are missing, or the name is misspelt."),
		.fixes = LIST(
			"Publish A and, if it has one, AAAA records for every MX, or correct the MX record.",
			"Of mta-sts.<domain>: give it an address where the policy is served."),
		.verify = LIST(
			GET_MX, "dig +short A %M", "dig +short AAAA %M", "dig +short A mta-sts.%D"),
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "EOF",
		.meaning = "The connection was closed before an answer came",
		.happened = "The server, or something in between, ended the connection without a "
			    "word.",
		.causes = LIST("The server process died or reached a limit.",
			"A firewall or intrusion prevention cut the connection."),
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509: certificate has expired or is not yet valid",
		.meaning = "The certificate is out of its dates",
		.happened =
			"The end date of the certificate was over at the time of the session, or its start date not yet there; the times follow.",
		.fixes = advice_renew,
		.verify = advice_see_dates,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509: certificate is valid for",
		.meaning = "The certificate is for other names",
		.happened =
			"The certificate has the names that follow, and not the one that the sender asked for.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509: certificate is not valid for any names",
		.meaning = "The certificate has no name that can be checked",
		.happened = "The certificate has no subjectAltName.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509: certificate relies on legacy Common Name field",
		.meaning = "The certificate has its name only as CN",
		.happened = "The name stands in the subject's CN, and not as a subjectAltName.",
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "x509: certificate signed by unknown authority",
		.meaning = "The certificate is of an unknown issuer",
		.happened = "The sender could not build a chain to a CA that it trusts.",
		.fixes = advice_serve_chain,
		.verify = advice_see_chain,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "context deadline exceeded",
		.meaning = "The other side did not answer in time",
		.happened = "The sender's own time limit was over before an answer came.",
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "senders written in Go",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "connection refused",
		.meaning = "The other side refused the connection",
		.happened = "Nothing listened on that port, or a firewall said so.",
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "senders written in Go or Rust",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "connection reset by peer",
		.meaning = "The other side cut the connection",
		.happened = "The connection was reset before an answer came.",
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "senders written in Go or Rust",
	},
};

const Advice advice_reasons_go = { entries, G_N_ELEMENTS(entries) };
