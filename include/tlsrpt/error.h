/* The one GError domain; its codes say what the caller does next. */
#ifndef TLSRPT_ERROR_H
#define TLSRPT_ERROR_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TLSRPT_ERROR (tlsrpt_error_quark())

typedef enum {
	/* The message is at fault: quarantine, or 65 on request. */
	TLSRPT_ERROR_NO_REPORT, /* the message holds no report part */
	TLSRPT_ERROR_UNREAD_REPORT, /* it says that it is a report, and none could be read */
	TLSRPT_ERROR_NOT_REPORT, /* JSON, and not a report */
	TLSRPT_ERROR_CORRUPT_GZIP,
	TLSRPT_ERROR_TRUNCATED_GZIP,
	TLSRPT_ERROR_NOT_JSON,
	TLSRPT_ERROR_LIMIT, /* over a limit inside the message */
	TLSRPT_ERROR_CRASHED, /* the parser died of it */
	TLSRPT_ERROR_UNAUTHENTICATED, /* nobody trusted vouches for the sender */
	TLSRPT_ERROR_FOREIGN_REPORT, /* it is about domains that are not ours */
	TLSRPT_ERROR_TOO_COSTLY, /* it took more time or memory than allowed */
	TLSRPT_ERROR_TOO_LARGE, /* the message itself is over its limit: not even kept */
	/* Anything else is not provably the message's fault: retry. */
	TLSRPT_ERROR_USAGE,
	TLSRPT_ERROR_CONFIG,
	TLSRPT_ERROR_UNSUPPORTED,
	TLSRPT_ERROR_NO_MEMORY,
	TLSRPT_ERROR_IO,
	TLSRPT_ERROR_INTERRUPTED,
	TLSRPT_ERROR_STORE_BUSY,
	TLSRPT_ERROR_STORE_FULL,
	TLSRPT_ERROR_STORE_READONLY,
	TLSRPT_ERROR_STORE_CORRUPT,
	TLSRPT_ERROR_STORE_FOREIGN, /* a database that is not ours, or newer than this program */
} TlsrptError;

GQuark tlsrpt_error_quark(void);

/* Sets TLSRPT_ERROR_IO with what errno says: "WHAT: No such file". Returns false. */
bool error_errno(const char *what, GError **error);

/* Sets TLSRPT_ERROR_LIMIT: "WHAT is over the limit KEY=LIMIT". Returns false. */
bool error_over_limit(const char *what, const char *key, int64_t limit, GError **error);

/*
 * The reason under which a message goes to quarantine ("corrupt-gzip"), or NULL if the error is
 * not provably the message's fault.  Static.
 */
const char *error_quarantine_reason(const GError *error);

#endif
