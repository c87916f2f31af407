/* Kinds of cause that are no result type of RFC 8460: see kind.h. */
#include "advice.h"

#include "tlsrpt/kind.h"

static const Explanation entries[] = {
	{
		.kind = EXPLAIN_KIND,
		.name = KIND_MX_NOT_IN_POLICY,
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers, as "
			    "the sender has the policy.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.causes = LIST("An MX was added or renamed, and the policy was not changed.",
			"The policy was changed, and the id in the TXT record at _mta-sts was not: "
			"senders keep the old one until its max_age is over.",
			"The MX record was changed at once with the policy: senders that hold the "
			"old one do not know the new name.",
			"A wildcard that does not fit: mx: *.example.com covers exactly one label."),
		.fixes = advice_align_mx,
		.verify = advice_see_policy_mx,
		.checkers = advice_check_policy,
		.source = "RFC 8461 sections 3.2, 4.1 and 8.1",
	},
	{
		.kind = EXPLAIN_KIND,
		.name = KIND_HANDSHAKE,
		.meaning = "The TLS handshake did not complete",
		.happened = "STARTTLS was accepted, then the handshake broke off before a "
			    "certificate was judged.",
		.enforce = advice_held,
		.testing = advice_delivered,
		.dane = advice_deferred,
		.causes = LIST("No TLS version, cipher or curve in common with the sender.",
			"The server has no usable certificate, or none for the name that was asked "
			"for (SNI).",
			"A firewall that inspects SMTP broke the handshake."),
		.fixes = advice_set_up_tls,
		.verify = advice_see_protocols,
		.checkers = LIST(
			"https://internet.nl/mail/<domain>/ and testssl.sh -t smtp <MX>:25 list "
			"all that is offered."),
		.source = "RFC 8460 section 4.3.1 (validation-failure); RFC 8446 section 6",
	},
	{
		.kind = EXPLAIN_KIND,
		.name = KIND_CONNECTION,
		.meaning = "The connection was refused, cut or timed out",
		.happened = "The sender could not connect, or the connection ended before TLS was "
			    "set up, without an alert.",
		.enforce = advice_held,
		.testing =
			"The mail is delivered once a connection holds; no policy is in the way.",
		.dane = advice_deferred,
		.causes = LIST("The server is overloaded or has reached a limit of connections.",
			"A firewall or intrusion prevention drops or cuts connections.",
			"An AAAA address of the MX does not answer.",
			"Large packets are lost on the way (MTU)."),
		.fixes = advice_look_at_load,
		.verify = advice_see_starttls,
		.source = "RFC 8460 section 4.3.1 (validation-failure)",
	},
	{
		.kind = EXPLAIN_KIND,
		.name = KIND_DNS,
		.meaning = "A name has no address, or its name servers do not answer",
		.happened = "The sender's resolver got no answer from the name servers of the "
			    "domain or of the MX, or the answer that there is no address. The "
			    "signatures are not at fault.",
		.enforce = advice_held,
		.testing = "The mail is delivered once the names can be looked up.",
		.dane = "The sender cannot know whether there are TLSA records, so it defers the "
			"mail and retries.",
		.causes = LIST("A name server is down, or not reachable over IPv6 or over TCP.",
			"Rate limits or filters shut the resolver of the sender out.",
			"The A and AAAA records of the MX are missing, or its name is misspelt.",
			"A fault in the network of the sender, if it is one sender on one day."),
		.fixes = advice_reach_name_servers,
		.verify = advice_see_name_servers,
		.checkers = LIST("https://zonemaster.net/ asks every name server of the zone from "
				 "outside."),
		.source = "RFC 7672 section 2.1; RFC 8914 (extended DNS errors 22 and 23)",
	},
	{
		.kind = EXPLAIN_KIND,
		.name = KIND_STS_REQUIRED,
		.meaning = "The sender insists on MTA-STS, and the domain has none",
		.happened =
			"The sender is configured to send to this domain only with MTA-STS, and "
			"found no policy.",
		.enforce = "That sender does not deliver. Other senders are not concerned.",
		.testing = "That sender does not deliver. Other senders are not concerned.",
		.causes = LIST("The domain never published a policy, or gave it up.",
			"The TXT record at _mta-sts was lost in a move of DNS."),
		.fixes = LIST("Publish an MTA-STS policy, in mode testing first.",
			"Or tell that sender that there is none."),
		.verify = advice_see_policy,
		.checkers = advice_check_policy,
		.source = "Stalwart",
	},
};

const Advice advice_kinds = { entries, G_N_ELEMENTS(entries) };
