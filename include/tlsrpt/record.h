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
	RECORD_WARNING, /* allowed, but unwise */
	RECORD_ERROR, /* senders ignore the record, or are free to do so */
} RecordSeverity;

typedef struct {
	RecordSeverity severity;
	/*
	 * In bytes, from 1: the first byte that is not allowed there, or the length and 1 if
	 * something is missing at the end.  0 for a problem of the whole record.
	 */
	size_t column;
	const char *code; /* static; contrib/schema/record.json lists all of them */
	char *message; /* one line without a full stop; it never quotes bytes of the record */
} RecordProblem;

/* One address of a rua field that is valid as a URI. */
typedef struct {
	size_t column;
	char *uri; /* as it is written in the record */
	char *scheme; /* lower case */
	/* in stored form (hostname_stored_form()); NULL if the address has no domain name */
	char *domain;
} RecordRua;

typedef struct {
	RecordKind kind;
	GArray *problems; /* of RecordProblem; those about bytes of the text are sorted by column */
	GArray *rua; /* of RecordRua; empty for MTA-STS */
	bool discarded; /* senders discard it, because it does not begin with the version */
} Record;

/*
 * Checks a record, which may hold any bytes, against the ABNF.  domain is the domain that publishes
 * it, in stored form, and is needed to warn of what is unwise for just that domain; it may be NULL.
 */
Record *record_check(RecordKind kind, const char *data, size_t length, const char *domain);

/*
 * Checks all TXT records of one name, which are GBytes.  If there are several, senders discard
 * those that do not begin with the version and a semicolon, and exactly one must remain.  Returns
 * an array of Record, in the order of texts.  Caller unrefs.
 */
GPtrArray *record_check_set(RecordKind kind, const GPtrArray *texts, const char *domain);

/* A record without a text, and without problems so far. */
Record *record_new(RecordKind kind);
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* The most severe problem; the first of them if several are alike; NULL if there is none. */
const RecordProblem *record_worst(const Record *record);

void record_add_problem(Record *record, RecordSeverity severity, size_t column, const char *code,
	const char *format, ...) G_GNUC_PRINTF(5, 6);

/*
 * The domain in stored form (hostname_stored_form()).  NULL with TLSRPT_ERROR_USAGE if the text is
 * not a domain that can have such records.  Caller frees.
 */
char *record_domain(const char *text, GError **error);

/*
 * The name of the record: "_smtp._tls.example.com", or "_smtp._tls", relative to the zone, if
 * domain is NULL.  Caller frees.
 */
char *record_name(RecordKind kind, const char *domain);

/*
 * Makes the TLSRPT record with these addresses, a NULL-terminated list.  In a URI, "," "!" and ";"
 * get encoded; a plain mail address gets "mailto:" and whatever encoding it needs.  NULL with
 * TLSRPT_ERROR_USAGE for a text that cannot become such an address.  Caller frees.
 */
char *record_generate(const char *const *rua, GError **error);

/*
 * Bytes as a zone file has them (RFC 1035 section 5.1), without quotation marks: "\"" and "\\" with
 * a backslash before them, and what is not printable ASCII as \DDD.  Caller frees.
 */
char *record_presentation(const char *data, size_t length);

/*
 * The record as a line of a zone file, in strings of at most 255 bytes (RFC 1035 section 3.3).
 * Caller frees.
 */
char *record_zone_line(const char *name, const char *data, size_t length);

#endif
