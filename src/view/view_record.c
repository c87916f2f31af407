/* The records of a domain: what they are, and what is wrong with them. */
#include "tlsrpt/view.h"

#include "tlsrpt/record.h"

#include <string.h>

enum { KIND, NAME, STATUS, COLUMN, PROBLEM, MESSAGE, TEXT, ALIAS, ZONE_LINE, COLUMNS };

/* One row for each record, with its worst problem, so that csv and ndjson say it, too. */
static const Column columns[COLUMNS] = {
	[KIND] = { "kind", "Kind", CELL_WORD },
	[NAME] = { "name", "Name", CELL_TEXT },
	[STATUS] = { "status", "Status", CELL_WORD },
	[COLUMN] = { "column", "Column", CELL_COUNT },
	[PROBLEM] = { "problem", "Problem", CELL_WORD },
	[MESSAGE] = { "message", "Message", CELL_TEXT },
	[TEXT] = { "text", NULL, CELL_TEXT },
	[ALIAS] = { "alias", NULL, CELL_TEXT },
	[ZONE_LINE] = { "zone_line", NULL, CELL_TEXT },
};

/* The tables, and whose records they have. */
typedef struct {
	Document *document;
	Table *records, *rua, *problems;
	const char *domain;
} View;

static const char *
kind_name(RecordKind kind)
{
	return kind == RECORD_TLSRPT ? "tlsrpt" : "mta-sts";
}

static const char *
severity_name(RecordSeverity severity)
{
	return severity == RECORD_ERROR ? "error" : severity == RECORD_WARNING ? "warning" : "note";
}

static View
view_new(const char *domain)
{
	static const Column rua_columns[] = {
		{ "record", NULL, CELL_COUNT }, /* from 1, in the order of the records */
		{ "column", NULL, CELL_COUNT },
		{ "scheme", NULL, CELL_TEXT },
		{ "uri", NULL, CELL_TEXT },
		{ "domain", NULL, CELL_TEXT },
	};
	static const Column problem_columns[] = {
		{ "record", NULL, CELL_COUNT },
		{ "column", NULL, CELL_COUNT },
		{ "severity", NULL, CELL_TEXT },
		{ "problem", NULL, CELL_TEXT },
		{ "message", NULL, CELL_TEXT },
	};
	Document *document = document_new("record");

	return (View){
		.document = document,
		.records = document_add_table(document, "records", NULL, columns, COLUMNS),
		.rua = document_add_table(document, "rua", NULL, rua_columns,
			G_N_ELEMENTS(rua_columns)),
		.problems = document_add_table(document, "problems", NULL, problem_columns,
			G_N_ELEMENTS(problem_columns)),
		.domain = domain,
	};
}

static void
add_rua(const View *view, const Record *record)
{
	for (size_t i = 0; i < record->rua->len; i++) {
		const RecordRua *rua = &g_array_index(record->rua, RecordRua, i);
		Cell *cells = table_add_row(view->rua);
		cells[0].number = view->records->rows->len;
		cells[1].number = (int64_t)rua->column;
		cell_set_text(&cells[2], rua->scheme);
		cell_set_text(&cells[3], rua->uri);
		cell_set_text(&cells[4], rua->domain);
	}
}

static void
add_problems(const View *view, const Record *record)
{
	for (size_t i = 0; i < record->problems->len; i++) {
		const RecordProblem *problem = &g_array_index(record->problems, RecordProblem, i);
		Cell *cells = table_add_row(view->problems);
		cells[0].number = view->records->rows->len;
		cells[1].number = (int64_t)problem->column;
		cell_set_text(&cells[2], severity_name(problem->severity));
		cell_set_text(&cells[3], problem->code);
		cell_set_text(&cells[4], problem->message);
		if (problem->severity == RECORD_ERROR)
			view->document->exit_code = 1;
	}
}

/* The status; if it is NULL, what the problems make of it. */
static Cell *
add_record(const View *view, const Record *record, const char *status)
{
	const RecordProblem *worst = record_worst(record);
	g_autofree char *name = record_name(record->kind, view->domain);
	Cell *cells = table_add_row(view->records);

	if (status == NULL)
		status = record->discarded ? "discarded"
			: worst != NULL && worst->severity == RECORD_ERROR ? "bad"
									   : "sound";
	cell_set_text(&cells[KIND], kind_name(record->kind));
	cell_set_text(&cells[NAME], name);
	cell_set_text(&cells[STATUS], status);
	if (worst != NULL) {
		cells[COLUMN].number = (int64_t)worst->column;
		cell_set_text(&cells[PROBLEM], worst->code);
		cell_set_text(&cells[MESSAGE], worst->message);
	}
	add_rua(view, record);
	add_problems(view, record);
	return cells;
}

/* --- DNS */

