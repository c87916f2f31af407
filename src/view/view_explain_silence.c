#include "tlsrpt/view_explain.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"

enum {
	NUMBER,
	WITNESS,
	NAME,
	DOMAINS,
	LAST_RECEIVED,
	ACCEPTED,
	NOTE,
	MEANING,
	CAUSES,
	FIXES,
	VERIFY,
	COLUMNS
};

static const Column columns[COLUMNS] = {
	[NUMBER] = { "number", "Id", CELL_WORD },
	[WITNESS] = { "witness", NULL, CELL_TEXT },
	[NAME] = { "name", "Reporter", CELL_TEXT },
	[DOMAINS] = { "domains", "Domains", CELL_NAMES },
	[LAST_RECEIVED] = { "last_received", "Last report", CELL_DAY },
	[ACCEPTED] = { "accepted", NULL, CELL_FLAG },
	[NOTE] = { "note", NULL, CELL_TEXT },
	[MEANING] = { "meaning", "Meaning", CELL_TEXT },
	[CAUSES] = { "causes", NULL, CELL_TEXT },
	[FIXES] = { "fixes", NULL, CELL_TEXT },
	[VERIFY] = { "verify", NULL, CELL_TEXT },
};

static const char *const causes[] = {
	"It has no mail for the domains any more, or sends a report only when it has.",
	("Its reports are refused or lost on the way: at the address of rua, in a spam filter, in the "
	 "queue."),
	"They come, and cannot be read or are not believed: then they are in quarantine, or unverified.",
	"The TXT record at _smtp._tls was changed or lost.",
	"It has stopped reporting.",
};
static const char *const domain_causes[] = {
	"The TXT record at _smtp._tls of the domain was changed or lost.",
	"The domain was given up, or gets no mail from those who report any more.",
	"Its reports are lost on the way: at the address of rua, in a spam filter, in the queue.",
};
static const char *const fixes[] = {
	"See that the record still names the right address, and that mail to it arrives.",
	"Look for its reports in quarantine, in the mail log and in the folder for spam.",
	"If it is known and right so, accept the silence; it ends by itself with the next report.",
};
static const char *const commands[] = {
	"dig +short TXT _smtp._tls.%D",
	"tlsrpt record check %D",
	"tlsrpt quarantine list",
	NULL,
};

static void
set_lines(Cell *cell, const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cell_append_text(cell, "\n", lines[i]);
}

Document *
explained_silence(const Silence *silence)
{
	const bool of_domain = *silence->witness == '\0';
	Document *document = document_new("explain-silence");
	Table *table = document_add_table(document, "silence", NULL, columns, COLUMNS);
	Cell *cells = table_add_row(table);
	g_autoptr(GPtrArray) no_mx = g_ptr_array_new();
	g_autofree char *number = g_strdup_printf("s%" G_GINT64_FORMAT, silence->number);
	g_autofree char *filled = explained_lines(commands, silence->domains, no_mx);

	cell_set_text(&cells[NUMBER], number);
	cell_set_text(&cells[WITNESS], silence->witness);
	cell_set_text(&cells[NAME], silence->name);
	for (guint i = 0; i < silence->domains->len; i++)
		cell_append_text(&cells[DOMAINS], "\n", g_ptr_array_index(silence->domains, i));
	cells[LAST_RECEIVED].number = silence->last_received;
	cells[ACCEPTED].number = silence->accepted;
	cell_set_text(&cells[NOTE], silence->note);
	cell_set_text(&cells[MEANING],
		of_domain ? "Nobody reports about the domain any more"
			  : "A sender that used to report does so no longer");
	set_lines(&cells[CAUSES], of_domain ? domain_causes : causes,
		of_domain ? G_N_ELEMENTS(domain_causes) : G_N_ELEMENTS(causes));
	set_lines(&cells[FIXES], fixes, G_N_ELEMENTS(fixes));
	cell_set_text(&cells[VERIFY], filled);
	return document;
}

Document *
view_explain_silence(const ProblemsQuestion *question, int64_t number, GError **error)
{
	g_autoptr(Problems) problems = problems_read(question, error);

	if (problems == NULL)
		return NULL;
	const Silence *silence = problems_find_silence(problems, number);
	if (silence != NULL)
		return explained_silence(silence);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"there is no silence s%" G_GINT64_FORMAT "; tlsrpt check lists them", number);
	return NULL;
}
