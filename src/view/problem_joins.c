/* Puts the listed incidents together that are told in one line. */
#include "problem_lines.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/report.h"

/* The listed incidents of a problem that are believed, or those that are not. */
typedef struct {
	ProblemPart *problem;
	bool unverified;
	GPtrArray *parts; /* of IncidentPart * */
} Piece;

static void
piece_free(gpointer data)
{
	Piece *piece = data;

	g_ptr_array_unref(piece->parts);
	g_free(piece);
}

static void
line_free(gpointer data)
{
	Line *line = data;

	g_ptr_array_unref(line->parts);
	g_ptr_array_unref(line->problems);
	g_hash_table_unref(line->domains);
	g_free(line);
}

/* The pieces of each problem, in the order of their incidents. */
static GPtrArray *
cut_pieces(const ProblemsOwn *own)
{
	GPtrArray *pieces = g_ptr_array_new_with_free_func(piece_free);
	g_autoptr(GHashTable) believed = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) others = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (!part->shown.listed)
			continue;
		GHashTable *of_class = part->shown.unverified ? others : believed;
		Piece *piece = g_hash_table_lookup(of_class, part->problem);
		if (piece == NULL) {
			piece = g_new0(Piece, 1);
			piece->problem = part->problem;
			piece->unverified = part->shown.unverified;
			piece->parts = g_ptr_array_new();
			g_ptr_array_add(pieces, piece);
			g_hash_table_insert(of_class, part->problem, piece);
		}
		g_ptr_array_add(piece->parts, part);
	}
	return pieces;
}

/* The domains of a piece with an incident in W or, if there are none, in the time that was asked for. */
static GPtrArray *
domains_of(const Piece *piece, bool *in_window)
{
	GPtrArray *names = g_ptr_array_new();
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);

	*in_window = false;
	for (guint i = 0; i < piece->parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(piece->parts, i);
		*in_window = *in_window || part->days->len > 0;
	}
	for (guint i = 0; i < piece->parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(piece->parts, i);
		if ((!*in_window || part->days->len > 0)
			&& g_hash_table_add(found, (gpointer)part->shown.domain))
			g_ptr_array_add(names, (gpointer)part->shown.domain);
	}
	g_ptr_array_sort(names, compare_texts);
	return names;
}

static char *
line_key(const Piece *piece, const GPtrArray *names, bool in_window)
{
	GString *key = g_string_new(piece->unverified ? "u" : "b");

	g_string_append_printf(key, "%s\n%s", in_window ? "w" : "", piece->problem->kind);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(key, "\n%s", (const char *)g_ptr_array_index(names, i));
	return g_string_free(key, FALSE);
}

static int64_t
failed_sessions_of(const ProblemsOwn *own, const IncidentPart *part)
{
	int64_t sum = 0;

	for (guint i = 0; part->rows != NULL && i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (row_counts(part, row) && is_shown(own, row->reporter, row->day))
			sum = count_add(sum, row->failed_sessions);
	}
	return sum;
}

/* Adds a piece to a line. */
static void
join_line(const ProblemsOwn *own, Line *line, const Piece *piece)
{
	g_ptr_array_add(line->problems, piece->problem);
	for (guint i = 0; i < piece->parts->len; i++) {
		IncidentPart *part = g_ptr_array_index(piece->parts, i);
		g_ptr_array_add(line->parts, part);
		g_hash_table_add(line->domains, (gpointer)part->shown.domain);
		line->failed_sessions = count_add(
			line->failed_sessions, failed_sessions_of(own, part));
	}
}

static Line *
start_line(const Piece *piece, bool in_window)
{
	Line *line = g_new0(Line, 1);

	line->kind = piece->problem->kind;
	line->in_window = in_window;
	line->unverified = piece->unverified;
	line->parts = g_ptr_array_new();
	line->problems = g_ptr_array_new();
	line->domains = g_hash_table_new(NULL, NULL);
	return line;
}

/* Of a kind and domain, in W or not, believed or not. */
static char *
place_key(const Line *line, const char *domain)
{
	return g_strdup_printf(
		"%d%d\n%s\n%s", line->in_window, line->unverified, line->kind, domain);
}

