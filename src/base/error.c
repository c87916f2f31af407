#include "tlsrpt/error.h"

#include <errno.h>

G_DEFINE_QUARK(tlsrpt-error-quark, tlsrpt_error)

bool
error_errno(const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s", what, g_strerror(errno));
	return false;
}

bool
error_over_limit(const char *what, const char *key, int64_t limit, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT,
		"%s is over the limit %s=%" G_GINT64_FORMAT, what, key, limit);
	return false;
}

const char *
error_quarantine_reason(const GError *error)
{
	static const struct {
		TlsrptError code;
		const char *reason;
	} reasons[] = {
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
		{ TLSRPT_ERROR_TOO_COSTLY, "too-costly" },
		{ TLSRPT_ERROR_DAY_LIMIT, "day-limit" },
	};

	if (error->domain != TLSRPT_ERROR)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
		if (error->code == (int)reasons[i].code)
			return reasons[i].reason;
	}
	return NULL;
}
