#include "tlsrpt/view_served.h"

#include "tlsrpt/day.h"
#include "tlsrpt/view_check.h"

#include <string.h>

enum { SERVED_DOMAIN, SERVED_STATUS, SERVED_CHECKED_AT, SERVED_MESSAGE, SERVED_COLUMNS };

static const Column served_columns[SERVED_COLUMNS] = {
	[SERVED_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[SERVED_STATUS] = { "status", NULL, CELL_ENUM },
	[SERVED_CHECKED_AT] = { "checked_at", NULL, CELL_TIME },
	[SERVED_MESSAGE] = { "message", NULL, CELL_TEXT },
};

static const char *const status_names[] = {
	[CHECK_OK] = "OK",
	[CHECK_WARNING] = "WARNING",
	[CHECK_CRITICAL] = "CRITICAL",
	[CHECK_UNKNOWN] = "UNKNOWN",
};

/* How bad a status is: that something is not known is worse than that it is in order. */
static int
rank_of(int64_t status)
{
	static const int ranks[] = {
		[CHECK_OK] = 0,
		[CHECK_UNKNOWN] = 1,
		[CHECK_WARNING] = 2,
		[CHECK_CRITICAL] = 3,
	};

	return ranks[status];
}

static int
compare_served(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
	const int order = rank_of(other[SERVED_STATUS].number) - rank_of(one[SERVED_STATUS].number);

	return order != 0 ? order
			  : strcmp(row_text(one, SERVED_DOMAIN), row_text(other, SERVED_DOMAIN));
}

/* Adds what a line says, unless it is no such line, or about another domain. */
static void
add_line(Table *table, const char *line, const StoreFilter *filter, int64_t now)
{
	g_auto(GStrv) parts = g_strsplit(line, "\t", SERVED_COLUMNS);
	gint64 at;
	guint64 status;

	if (g_strv_length(parts) != SERVED_COLUMNS
		|| !g_ascii_string_to_signed(
			parts[1], 10, 0, G_MAXINT32 * G_GINT64_CONSTANT(64), &at, NULL)
		|| !g_ascii_string_to_unsigned(parts[2], 10, CHECK_OK, CHECK_UNKNOWN, &status, NULL)
		|| (filter->domain != NULL && strcmp(filter->domain, parts[0]) != 0))
		return;
	Cell *cells = table_add_row(table);
	cell_set_text(&cells[SERVED_DOMAIN], parts[0]);
	cells[SERVED_CHECKED_AT].number = at;
	cell_set_text(&cells[SERVED_MESSAGE], parts[3]);
	if (now - at > SERVED_MAX_AGE_S) {
		g_autofree char *day = day_text(day_of(at));
		g_autofree char *message = g_strdup_printf(
			"nobody has looked at its MTA-STS policy since %s: see tlsrpt-mta-sts",
			day);
		cell_set_text(&cells[SERVED_MESSAGE], message);
		status = CHECK_WARNING;
	}
	cell_set_enum(&cells[SERVED_STATUS], (int)status, status_names[status]);
}

void
view_check_add_served(Document *document, const char *text, const StoreFilter *filter, int64_t now)
{
	Table *table = document_add_table(document, "served", NULL, served_columns, SERVED_COLUMNS);
	g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		add_line(table, *line, filter, now);
	g_ptr_array_sort(table->rows, compare_served);
	if (table->rows->len == 0)
		return;
	const int64_t worst = table_number(table, 0, "status");
	if (rank_of(worst) <= rank_of(document->exit_code))
		return;
	document->exit_code = (int)worst;
	/* The status of a check is the first cell of its only row. */
	Cell *check = g_ptr_array_index(document_table(document, "check")->rows, 0);
	cell_set_enum(&check[0], (int)worst, status_names[worst]);
}
