/*
 * What one message leaves in the store: plain values that the intake makes and the store takes, so
 * that neither depends on the other.
 */
#ifndef TLSRPT_DELIVERY_H
#define TLSRPT_DELIVERY_H

#include "tlsrpt/auth.h"
#include "tlsrpt/digest.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the message says besides its reports; unknown strings are NULL. */
typedef struct {
	const char *from, *from_domain;
	const char *report_domain, *submitter;
	const char *subject, *message_id;
	int64_t sent_at; /* Date, or 0 */
	bool is_report; /* multipart/report */
} StoreMessage;

/* One report to be stored. */
typedef struct {
	Report *report; /* the store may bring it into its brief form */
	Digest digest; /* its identity */
	GBytes *raw; /* the part as received, gzipped */
	bool is_gzip; /* it was received gzipped */
	const char *file_name, *media_type; /* of the part, or NULL */
	Auth auth;
	const char *auth_domain; /* or NULL */
} StoreReport;

/*
 * The order in which messages are dropped to make room in quarantine: class by class, and within a
 * class the oldest first.  Those of the last class are dropped only when older than 30 days.
 */
typedef enum {
	QUARANTINE_NO_REPORT, /* spam and other mail, whoever has sent it */
	QUARANTINE_UNAUTHENTICATED, /* whatever nobody vouches for */
	QUARANTINE_WAITING, /* the same, sound, and over the limit of its day */
	QUARANTINE_FOREIGN, /* authenticated, and not wanted */
	QUARANTINE_DAMAGED, /* authenticated, and not understood */
} QuarantineClass;

/* One message to be kept in quarantine. */
typedef struct {
	QuarantineClass class;
	const char *auth_domain; /* of the authenticated sender; NULL: nobody vouches for it */
	const char *reason; /* error_quarantine_reason() */
	const char *detail; /* not NULL */
	Digest digest; /* of the message without its "From " line */
	GBytes *gzip; /* the whole message, compressed */
	int64_t size; /* uncompressed */
} StoreQuarantine;

/* All that one message leaves in the store, in one transaction. */
typedef struct {
	const StoreMessage *message;
	const StoreReport *reports;
	size_t n_reports;
	const StoreQuarantine *quarantine; /* NULL if nothing of it goes there */
	int64_t received_at;
	/* the domains whose word counts most, for voucher_rank(); NULL stands for none */
	char *const *reporters;
	int64_t size; /* of the message in bytes, in proportion to which it may grow the store */
	/* Whether reports that nobody vouches for count towards unauthenticated-per-day. */
	bool has_day_limit;
} StoreDelivery;

#endif
