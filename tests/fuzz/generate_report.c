/* The JSON of a report: a table says what is in it, and dice what is not as it should be. */
#include "generate.h"

typedef struct Member Member;

/* A member of an object; with members its value is an object, or an array of them. */
struct Member {
	const char *key;
	void (*value)(GString *json, GRand *dice);
	const Member *members;
	gboolean is_array;
};

static void generate_object(GString *json, GRand *dice, const Member *members);

/* --- values */

static void
append_text(GString *json, GRand *dice, const char *text)
{
	static const char *const odd[] = { "\\u0000", "\\ud800", "\\\"", "\xff", "\xe2\x80\xae",
		"\x01", "\\n", " ", "\xef\xbb\xbf", "<b>", "=1+1" };
	static const int lengths[] = { 1, 63, 64, 255, 4096, 4097, 9000 };

	g_string_append_c(json, '"');
	g_string_append(json, text);
	if (once_in(dice, 12))
		g_string_append(json, ONE_OF(odd, dice));
	if (once_in(dice, 40)) {
		for (int left = ONE_OF(lengths, dice); left > 0; left--)
			g_string_append_c(json, 'x');
	}
	g_string_append_c(json, '"');
}

static void
any_value(GString *json, GRand *dice)
{
	static const char *const values[] = { "null", "true", "{}", "[]", "\"\"", "0", "-1", "1e3",
		"5.0", "[[]]", "{\"a\":[1,2]}", "9007199254740992", "9007199254740993", "1e999",
		"\"12\"", "[\"a\",null,3]" };

	g_string_append(json, ONE_OF(values, dice));
}

static void
name_value(GString *json, GRand *dice)
{
	static const char *const values[] = { "example.com", "mx1.example.com", "Example.COM.",
		"*.example.net", "xn--bcher-kva.example", "b\xc3\xbc\x63her.example", "", "a..b",
		"192.0.2.1", "2001:DB8::1", "Google Inc.", "tls@example.org",
		"mailto:tls@example.org", "not a name", "-", "." };

	append_text(json, dice, ONE_OF(values, dice));
}

static void
word_value(GString *json, GRand *dice)
{
	static const char *const values[] = { "sts", "tlsa", "no-policy-found", "STS",
		"certificate-expired", "starttls-not-supported", "validation-failure",
		"sts-policy-fetch-error", "CertificateExpired", "dane-required", "unknown-word",
		"X509_V_ERR_CERT_HAS_EXPIRED", "MX_HOSTS_MISMATCH" };

	append_text(json, dice, ONE_OF(values, dice));
}

static void
time_value(GString *json, GRand *dice)
{
	static const char *const values[] = { "2026-11-15T00:00:00Z", "2026-11-15T23:59:59Z",
		"2026-11-16", "1970-01-01T00:00:00Z", "2026-11-15T00:00:00",
		"2026-11-15T00:00:00.123+01:00", "2026-02-30T00:00:00Z", "9998-12-31T23:59:59Z", "",
		"x", "2026-11-15 00:00:00Z", "-2026-11-15T00:00:00Z", "2026-11-15T24:00:00Z" };

	append_text(json, dice, ONE_OF(values, dice));
}

static void
count_value(GString *json, GRand *dice)
{
	if (once_in(dice, 6))
		any_value(json, dice);
	else
		g_string_append_printf(json, "%d", g_rand_int_range(dice, 0, 1000));
}

static void
lines_value(GString *json, GRand *dice)
{
	static const char *const values[] = { "version: STSv1", "mode: enforce", "mode: testing",
		"mx: mx1.example.com", "mx: *.example.com", "max_age: 86400",
		"3 1 1 0A9D85EC43D00D9C51E196D1E7B77769BCD6337968C1E7DCBBAAB7DA75A934B7", "",
		"[\\\"3 1 1 ab\\\"]", "version: STSv1\\nmode: none", "mx1.example.com" };

	g_string_append_c(json, '[');
	for (int n = g_rand_int_range(dice, 0, 6); n > 0; n--) {
		append_text(json, dice, ONE_OF(values, dice));
		g_string_append(json, n > 1 ? "," : "");
	}
	g_string_append_c(json, ']');
}

/* --- what a report has */

