/* Reason codes of RFC 8460, of Microsoft and of guides on the web. */
#include "advice.h"

static const Explanation entries[] = {
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
		.meaning = "OpenSSL: the chain of proxy certificates is too long",
		.happened =
			"A limit in a proxy certificate was exceeded. It is the example of "
			"RFC 8460; mail servers have no proxy certificates, so suspect a sample.",
		.fixes = advice_reissue,
		.verify = advice_see_certificate,
		.source = "RFC 8460, appendix B; OpenSSL",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "X509_V_ERR_",
		.is_family = true,
		.meaning = "OpenSSL rejected the certificate; the name tells why",
		.happened = "The rest of the name is an error of OpenSSL's certificate check; "
			    "openssl-verify and X509_STORE_CTX_get_error(3) list them.",
		.fixes = LIST("Look up the name in the manual X509_STORE_CTX_get_error(3).",
			"See what the command below says to the same certificate.", MIND_TLSA),
		.verify = advice_see_certificate,
		.source = "senders built on OpenSSL",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "MX_HOSTS_MISMATCH",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.causes = LIST("An MX was added or renamed and the policy was not changed.",
			"The policy changed, its id in _mta-sts did not: the sender uses the old "
			"one."),
		.fixes = advice_align_mx,
		.verify = advice_see_policy_mx,
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
		.fixes = LIST("Check the certificate and, with DANE, the TLSA records of every MX.",
			"See whether other senders report more detail on the same day."),
		.verify = LIST(VERIFY_SMTP, GET_TLSA, FINGER),
		.source = "Microsoft",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "mx-mismatch",
		.meaning = "The MX is not in the MTA-STS policy",
		.happened = "The MX record names a host that no mx: line of the policy covers.",
		.fixes = advice_align_mx,
		.verify = advice_see_policy_mx,
		.source = "guides on the web; no sender known",
	},
	{
		.kind = EXPLAIN_REASON_CODE,
		.name = "SSL certificate subject does not match host",
		.meaning = "The certificate does not carry the name of the MX",
		.happened = "No name in the certificate is that of the host that the sender "
			    "connected to.",
		.causes = LIST(
			"The name of the MX is missing in the certificate, or another certificate is served."),
		.fixes = advice_reissue,
		.verify = advice_see_names,
		.source = "Momentum",
	},
};

const Advice advice_reasons_standard = { entries, G_N_ELEMENTS(entries) };
