/* Which MX fails for which reporter: a full row is an MX of ours, a full column a reporter. */
#include "page.h"

#include "tlsrpt/html.h"

typedef struct {
	const Document *document;
	const Table *mx, *reporters, *cells;
	const Output *out;
} Matrix;

static void
print_head(const Matrix *matrix)
{
	fputs("<table class=\"matrix\">\n<caption>Failed of all sessions in the last days. All reporters at one "
	      "MX: ours to repair. One reporter alone, or at all MX: look at that reporter "
	      "first.</caption>\n<thead><tr><th scope=\"col\">MX</th><th scope=\"col\">Seen by</th>",
		matrix->out->file);
	for (size_t i = 0; i < matrix->reporters->rows->len; i++) {
		fputs("<th scope=\"col\">", matrix->out->file);
		page_name(table_text(matrix->reporters, i, "reporter"), "?", matrix->out);
		fputs("</th>", matrix->out->file);
	}
	fputs("</tr></thead>\n<tbody>\n", matrix->out->file);
}

/* Who sees it, and what follows from that. */
static void
print_reading(const Matrix *matrix, size_t row)
{
	static const char *const texts[] = {
		[MX_SOME] = "",
		[MX_ALL] = ": <strong>all</strong>",
		[MX_ONE] = ": <strong>one alone</strong>",
	};
	const int64_t reporters = table_number(matrix->mx, row, "reporters");

	fprintf(matrix->out->file,
		"<td class=\"t\">%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "%s</td>",
		table_number(matrix->mx, row, "seen_by"), reporters,
		texts[table_number(matrix->mx, row, "reading")]);
}

/* The name of a reporter, in an attribute of a cell: for screens on which the columns are lines. */
static void
print_reporter(const Matrix *matrix, size_t who)
{
	g_autofree char *name = html_escape(
		table_text_or(matrix->reporters, who, "reporter", "?"), PAGE_NAME_BYTES);

	fputs(name, matrix->out->file);
}

static void
print_cell(const Matrix *matrix, size_t cell)
{
	const int64_t failed = table_number(matrix->cells, cell, "failed_sessions");
	const int64_t sessions = table_number(matrix->cells, cell, "sessions");
	const double share = share_of(failed, sessions);
	const size_t who = (size_t)table_number(matrix->cells, cell, "reporter");
	g_autofree char *text = share_text(share);
	g_autofree char *safe = html_escape(text, 0);

	fputs("<td data-by=\"", matrix->out->file);
	print_reporter(matrix, who);
	fputs("\">", matrix->out->file);
	if (failed > 0)
		page_picture_cell(share, matrix->out);
	fprintf(matrix->out->file, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, failed, sessions);
	if (failed > 0)
		fprintf(matrix->out->file, " <span>%s</span>", safe);
	fputs("</td>", matrix->out->file);
}

/* The cells of a row, which are adjacent, from one on; returns the cell after them. */
static size_t
print_row(const Matrix *matrix, size_t row, size_t cell)
{
	const Table *cells = matrix->cells;

	fputs("<tr><th scope=\"row\">", matrix->out->file);
	page_name(table_text(matrix->mx, row, "receiving_mx_hostname"), "not named", matrix->out);
	fputs("</th>", matrix->out->file);
	print_reading(matrix, row);
	for (size_t i = 0; i < matrix->reporters->rows->len; i++) {
		const bool has = cell < cells->rows->len
			&& (size_t)table_number(cells, cell, "mx") == row
			&& (size_t)table_number(cells, cell, "reporter") == i;
		if (has)
			print_cell(matrix, cell++);
		else
			fputs("<td></td>", matrix->out->file);
	}
	fputs("</tr>\n", matrix->out->file);
	return cell;
}

/* At how many MX each reporter sees failures; at all of several is a sign that it is the one to look at. */
static void
print_foot(const Matrix *matrix)
{
	FILE *file = matrix->out->file;

	fputs("</tbody>\n<tfoot><tr><th scope=\"row\">MX with failures</th><td></td>", file);
	for (size_t i = 0; i < matrix->reporters->rows->len; i++) {
		const int64_t failed = table_number(matrix->reporters, i, "mx_failed");
		const int64_t all = table_number(matrix->reporters, i, "mx_all");
		fputs("<td data-by=\"", file);
		print_reporter(matrix, i);
		fprintf(file,
			failed == all && all > 1
				? "\"><strong>all %" G_GINT64_FORMAT "</strong></td>"
				: "\">%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "</td>",
			failed, all);
	}
	fputs("</tr></tfoot>\n</table>\n", file);
}

static void
print_left_out(const Document *document, const Output *out)
{
	const int64_t mx = page_left_out(document, "mx");
	const int64_t reporters = page_left_out(document, "mx_reporters");

	if (mx > 0 || reporters > 0)
		fprintf(out->file,
			"<p class=\"more\">Left out here: %" G_GINT64_FORMAT
			" more MX and %" G_GINT64_FORMAT
			" more reporters, which fail or see less.</p>\n",
			mx, reporters);
}

void
page_matrix(const Document *document, const Output *out)
{
	const Matrix matrix = {
		.document = document,
		.mx = document_table(document, "mx"),
		.reporters = document_table(document, "mx_reporters"),
		.cells = document_table(document, "mx_cells"),
		.out = out,
	};
	size_t cell = 0;

	if (matrix.mx->rows->len == 0) {
		fputs("<p>Nothing failed at any MX.</p>\n", out->file);
		return;
	}
	print_head(&matrix);
	for (size_t row = 0; row < matrix.mx->rows->len; row++)
		cell = print_row(&matrix, row, cell);
	print_foot(&matrix);
	print_left_out(document, out);
}
