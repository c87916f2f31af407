#include "tlsrpt/error.h"

#include "util.h"

/* What is the message's fault goes to quarantine, under this name; all else is tried again. */
static void
test_reasons(void)
{
	static const struct {
		TlsrptError code;
		const char *reason;
	} rows[] = {
		{ TLSRPT_ERROR_NO_REPORT, "no-report" },
		{ TLSRPT_ERROR_UNREAD_REPORT, "unread-report" },
		{ TLSRPT_ERROR_NOT_REPORT, "not-report" },
		{ TLSRPT_ERROR_CORRUPT_GZIP, "corrupt-gzip" },
		{ TLSRPT_ERROR_TRUNCATED_GZIP, "truncated-gzip" },
		{ TLSRPT_ERROR_NOT_JSON, "not-json" },
		{ TLSRPT_ERROR_LIMIT, "over-limit" },
		{ TLSRPT_ERROR_CRASHED, "crashed" },
		{ TLSRPT_ERROR_UNAUTHENTICATED, "unauthenticated" },
		{ TLSRPT_ERROR_FOREIGN_REPORT, "foreign" },
		{ TLSRPT_ERROR_IGNORED, "ignored" },
		{ TLSRPT_ERROR_DAY_LIMIT, "day-limit" },
		{ TLSRPT_ERROR_TOO_COSTLY, "too-costly" },
		{ TLSRPT_ERROR_TOO_LARGE, NULL },
		{ TLSRPT_ERROR_USAGE, NULL },
		{ TLSRPT_ERROR_CONFIG, NULL },
		{ TLSRPT_ERROR_UNSUPPORTED, NULL },
		{ TLSRPT_ERROR_NO_MEMORY, NULL },
		{ TLSRPT_ERROR_IO, NULL },
		{ TLSRPT_ERROR_INTERRUPTED, NULL },
		{ TLSRPT_ERROR_STORE_BUSY, NULL },
		{ TLSRPT_ERROR_STORE_CONFLICT, NULL },
		{ TLSRPT_ERROR_STORE_REFUSED, NULL },
		{ TLSRPT_ERROR_STORE_FULL, NULL },
		{ TLSRPT_ERROR_STORE_READONLY, NULL },
		{ TLSRPT_ERROR_STORE_CORRUPT, NULL },
		{ TLSRPT_ERROR_STORE_FOREIGN, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError)
			error = g_error_new_literal(TLSRPT_ERROR, (int)rows[i].code, "text");
		/* The rows are all codes there are, in their order. */
		g_assert_cmpint(rows[i].code, ==, i);
		g_assert_cmpstr(error_quarantine_reason(error), ==, rows[i].reason);
	}
	g_assert_cmpint(G_N_ELEMENTS(rows), ==, TLSRPT_ERROR_STORE_FOREIGN + 1);
}

/* The codes of other domains have the same numbers, and mean something else. */
static void
test_other_domain(void)
{
	for (int code = 0; code <= TLSRPT_ERROR_STORE_FOREIGN; code++) {
		g_autoptr(GError) error = g_error_new_literal(G_FILE_ERROR, code, "text");
		g_assert_cmpstr(error_quarantine_reason(error), ==, NULL);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/error/reasons", test_reasons);
	g_test_add_func("/error/other-domain", test_other_domain);
	return g_test_run();
}
