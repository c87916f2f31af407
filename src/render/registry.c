/* Which documents can be had in which formats. */
#include "tlsrpt/render.h"

#include <string.h>

typedef struct {
	const char *schema; /* of the document; NULL for all documents */
	const char *format;
	void (*write)(const Document *document, const Output *out);
} Rendering;

/*
 * Renderings for one document come before those for all documents.  The formats of a document are
 * listed in this order, and the first of them is the default.
 */
static const Rendering renderings[] = {
	{ "summary", "text", text_summary },
	{ "failures", "text", text_failures },
	{ "report", "text", text_report },
	{ "policy", "text", text_policy },
	{ "explain", "text", text_explain },
	{ "explain-problem", "text", text_explain_problem },
	{ "explain-silence", "text", text_explain_silence },
	{ "notes", "text", text_notes },
	{ "check", "text", text_check },
	{ "digest", "message", message_digest },
	{ "digest", "html", html_digest },
	{ "digest", "text", text_digest },
	{ "alert", "message", message_alert },
	{ "alert", "html", html_alert },
	{ "alert", "text", text_alert },
	{ "page", "html", html_page },
	{ "record", "text", text_record },
	{ "status", "text", text_status },
	{ "drop", "text", text_drop },
	{ "prune", "text", text_prune },
	{ "quarantine", "text", text_quarantine },
	{ "quarantine-fates", "text", text_quarantine_fates },
	{ "reprocess", "text", text_reprocess },
	{ NULL, "text", text_tables },
	{ NULL, "json", json_document },
	{ NULL, "ndjson", ndjson_document },
	{ NULL, "csv", csv_document },
	{ "daily", "prometheus", prometheus_daily },
};

static bool
is_for(const Rendering *rendering, const char *schema)
{
	/* A page is to be looked at; its figures are in other documents. */
	return rendering->schema == NULL ? strcmp(schema, "page") != 0
					 : strcmp(rendering->schema, schema) == 0;
}

const char **
render_formats(const char *schema)
{
	const size_t most = G_N_ELEMENTS(renderings) + 1;
	const char **formats = g_new0(const char *, most);
	size_t n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(renderings); i++) {
		const Rendering *rendering = &renderings[i];
		if (is_for(rendering, schema) && !g_strv_contains(formats, rendering->format))
			formats[n++] = rendering->format;
	}
	return formats;
}

void
render(const Document *document, const char *format, const Output *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(renderings); i++) {
		const Rendering *rendering = &renderings[i];
		if (is_for(rendering, document->schema) && strcmp(rendering->format, format) == 0) {
			rendering->write(document, out);
			return;
		}
	}
	g_return_if_reached();
}
