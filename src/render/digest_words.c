/* The words that the text, the HTML and the subject of the digest share. */
#include "tlsrpt/render_digest.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"

#include <string.h>

#define SUBJECT_NAME_BYTES 60

const char *
digest_section_title(DigestSection section)
{
	static const char *const titles[SECTIONS] = {
		[SECTION_NEW] = "New",
		[SECTION_RECURRING] = "Back again",
		[SECTION_ONGOING] = "Still open",
		[SECTION_GLITCH] = "Perhaps only a glitch",
	};

	return titles[section];
}

DigestSection
digest_section(const Table *problems, size_t row)
{
	const int64_t state = table_number(problems, row, "state");

	if (table_number(problems, row, "alarm") == ALARM_NONE)
		return SECTION_GLITCH;
	return state == INCIDENT_NEW	      ? SECTION_NEW
		: state == INCIDENT_RECURRING ? SECTION_RECURRING
					      : SECTION_ONGOING;
}

bool
digest_is_of_problem(const Document *document, size_t incident, size_t problem)
{
	static const char *const keys[] = { "policy_domain", "result_type" };
	const Table *incidents = document_table(document, "incidents");
	const Table *problems = document_table(document, "problems");

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(table_text(incidents, incident, keys[i]),
			    table_text(problems, problem, keys[i]))
			!= 0)
			return false;
	}
	return true;
}

const char *
digest_note_word(NoteKind kind)
{
	static const char *const words[] = {
		[NOTE_NOTE] = "note",
		[NOTE_RESOLVE] = "resolved",
		[NOTE_REOPEN] = "reopened",
		[NOTE_ACCEPT] = "accepted",
	};

	return words[kind];
}

static char *
failed_text(const Table *table, size_t row)
{
	const int64_t failed = table_number(table, row, "failed_sessions");

	return g_strdup_printf(
		"%" G_GINT64_FORMAT " failed session%s", failed, failed == 1 ? "" : "s");
}

char *
digest_counts(const Table *problems, size_t row)
{
	const int64_t first = table_number(problems, row, "first_seen");
	const int64_t last = table_number(problems, row, "last_seen");
	g_autofree char *failed = failed_text(problems, row);
	g_autofree char *since = day_text(first), *until = day_text(last);
	const int64_t organizations = table_number(problems, row, "organizations");
	g_autofree char *by = g_strdup_printf("%" G_GINT64_FORMAT " organization%s", organizations,
		organizations == 1 ? "" : "s");

	return first == last ? g_strdup_printf("%s, reported by %s, on %s only", failed, by, since)
			     : g_strdup_printf("%s, reported by %s, first on %s, last on %s",
				     failed, by, since, until);
}

char *
digest_incident_counts(const Table *incidents, size_t row)
{
	g_autofree char *failed = failed_text(incidents, row);
	g_autofree char *mode = escape_terminal(table_text(incidents, row, "mode"), 40);

	return g_strdup_printf("%s%s, %s%s%s", table_text(incidents, row, "state"),
		table_number(incidents, row, "late") != 0 ? ", reported late" : "", failed,
		*mode != '\0' ? ", mode " : "", mode);
}

/* Adds a phrase such as "2 new failures", unless there are none. */
static void
add_count(
	GPtrArray *phrases, const Table *digest, const char *key, const char *one, const char *more)
{
	const int64_t n = table_number(digest, 0, key);

	if (n > 0)
		g_ptr_array_add(phrases,
			g_strdup_printf("%" G_GINT64_FORMAT " %s", n, n == 1 ? one : more));
}

static void
add_reception(GPtrArray *phrases, const Table *digest)
{
	g_autofree char *since = day_text(day_of(table_number(digest, 0, "last_received")));

	switch ((Reception)table_number(digest, 0, "reception")) {
	case RECEPTION_REGULAR:
		break;
	case RECEPTION_STOPPED:
		g_ptr_array_add(phrases, g_strdup_printf("no reports since %s", since));
		break;
	case RECEPTION_NONE:
		g_ptr_array_add(phrases, g_strdup("no reports came"));
		break;
	case RECEPTION_NEVER:
		g_ptr_array_add(phrases, g_strdup("no report ever came"));
		break;
	}
}

const char *
digest_reception_help(Reception reception)
{
	if (reception == RECEPTION_NEVER)
		return "To be sent reports, a domain needs a record at _smtp._tls, and the mail to the "
		       "address in it must reach tlsrpt-ingest(1).";
	return "Does the mail with the reports still reach tlsrpt-ingest(1)? See the queue and the log "
	       "of the mail system; tlsrpt status says when the last report came.";
}

/* "1 new failure, 1 still open", or "all well"; caller frees. */
static char *
verdict_text(const Document *document)
{
	const Table *digest = document_table(document, "digest");
	g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(g_free);

	add_reception(phrases, digest);
	add_count(phrases, digest, "new", "new failure", "new failures");
	add_count(phrases, digest, "recurring", "back again", "back again");
	add_count(phrases, digest, "ongoing", "still open", "still open");
	add_count(phrases, digest, "silent", "reporter silent", "reporters silent");
	if (phrases->len == 0)
		g_ptr_array_add(phrases, g_strdup("all well"));
	g_ptr_array_add(phrases, NULL);
	return g_strjoinv(", ", (char **)phrases->pdata);
}

/*
 * The domain that is named in the subject: that of the first problem, or the first in the table if there
 * is no problem but glitches.  NULL if there is no domain.
 */
static const char *
first_domain(const Document *document)
{
	const Table *domains = document_table(document, "domains");
	const Table *problems = document_table(document, "problems");

	for (int section = 0; section < SECTION_GLITCH; section++) {
		for (size_t i = 0; i < problems->rows->len; i++) {
			if ((int)digest_section(problems, i) == section)
				return table_text(problems, i, "policy_domain");
		}
	}
	return domains->rows->len > 0 ? table_text(domains, 0, "policy_domain") : NULL;
}

char *
digest_subject(const Document *document)
{
	const int64_t domains = table_number(document_table(document, "digest"), 0, "domains");
	const char *first = first_domain(document);
	g_autofree char *verdict = verdict_text(document);
	g_autofree char *name = first != NULL ? escape_terminal(first, SUBJECT_NAME_BYTES) : NULL;
	g_autofree char *more = domains > 1 ? g_strdup_printf(" +%" G_GINT64_FORMAT, domains - 1)
					    : g_strdup("");

	if (name == NULL)
		return g_strdup_printf("TLS reports: %s", verdict);
	return g_strdup_printf("TLS reports %s%s: %s", *name != '\0' ? name : "?", more, verdict);
}
