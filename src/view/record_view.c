#include "record_view.h"

#include <string.h>

/* One row for each record, with its worst problem, so that csv and ndjson say it, too. */
static const Column record_columns[RECORD_COLUMNS] = {
	[RECORD_KIND] = { "kind", "Kind", CELL_WORD },
	[RECORD_NAME] = { "name", "Name", CELL_TEXT },
	[RECORD_STATUS] = { "status", "Status", CELL_WORD },
	[RECORD_COLUMN] = { "column", "Column", CELL_COUNT },
	[RECORD_PROBLEM] = { "problem", "Problem", CELL_WORD },
	[RECORD_MESSAGE] = { "message", "Message", CELL_TEXT },
	[RECORD_TEXT] = { "text", NULL, CELL_TEXT },
	[RECORD_ALIAS] = { "alias", NULL, CELL_TEXT },
	[RECORD_ZONE_LINE] = { "zone_line", NULL, CELL_TEXT },
	[RECORD_DOMAIN] = { "domain", NULL, CELL_TEXT },
};

static const Column domain_columns[DOMAIN_COLUMNS] = {
	[DOMAIN_NAME] = { "domain", NULL, CELL_TEXT },
	[DOMAIN_MAIL] = { "mail", NULL, CELL_ENUM }, /* where it goes */
	/* The first day on which reports are counted; unknown without a store. */
	[DOMAIN_SINCE] = { "since", NULL, CELL_TEXT },
	[DOMAIN_ORGANIZATIONS] = { "organizations", NULL, CELL_COUNT },
	[DOMAIN_UNVERIFIED] = { "unverified_organizations", NULL, CELL_COUNT },
	[DOMAIN_LAST] = { "last_reported", NULL, CELL_TEXT },
};

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

RecordView
record_view_new(const char *domain)
{
	static const Column rua_columns[] = {
		{ "record", NULL, CELL_COUNT }, /* from 1, in the order of the records */
		{ "column", NULL, CELL_COUNT },
		{ "scheme", NULL, CELL_TEXT },
		{ "uri", NULL, CELL_TEXT },
		{ "domain", NULL, CELL_TEXT },
	};
	static const Column problem_columns[] = {
		{ "record", NULL, CELL_COUNT }, /* 0: the domain */
		{ "column", NULL, CELL_COUNT },
		{ "severity", NULL, CELL_TEXT },
		{ "problem", NULL, CELL_TEXT },
		{ "message", NULL, CELL_TEXT },
		{ "domain", NULL, CELL_TEXT },
	};
	static const Column host_columns[] = {
		{ "domain", NULL, CELL_TEXT },
		{ "host", NULL, CELL_TEXT },
		{ "addresses", NULL, CELL_TEXT },
		{ "alias", NULL, CELL_TEXT },
		{ "tlsa_records", NULL, CELL_TEXT },
		{ "dane", NULL, CELL_ENUM },
	};
	Document *document = document_new("record");

	return (RecordView){
		.document = document,
		.records = document_add_table(
			document, "records", NULL, record_columns, RECORD_COLUMNS),
		.rua = document_add_table(
			document, "rua", NULL, rua_columns, G_N_ELEMENTS(rua_columns)),
		.problems = document_add_table(
			document, "problems", NULL, problem_columns, G_N_ELEMENTS(problem_columns)),
		.domains = document_add_table(
			document, "domains", NULL, domain_columns, DOMAIN_COLUMNS),
		.hosts = document_add_table(
			document, "hosts", NULL, host_columns, G_N_ELEMENTS(host_columns)),
		.domain = domain,
	};
}

static void
add_rua(const RecordView *view, const Record *record)
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

/* Adds a problem of the record of that number, or of the domain if it is 0. */
static void
add_problem(const RecordView *view, int64_t record, const RecordProblem *problem)
{
	Cell *cells = table_add_row(view->problems);

	cells[0].number = record;
	cells[1].number = (int64_t)problem->column;
	cell_set_text(&cells[2], severity_name(problem->severity));
	cell_set_text(&cells[3], problem->code);
	cell_set_text(&cells[4], problem->message);
	cell_set_text(&cells[5], view->domain);
	if (problem->severity == RECORD_ERROR)
		view->document->exit_code = 1;
}

static void
add_problems(const RecordView *view, const Record *record)
{
	for (size_t i = 0; i < record->problems->len; i++)
		add_problem(view, view->records->rows->len,
			&g_array_index(record->problems, RecordProblem, i));
}

void
record_view_add_problem(
	const RecordView *view, RecordSeverity severity, const char *code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add_problem(view, 0, &(RecordProblem){ severity, 0, code, message });
}

/* The status; if it is NULL, what the problems make of it. */
Cell *
record_view_add(const RecordView *view, const Record *record, const char *status)
{
	const RecordProblem *worst = record_worst(record);
	g_autofree char *name = record_name(record->kind, view->domain);
	Cell *cells = table_add_row(view->records);

	if (status == NULL)
		status = record->discarded				   ? "discarded"
			: worst != NULL && worst->severity == RECORD_ERROR ? "bad"
									   : "sound";
	cell_set_text(&cells[RECORD_KIND], kind_name(record->kind));
	cell_set_text(&cells[RECORD_NAME], name);
	cell_set_text(&cells[RECORD_DOMAIN], view->domain);
	cell_set_text(&cells[RECORD_STATUS], status);
	if (worst != NULL) {
		cells[RECORD_COLUMN].number = (int64_t)worst->column;
		cell_set_text(&cells[RECORD_PROBLEM], worst->code);
		cell_set_text(&cells[RECORD_MESSAGE], worst->message);
	}
	add_rua(view, record);
	add_problems(view, record);
	return cells;
}
