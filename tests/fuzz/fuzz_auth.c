/* Authentication-Results: lines of the input are fields, "R" before a line makes it a Received field. */
#include "fuzz.h"

#include "tlsrpt/auth.h"
#include "tlsrpt/hostname.h"

#define FROM "mail.example.com"
#define OUR_ID "mx.example.net"
#define OUR_HOST "mx1.example.net"

static bool
mentions(const char *text, const char *word)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);

	return strstr(lower, word) != NULL;
}

/* Whether a field could have said that the message passed: it is above any Received field of others. */
static bool
may_pass(const GArray *fields)
{
	for (guint i = 0; i < fields->len; i++) {
		const AuthField *field = &g_array_index(fields, AuthField, i);
		if (strcmp(field->name, "Received") == 0) {
			if (!mentions(field->value, OUR_HOST))
				return false;
		} else if (mentions(field->value, OUR_ID) && mentions(field->value, "dkim")
			&& mentions(field->value, "pass")) {
			return true;
		}
	}
	return false;
}

static void
check(const GArray *fields, const char *submitter)
{
	static char *const ids[] = { (char *)OUR_ID, NULL },
			   *const hosts[] = { (char *)OUR_HOST, NULL }, *const nobody[] = { NULL };
	const AuthTrust trust = { ids, hosts }, none = { nobody, hosts };
	g_autofree char *domain = NULL, *unchecked = NULL;
	const Auth auth = auth_evaluate((const AuthField *)(const void *)fields->data, fields->len,
		&trust, FROM, submitter, &domain);

	g_assert_true(auth == AUTH_NONE || auth == AUTH_FAIL || auth == AUTH_PASS);
	g_assert_true(auth != AUTH_PASS || domain != NULL);
	if (domain != NULL)
		fuzz_text(domain, 253);
	if (auth == AUTH_PASS) {
		g_assert_true(hostname_is_aligned(domain, FROM));
		g_assert_true(submitter == NULL || hostname_is_aligned(domain, submitter));
		g_assert_true(may_pass(fields));
	}
	g_assert_cmpint(auth_evaluate((const AuthField *)(const void *)fields->data, fields->len,
				&none, FROM, submitter, &unchecked),
		==, AUTH_UNCHECKED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 32);
	g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(AuthField));

	for (char **line = lines; *line != NULL; line++) {
		const bool is_received = **line == 'R';
		const AuthField field = { is_received ? "Received" : "Authentication-Results",
			*line + is_received };
		g_array_append_val(fields, field);
	}
	check(fields, NULL);
	check(fields, "reports.example.com");
	return 0;
}