static const Member failure_members[] = {
	{ "result-type", word_value, NULL, FALSE },
	{ "sending-mta-ip", name_value, NULL, FALSE },
	{ "receiving-mx-hostname", name_value, NULL, FALSE },
	{ "receiving-mx-helo", name_value, NULL, FALSE },
	{ "receiving-ip", name_value, NULL, FALSE },
	{ "failed-session-count", count_value, NULL, FALSE },
	{ "additional-information", name_value, NULL, FALSE },
	{ "failure-reason-code", word_value, NULL, FALSE },
	{ NULL, NULL, NULL, FALSE },
};

static const Member summary_members[] = {
	{ "total-successful-session-count", count_value, NULL, FALSE },
	{ "total-failure-session-count", count_value, NULL, FALSE },
	{ NULL, NULL, NULL, FALSE },
};

static const Member policy_members[] = {
	{ "policy-type", word_value, NULL, FALSE },
	{ "policy-string", lines_value, NULL, FALSE },
	{ "policy-domain", name_value, NULL, FALSE },
	{ "mx-host", lines_value, NULL, FALSE },
	{ NULL, NULL, NULL, FALSE },
};

static const Member policies_members[] = {
	{ "policy", NULL, policy_members, FALSE },
	{ "summary", NULL, summary_members, FALSE },
	{ "failure-details", NULL, failure_members, TRUE },
	{ NULL, NULL, NULL, FALSE },
};

static const Member range_members[] = {
	{ "start-datetime", time_value, NULL, FALSE },
	{ "end-datetime", time_value, NULL, FALSE },
	{ NULL, NULL, NULL, FALSE },
};

static const Member report_members[] = {
	{ "organization-name", name_value, NULL, FALSE },
	{ "date-range", NULL, range_members, FALSE },
	{ "contact-info", name_value, NULL, FALSE },
	{ "report-id", name_value, NULL, FALSE },
	{ "policies", NULL, policies_members, TRUE },
	{ NULL, NULL, NULL, FALSE },
};

/* The key, spelt in its way or in another. */
static void
append_key(GString *json, GRand *dice, const char *key)
{
	static const char *const others[] = { "mx-host-pattern", "receiving-mx-host-name",
		"failure-error-code", "policies", "additional-info-uri", "", "policy-type", "x" };
	g_autofree char *spelt = g_strdup(once_in(dice, 30) ? ONE_OF(others, dice) : key);

	if (once_in(dice, 20))
		g_strdelimit(spelt, "-", '_');
	if (once_in(dice, 20) && *spelt != '\0')
		*spelt = g_ascii_toupper(*spelt);
	g_string_append_printf(json, "\"%s\":", spelt);
}

static void
append_member(GString *json, GRand *dice, const Member *member)
{
	append_key(json, dice, member->key);
	if (once_in(dice, 25)) {
		any_value(json, dice);
	} else if (member->value != NULL) {
		member->value(json, dice);
	} else if (!member->is_array) {
		generate_object(json, dice, member->members);
	} else {
		g_string_append_c(json, '[');
		for (int n = g_rand_int_range(dice, 0, 4); n > 0; n--) {
			generate_object(json, dice, member->members);
			g_string_append(json, n > 1 ? "," : "");
		}
		g_string_append_c(json, ']');
	}
}

static void
generate_object(GString *json, GRand *dice, const Member *members)
{
	const char *comma = "";

	g_string_append_c(json, '{');
	for (; members->key != NULL; members++) {
		/* Left out, there, or there twice. */
		for (int n = once_in(dice, 15) ? g_rand_int_range(dice, 0, 3) : 1; n > 0; n--) {
			g_string_append(json, comma);
			append_member(json, dice, members);
			comma = once_in(dice, 10) ? ",\n " : ",";
		}
	}
	g_string_append_c(json, '}');
}

void
generate_report(GString *json, GRand *dice)
{
	static const char *const before[] = { "\xef\xbb\xbf", " ", "\n", "[", "x" },
				 *const after[] = { "\n", " ", "]", "x", "{}", "," };

	if (once_in(dice, 20))
		g_string_append(json, ONE_OF(before, dice));
	generate_object(json, dice, report_members);
	if (once_in(dice, 20))
		g_string_append(json, ONE_OF(after, dice));
}
