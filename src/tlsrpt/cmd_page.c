/* Writes the page: it is asked for, and then it takes the place of the one before, whole. */
#include "command.h"
#include "replace_file.h"

#include "tlsrpt/error.h"
#include "tlsrpt/view_page.h"

#include <string.h>

#define FORMAT_HTML "html"
#define STANDARD_OUTPUT "-"

typedef struct {
	char *output, *css;
	char **domains;
	gboolean with_hosts;
	/* What follows from them. */
	char *css_path, *css_url;
} Own;

static const CommandOption options[] = {
	{ "output", 0, G_OPTION_ARG_FILENAME, offsetof(Own, output),
		"Write it to this file; - is standard output", "FILE", 0 },
	{ "domain", 0, G_OPTION_ARG_FILENAME_ARRAY, offsetof(Own, domains),
		"Of this policy domain; may be given several times", "DOMAIN", 0 },
	{ "css", 0, G_OPTION_ARG_FILENAME, offsetof(Own, css),
		"Write the style to this file beside the page", "FILE", 0 },
	{ "with-hosts", 0, G_OPTION_ARG_NONE, offsetof(Own, with_hosts),
		"Also addresses, contacts, who wrote the notes", NULL, 0 },
	{ 0 },
};

static bool
fail_usage(const char *what, GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, what);
	return false;
}

/* The style sheet is in the directory of the page, since the page names it by its name alone. */
static bool
prepare_css(Own *own, GError **error)
{
	g_autofree char *name = g_path_get_basename(own->css);
	g_autofree char *directory = g_path_get_dirname(own->output);
	g_autofree char *own_directory = g_path_get_dirname(own->css);

	if (strcmp(own->output, STANDARD_OUTPUT) == 0)
		return fail_usage("--css: give --output a file, beside which it is written", error);
	if (*own->css == '\0' || g_str_has_suffix(own->css, "/")
		|| (strchr(own->css, '/') != NULL && strcmp(directory, own_directory) != 0))
		return fail_usage(
			"--css: give the name of a file in the directory of the page", error);
	own->css_path = g_build_filename(directory, name, NULL);
	if (strcmp(own->css_path, own->output) == 0 || strcmp(name, own->output) == 0)
		return fail_usage("--css: is the same file as --output", error);
	g_autofree char *escaped = g_uri_escape_bytes((const guint8 *)name, strlen(name), NULL);
	own->css_url = g_strconcat("./", escaped, NULL);
	return true;
}

static bool
prepare(Request *request, GError **error)
{
	Own *own = request->own;

	if (!options_read_domains(&own->domains, error))
		return false;
	if (own->output == NULL)
		return fail_usage("--output: give the file that is to be written", error);
	return own->css == NULL || prepare_css(own, error);
}

static void
clear(void *data)
{
	Own *own = data;

	g_free(own->css_path);
	g_free(own->css_url);
}

/* The store is read anew if a writer was in the way, and nothing is written before that is over. */
static Document *
look(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const PageQuestion question = {
		.store = store,
		.domains = (const char *const *)own->domains,
		.today = request->filter.today,
		.window_day = request->filter.window_day,
		.rules = &rules,
		.believe = &believe,
		.quarantine = request->settings->limits.quarantine,
		.with_hosts = own->with_hosts,
		.style = own->css_url,
		.now = request->now,
	};

	return view_page(&question, error);
}

static void
write_page(FILE *file, const void *document)
{
	const Output out = { .file = file };

	render(document, FORMAT_HTML, &out);
}

static void
write_css(FILE *file, G_GNUC_UNUSED const void *data)
{
	fputs(page_css(), file);
}

static Document *
answer(const Request *request, G_GNUC_UNUSED Store *none, GError **error)
{
	const Own *own = request->own;
	g_autoptr(Document) document = answer_from_store(request, look, error);

	if (document == NULL)
		return NULL;
	if (strcmp(own->output, STANDARD_OUTPUT) == 0)
		return g_steal_pointer(&document);
	/* A page never links to a style sheet that is not there. */
	if ((own->css_path != NULL && !replace_file(own->css_path, write_css, NULL, error))
		|| !replace_file(own->output, write_page, document, error))
		return NULL;
	document->is_blank = true;
	return g_steal_pointer(&document);
}

/* answer() opens the store itself. */
static StoreUse
use(G_GNUC_UNUSED const Request *request)
{
	return STORE_UNUSED;
}

const Command command_page = {
	.name = "page",
	.operands = "",
	.summary = "A page to look at, without a server",
	.takes = TAKES_STORE,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.clear = clear,
	.use = use,
	.answer = answer,
	.document = "page",
};
