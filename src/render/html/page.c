/* The page as one HTML file: its head, the verdict, and the order of its parts. */
#include "page.h"

#include "tlsrpt/html.h"
#include "tlsrpt/render_digest.h"

typedef struct {
	const char *id, *title;
	void (*print)(const Document *document, const Output *out);
} Part;

static const Part parts[] = {
	{ "now", "Broken now", page_problems },
	{ "days", "90 days", page_days },
	{ "domains", "Domains", page_domains },
	{ "mx", "Which MX, seen by whom", page_matrix },
	{ "reporters", "Reporters", page_reporters },
	{ "policies", "Policies", page_policies },
	{ "findings", "Findings", page_findings },
	{ "quarantine", "Quarantine", page_quarantine },
};

static void
print_style(const Table *page, const Output *out)
{
	const char *style = table_text(page, 0, "style");
	g_autofree char *hash = page_style_hash();
	g_autofree char *safe = html_escape(style, 0);
	const bool is_linked = *style != '\0';

	fprintf(out->file,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'%s'; base-uri 'none'; form-action 'none'\">\n",
		is_linked ? "self" : hash);
	if (is_linked)
		fprintf(out->file, "<link rel=\"stylesheet\" href=\"%s\">\n", safe);
	else
		fprintf(out->file, "<style>%s</style>\n", page_css());
}

void
page_head(const Document *document, const Output *out)
{
	const Table *page = document_table(document, "page");
	g_autofree char *sentence = digest_sentence_of(page);
	g_autofree char *safe = html_escape(sentence, 0);

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n",
		out->file);
	print_style(page, out);
	fprintf(out->file, "<title>TLS reports: %s</title>\n</head>\n", safe);
}

/* --- what is said first */

/* How bad it is, as a class, and as a sign with a word. */
typedef struct {
	const char *class, *sign;
} Verdict;

static Verdict
verdict_of(const Table *page)
{
	const Reception reception = (Reception)table_number(page, 0, "reception");

	if (table_number(page, 0, "critical") > 0)
		return (Verdict){ "bad", "✖ Mail is held back" };
	if (table_number(page, 0, "quarantine_full") != 0)
		return (Verdict){ "bad", "✖ The quarantine is full" };
	if (reception == RECEPTION_STOPPED || reception == RECEPTION_NEVER)
		return (Verdict){ "bad", "✖ No reports" };
	if (table_number(page, 0, "warnings") + table_number(page, 0, "silences") > 0)
		return (Verdict){ "warn", "▲ To be looked at" };
	/* Reports come, and so check has no alarm; but there is nothing to tell that all is well. */
	if (reception == RECEPTION_NONE)
		return (Verdict){ "warn", "▲ Nothing is known of these days" };
	return (Verdict){ "ok", "✔ Nothing to do" };
}

static void
print_verdict(const Table *page, const Output *out)
{
	const Verdict verdict = verdict_of(page);
	const int64_t silences = table_number(page, 0, "silences");
	g_autofree char *sentence = digest_sentence_of(page);
	g_autofree char *safe = html_escape(sentence, 0);
	g_autofree char *silent = page_count(silences, "silence");

	fprintf(out->file, "<p class=\"verdict %s\"><strong>%s.</strong> %s", verdict.class,
		verdict.sign, safe);
	if (silences > 0)
		fprintf(out->file, " <a href=\"#reporters\">%s</a>.", silent);
	fputs("</p>\n", out->file);
}

/* Whom it is about, of which days, as of when, and until when it holds. */
static void
print_about(const Table *page, const Output *out)
{
	const int64_t learning = table_number(page, 0, "learning");
	const int64_t waiting = table_number(page, 0, "waiting");
	g_autofree char *domains = page_count(table_number(page, 0, "domains"), "domain");
	g_autofree char *few = page_count(learning, "domain");

	fprintf(out->file, "<p>%s, ", domains);
	page_day(table_number(page, 0, "window_day"), out);
	fputs(" to ", out->file);
	page_day(table_number(page, 0, "last_day"), out);
	fputs(" (UTC). As of ", out->file);
	page_time(table_number(page, 0, "made_at"), out);
	fputs("; stale after ", out->file);
	page_time(table_number(page, 0, "stale_at"), out);
	fputs(": if it is later now, look why this page is no longer written.", out->file);
	if (*table_text(page, 0, "last_received") != '\0')
		fprintf(out->file, " The last report came on <time>%s</time>.",
			table_text(page, 0, "last_received"));
	fputs("</p>\n", out->file);
	if (learning > 0)
		fprintf(out->file,
			"<p>Learning: %s with too few days of reports to be judged.</p>\n", few);
	if (waiting > 0)
		fprintf(out->file,
			"<p>unauthenticated-per-day is in force: %" G_GINT64_FORMAT
			" unauthenticated messages wait for another day.</p>\n",
			waiting);
}

static void
print_contents(const Output *out)
{
	fputs("<nav aria-label=\"Parts of this page\"><ul>\n", out->file);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		fprintf(out->file, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id,
			parts[i].title);
	fputs("</ul></nav>\n", out->file);
}

void
html_page(const Document *document, const Output *out)
{
	const Table *page = document_table(document, "page");

	page_head(document, out);
	fputs("<body>\n<header>\n<h1>TLS reports</h1>\n", out->file);
	print_verdict(page, out);
	print_about(page, out);
	print_contents(out);
	fputs("</header>\n<main>\n", out->file);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		page_section(parts[i].id, parts[i].title, out);
		parts[i].print(document, out);
		fputs("</section>\n", out->file);
	}
	fputs("</main>\n<footer><p>Written by <code>tlsrpt page</code> " TLSRPT_VERSION
	      ". Days are UTC. A share is the part of the sessions that failed, as far as believed "
	      "reporters tell.</p></footer>\n</body>\n</html>\n",
		out->file);
}