/* The largest line of each place, by its key. */
static GHashTable *
largest_lines(const GPtrArray *lines)
{
	GHashTable *largest = text_table_new(g_free, NULL);

	for (guint i = 0; i < lines->len; i++) {
		Line *line = g_ptr_array_index(lines, i);
		GHashTableIter iter;
		gpointer domain;
		g_hash_table_iter_init(&iter, line->domains);
		while (g_hash_table_iter_next(&iter, &domain, NULL)) {
			char *key = place_key(line, domain);
			const Line *other = g_hash_table_lookup(largest, key);
			if (other == NULL || line->failed_sessions > other->failed_sessions)
				g_hash_table_insert(largest, key, line);
			else
				g_free(key);
		}
	}
	return largest;
}

/* Puts pieces with an MX together, by the domains that they have. */
static void
join_by_domains(const ProblemsOwn *own, const GPtrArray *pieces, GPtrArray *lines)
{
	g_autoptr(GHashTable) by_key = text_table_new(g_free, NULL);

	for (guint i = 0; i < pieces->len; i++) {
		const Piece *piece = g_ptr_array_index(pieces, i);
		bool in_window;
		if (*piece->problem->mx == '\0')
			continue;
		g_autoptr(GPtrArray) names = domains_of(piece, &in_window);
		g_autofree char *key = line_key(piece, names, in_window);
		Line *line = g_hash_table_lookup(by_key, key);
		if (line == NULL) {
			line = start_line(piece, in_window);
			g_ptr_array_add(lines, line);
			g_hash_table_insert(by_key, g_steal_pointer(&key), line);
		}
		join_line(own, line, piece);
	}
}

/* Puts those without an MX to the largest line of their kind and domain. */
static void
join_largest(const ProblemsOwn *own, const GPtrArray *pieces, GPtrArray *lines)
{
	g_autoptr(GHashTable) largest = largest_lines(lines);

	for (guint i = 0; i < pieces->len; i++) {
		const Piece *piece = g_ptr_array_index(pieces, i);
		bool in_window;
		if (*piece->problem->mx != '\0')
			continue;
		g_autoptr(GPtrArray) names = domains_of(piece, &in_window);
		Line *own_line = start_line(piece, in_window);
		g_autofree char *key = place_key(own_line, g_ptr_array_index(names, 0));
		Line *line = g_hash_table_lookup(largest, key);
		if (line == NULL) {
			line = own_line;
			g_ptr_array_add(lines, line);
		} else {
			line_free(own_line);
		}
		join_line(own, line, piece);
	}
}

int64_t
line_number(const Line *line)
{
	int64_t number = G_MAXINT64;

	for (guint i = 0; i < line->problems->len; i++) {
		const ProblemPart *problem = g_ptr_array_index(line->problems, i);
		if (i == 0 || *problem->mx != '\0')
			number = MIN(number, problem->told);
	}
	return number;
}

/*
 * Adds problems that are in no line today to the one that has their number, so that what the operator decides
 * of the number holds for them, too, when they come back.
 */
static void
join_quiet(const ProblemsOwn *own, const GPtrArray *pieces, const GPtrArray *lines)
{
	g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable)
		by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < pieces->len; i++)
		g_hash_table_add(shown, ((const Piece *)g_ptr_array_index(pieces, i))->problem);
	for (guint i = 0; i < lines->len; i++) {
		Line *line = g_ptr_array_index(lines, i);
		const int64_t number = line_number(line);
		if (!line->unverified
			&& (line->in_window || !g_hash_table_contains(by_number, &number)))
			g_hash_table_insert(by_number, g_memdup2(&number, sizeof(number)), line);
	}
	g_hash_table_iter_init(&iter, own->problems);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const ProblemPart *problem = value;
		Line *line = g_hash_table_lookup(by_number, &problem->told);
		if (line != NULL && !g_hash_table_contains(shown, problem))
			g_ptr_array_add(line->problems, value);
	}
}

GPtrArray *
lines_join(const ProblemsOwn *own)
{
	g_autoptr(GPtrArray) pieces = cut_pieces(own);
	GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);

	join_by_domains(own, pieces, lines);
	join_largest(own, pieces, lines);
	join_quiet(own, pieces, lines);
	return lines;
}