/* What an answer without records means. */
static const struct {
	const char *status, *code, *message;
} failures[] = {
	[DNS_NO_NAME] = { "missing", "no-name", "there is nothing of that name in DNS (NXDOMAIN)" },
	[DNS_NO_DATA] = { "missing", "no-data", "there is no TXT record of that name in DNS" },
	[DNS_SERVER_FAILURE] = { "unknown", "server-failure",
		"the DNS server could not find out (SERVFAIL): the domain's servers or its DNSSEC" },
	[DNS_REFUSED] = { "unknown", "refused", "the DNS server does not answer this question" },
	[DNS_NO_TCP] = { "unknown", "no-tcp",
		"the answer is too long for UDP, and the DNS server does not answer by TCP" },
	[DNS_UNREACHABLE] = { "unknown", "unreachable", "there is no DNS server" },
	[DNS_TIMEOUT] = { "unknown", "timeout", "the DNS server did not answer in time" },
	[DNS_MALFORMED] = { "unknown", "malformed-answer", "what the DNS server sent is no answer" },
};

/* MTA-STS need not be there. */
static RecordSeverity
severity_of_failure(RecordKind kind, DnsStatus status)
{
	return kind == RECORD_MTA_STS && (status == DNS_NO_NAME || status == DNS_NO_DATA)
		? RECORD_NOTE
		: RECORD_ERROR;
}

/* What one without the other means. */
static void
add_twin_problem(Record *record, bool is_missing, bool has_twin)
{
	if (record->kind == RECORD_MTA_STS && is_missing && has_twin)
		record_add_problem(record, RECORD_NOTE, 0, "no-mta-sts",
			"without MTA-STS, reports are about DANE, or have the policy no-policy-found");
	if (record->kind == RECORD_TLSRPT && is_missing && has_twin)
		record_add_problem(record, RECORD_ERROR, 0, "no-tlsrpt",
			"there is an MTA-STS record, and nobody reports its failures");
	if (record->kind == RECORD_TLSRPT && is_missing && !has_twin)
		record_add_problem(record, RECORD_NOTE, 0, "no-reports",
			"nobody sends reports; tlsrpt record generate makes a record");
}

static void
add_missing(const View *view, RecordKind kind, const DnsAnswer *answer, bool has_twin)
{
	/* Records that are none are as good as none. */
	const DnsStatus status = answer->status == DNS_FOUND ? DNS_NO_DATA : answer->status;
	const bool is_missing = status == DNS_NO_NAME || status == DNS_NO_DATA;
	g_autoptr(Record) record = record_new(kind);

	record_add_problem(record, severity_of_failure(kind, status), 0, failures[status].code, "%s",
		answer->status == DNS_FOUND ? "no TXT record there is of this kind"
			: answer->alias != NULL && status == DNS_NO_DATA
			? "it is a CNAME, and the DNS server has no TXT record for where that leads"
			: failures[status].message);
	add_twin_problem(record, is_missing, has_twin);
	Cell *cells = add_record(view, record, failures[status].status);
	cell_set_text(&cells[ALIAS], answer->alias);
}

static bool
has_record(const GPtrArray *records)
{
	for (size_t i = 0; i < records->len; i++) {
		const Record *record = g_ptr_array_index(records, i);
		if (!record->discarded)
			return true;
	}
	return false;
}

static void
add_answer(const View *view, RecordKind kind, const DnsAnswer *answer, const GPtrArray *records,
	bool has_twin)
{
	for (size_t i = 0; i < records->len; i++) {
		size_t length;
		const char *data = g_bytes_get_data(g_ptr_array_index(answer->texts, i), &length);
		g_autofree char *text = record_presentation(data, length);
		Cell *cells = add_record(view, g_ptr_array_index(records, i), NULL);
		cell_set_text(&cells[TEXT], text);
		cell_set_text(&cells[ALIAS], answer->alias);
	}
	if (!has_record(records))
		add_missing(view, kind, answer, has_twin);
}

Document *
view_record_dns(const char *domain, const DnsAnswer *tlsrpt, const DnsAnswer *mta_sts)
{
	const View view = view_new(domain);
	g_autoptr(GPtrArray) tlsrpt_records =
		record_check_set(RECORD_TLSRPT, tlsrpt->texts, domain);
	g_autoptr(GPtrArray) mta_sts_records =
		record_check_set(RECORD_MTA_STS, mta_sts->texts, domain);

	add_answer(&view, RECORD_TLSRPT, tlsrpt, tlsrpt_records, has_record(mta_sts_records));
	add_answer(&view, RECORD_MTA_STS, mta_sts, mta_sts_records, has_record(tlsrpt_records));
	return view.document;
}

/* --- a text */

Document *
view_record_text(const char *domain, const char *text)
{
	const View view = view_new(domain);
	const size_t length = strlen(text);
	g_autoptr(Record) record = record_check(RECORD_TLSRPT, text, length, domain);
	g_autofree char *shown = record_presentation(text, length);

	cell_set_text(&add_record(&view, record, NULL)[TEXT], shown);
	return view.document;
}

Document *
view_record_made(const char *domain, const char *text, bool is_own_choice)
{
	Document *document = view_record_text(is_own_choice ? NULL : domain, text);
	const Table *records = document_table(document, "records");
	Cell *cells = g_ptr_array_index(records->rows, 0);
	g_autofree char *absolute = domain != NULL ? g_strconcat(domain, ".", NULL) : NULL;
	g_autofree char *name = record_name(RECORD_TLSRPT, absolute);
	g_autofree char *line = record_zone_line(name, text, strlen(text));

	g_autofree char *full_name = record_name(RECORD_TLSRPT, domain);
	cell_set_text(&cells[NAME], full_name);
	cell_set_text(&cells[ZONE_LINE], line);
	return document;
}
