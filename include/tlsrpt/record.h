/*
 * The TXT records that a policy domain publishes: _smtp._tls for TLSRPT (RFC 8460 section 3), and
 * _mta-sts beside it (RFC 8461 section 3.1).  Nothing here asks DNS.
 */
#ifndef TLSRPT_RECORD_H
#define TLSRPT_RECORD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
	RECORD_TLSRPT,
	RECORD_MTA_STS,
} RecordKind;

typedef enum {
	RECORD_NOTE, /* good to know */
	RECORD_WARNING, /* allowed, and not wise */
	RECORD_ERROR, /* senders take the record for none, or are free to do so */
} RecordSeverity;

typedef struct {
	RecordSeverity severity;
	/*
	 * In bytes, from 1: the first one that cannot be there, or one more than there are where
	 * something is missing at the end.  0 where it is about the whole.
	 */
	size_t column;
	const char *code; /* static; contrib/schema/record.json has all */
	char *message; /* one line, no full stop; bytes of the record are not in it */
} RecordProblem;

/* One address of a rua, which is sound as a URI. */
typedef struct {
	size_t column;
	char *uri; /* as it is there */
	char *scheme; /* lower case */
	char *domain; /* in stored form (hostname_stored_form()); NULL if it has none, or not one with a name */
} RecordRua;

typedef struct {
	RecordKind kind;
	GArray *problems; /* of RecordProblem, by column as far as they come from the text */
	GArray *rua; /* of RecordRua; none in MTA-STS */
	bool discarded; /* by senders, as what does not begin with the version is */
} Record;

/*
 * Checks a record, which may hold any bytes, against the ABNF.  domain, in stored form or NULL, is
 * the one that publishes it: for what is only unwise there.
 */
Record *record_check(RecordKind kind, const char *data, size_t length, const char *domain);

/*
 * All TXT records of one name, which are GBytes, and their choice: if there are several, those that
 * do not begin with the version and a semicolon are discarded, and one must remain.  Returns an
 * array of Record, in the order of texts.  Caller unrefs.
 */
GPtrArray *record_check_set(RecordKind kind, const GPtrArray *texts, const char *domain);

/* One without a text and, as yet, without problems. */
Record *record_new(RecordKind kind);
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* The worst problem, of several alike the first; NULL if there is none. */
const RecordProblem *record_worst(const Record *record);

void record_add_problem(Record *record, RecordSeverity severity, size_t column, const char *code,
	const char *format, ...) G_GNUC_PRINTF(5, 6);

/*
 * A domain that may have such records, in stored form (hostname_stored_form()).  NULL with
 * TLSRPT_ERROR_USAGE if it can have none.  Caller frees.
 */
char *record_domain(const char *text, GError **error);

/* "_smtp._tls.example.com"; relative to the zone if domain is NULL.  Caller frees. */
char *record_name(RecordKind kind, const char *domain);

/*
 * The TLSRPT record with these addresses, a NULL-terminated list: URIs, in which "," "!" and ";" are
 * encoded, and plain mail addresses, which get "mailto:" and whatever encoding they need.  NULL
 * with TLSRPT_ERROR_USAGE for what can be none.  Caller frees.
 */
char *record_generate(const char *const *rua, GError **error);

/*
 * Bytes as the text of a zone file has them (RFC 1035 section 5.1), without quotation marks: "\""
 * and "\\" with a backslash before them, and what is not printable ASCII as \DDD.  Caller frees.
 */
char *record_presentation(const char *data, size_t length);

/* A line of a zone file, in strings of at most 255 bytes (RFC 1035 section 3.3).  Caller frees. */
char *record_zone_line(const char *name, const char *data, size_t length);

#endif
