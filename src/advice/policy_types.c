/* Policy types: RFC 8460 section 4.4. */
#include "advice.h"

static const Explanation entries[] = {
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
		.fixes = LIST("Compare the quoted policy with your own: an old one is still in the "
			      "sender's cache."),
		.verify = advice_see_policy,
		.source = "RFC 8460 section 4.4; RFC 8461 section 5",
	},
	{
		.kind = EXPLAIN_POLICY_TYPE,
		.name = "tlsa",
		.meaning = "The sender applied DANE: the TLSA records of the MX",
		.happened =
			"The sessions were counted against the TLSA records in DNS; "
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
		.verify = advice_see_tlsa,
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
};

const Advice advice_policy_types = { entries, G_N_ELEMENTS(entries) };
