/* The only GError domain; its codes say what the caller does next. */
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
	TLSRPT_ERROR_NOT_REPORT, /* the JSON is not a report */
	TLSRPT_ERROR_CORRUPT_GZIP,
	TLSRPT_ERROR_TRUNCATED_GZIP,
	TLSRPT_ERROR_NOT_JSON,
	TLSRPT_ERROR_LIMIT, /* something inside the message is over a limit */
	TLSRPT_ERROR_CRASHED, /* the process that parsed the message crashed */
	/* no trusted mail system says that the sender is authenticated */
	TLSRPT_ERROR_UNAUTHENTICATED,
	TLSRPT_ERROR_FOREIGN_REPORT, /* the report is about domains that are not ours */
	TLSRPT_ERROR_IGNORED, /* the operator wants no reports of who has sent it */
	/* it is sound, but what nobody vouches for has added enough today: it waits in quarantine */
	TLSRPT_ERROR_DAY_LIMIT,
	TLSRPT_ERROR_TOO_COSTLY, /* it took more time or memory than allowed */
	/* the message is larger than its limit, and is not kept in quarantine either */
	TLSRPT_ERROR_TOO_LARGE,
	/* It is not proven that anything else is the message's fault: try again later. */
	TLSRPT_ERROR_USAGE,
	TLSRPT_ERROR_CONFIG,
	TLSRPT_ERROR_UNSUPPORTED,
	TLSRPT_ERROR_NO_MEMORY,
	TLSRPT_ERROR_IO,
	TLSRPT_ERROR_INTERRUPTED,
	TLSRPT_ERROR_STORE_BUSY,
	TLSRPT_ERROR_STORE_CONFLICT, /* another writer was in the way: the same once more */
	TLSRPT_ERROR_STORE_REFUSED, /* the database does not take what it was given */
	TLSRPT_ERROR_STORE_FULL,
	TLSRPT_ERROR_STORE_READONLY,
	TLSRPT_ERROR_STORE_CORRUPT,
	/* a database of another program, or of a newer version of this one */
	TLSRPT_ERROR_STORE_FOREIGN,
} TlsrptError;

GQuark tlsrpt_error_quark(void);

/* Sets TLSRPT_ERROR_IO with what errno says: "WHAT: No such file". Returns false. */
bool error_errno(const char *what, GError **error);

/* Sets TLSRPT_ERROR_LIMIT: "WHAT is over the limit KEY=LIMIT". Returns false. */
bool error_over_limit(const char *what, const char *key, int64_t limit, GError **error);

/*
 * The reason that a message gets in quarantine ("corrupt-gzip"); static.  NULL if it is not proven
 * that the error is the message's fault.
 */
const char *error_quarantine_reason(const GError *error);

#endif
