/* The document about records while it is made: its tables, and whose records they have. */
#ifndef TLSRPT_VIEW_RECORD_VIEW_H
#define TLSRPT_VIEW_RECORD_VIEW_H

#include "tlsrpt/record.h"
#include "tlsrpt/resolver.h"
#include "tlsrpt/table.h"

typedef struct {
	Document *document;
	Table *records, *rua, *problems, *domains, *hosts;
	const char *domain; /* or NULL */
} RecordView;

/* The columns of "records". */
enum {
	RECORD_KIND,
	RECORD_NAME,
	RECORD_STATUS,
	RECORD_COLUMN,
	RECORD_PROBLEM,
	RECORD_MESSAGE,
	RECORD_TEXT,
	RECORD_ALIAS,
	RECORD_ZONE_LINE,
	RECORD_DOMAIN,
	RECORD_COLUMNS
};

/* The columns of "domains". */
enum {
	DOMAIN_NAME,
	DOMAIN_MAIL,
	DOMAIN_SINCE,
	DOMAIN_ORGANIZATIONS,
	DOMAIN_UNVERIFIED,
	DOMAIN_LAST,
	DOMAIN_COLUMNS
};

/* A new document, with all tables, which are empty. */
RecordView record_view_new(const char *domain);

/*
 * Adds a row for a record, and its problems.  The status is static; if it is NULL, it is what the problems
 * make of it.
 */
Cell *record_view_add(const RecordView *view, const Record *record, const char *status);

/* Adds a row about the domain as a whole; the message is one line without a full stop. */
void record_view_add_problem(const RecordView *view, RecordSeverity severity, const char *code,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Puts down what is to be asked about the hosts to which a record has reports sent. */
void record_mail_want_rua(Resolver *resolver, const Record *record);

/* Adds to a record what DNS says of the hosts to which it has reports sent. */
void record_mail_judge_rua(const Resolver *resolver, Record *record);

/* Adds the hosts of the domain, and what is wrong with them.  Sets where its mail goes. */
void record_mail_add_hosts(const RecordView *view, const Resolver *resolver, Cell *way);

#endif
