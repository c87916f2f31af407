/* The JSON of a report to a checked one, which is as report.h says, and whose identity depends on its value alone. */
#include "checked.h"
#include "fuzz.h"
#include "generate.h"

#include "tlsrpt/check.h"
#include "tlsrpt/digest.h"
#include "tlsrpt/error.h"
#include "tlsrpt/parse.h"

#define RECEIVED_AT INT64_C(1795435200) /* 2026-11-23 */

static bool
is_fault_of_data(const GError *error)
{
	return g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT);
}

static Report *
parse(const void *data, size_t size, bool labelled, const Limits *limits, Digest *digest)
{
	g_autoptr(GBytes) json = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	Report *report = parse_report(json, labelled, "example.org", limits, digest, &error);

	g_assert_true((report != NULL) == (error == NULL));
	g_assert_true(error == NULL || is_fault_of_data(error));
	return report;
}

/* White space around it changes nothing. */
static void
check_identity(const uint8_t *data, size_t size, const Limits *limits, const Digest *digest)
{
	Digest other;
	g_autoptr(GString) text = g_string_new("\n ");

	g_string_append_len(text, (const char *)data, (gssize)size);
	g_autoptr(Report) report = parse(text->str, text->len, true, limits, &other);
	if (report != NULL)
		g_assert_cmpmem(
			digest->bytes, sizeof(digest->bytes), other.bytes, sizeof(other.bytes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *const own[] = { (char *)"example.com", NULL };
	Limits limits = fuzz_limits();
	Digest digest, unlabelled_digest;
	CheckContext context = { .from_domain = "example.org",
		.file_name = "a!example.com!1!2.json",
		.content_digest = "0123",
		.received_at = RECEIVED_AT };

	if (size % 2 == 1) {
		limits.string = limits.lines = 64;
		limits.findings = limits.failures = limits.policies = 4;
		limits.json_depth = 8;
		context.own_domains = own;
	}
	g_autoptr(Report) report = parse(data, size, true, &limits, &digest);
	g_autoptr(Report) unlabelled = parse(data, size, false, &limits, &unlabelled_digest);
	g_assert_true(unlabelled == NULL || report != NULL);
	if (report == NULL)
		return 0;
	check_identity(data, size, &limits, &digest);
	report_check(report, &context, &limits);
	fuzz_check_report(report, &limits);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	GRand *dice = g_rand_new_with_seed(seed);
	g_autoptr(GString) json = g_string_new(NULL);

	if (once_in(dice, 10)) {
		generate_report(json, dice);
		size = MIN(json->len, max_size);
		memcpy(data, json->str, size);
	} else {
		size = LLVMFuzzerMutate(data, size, max_size);
	}
	g_rand_free(dice);
	return size;
}
