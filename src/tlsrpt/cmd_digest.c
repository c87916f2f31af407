#include "command.h"

#include "tlsrpt/compose.h"
#include "tlsrpt/error.h"
#include "tlsrpt/render_digest.h"
#include "tlsrpt/view_digest.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_MESSAGE "message"
#define FORMAT_HTML "html"
#define MESSAGE_WIDTH 72 /* GMime folds what is longer when it encodes it */

/* An option over the configuration; NULL for neither, and for an empty one. */
static const char *
setting(const char *option, const char *configured)
{
	const char *value = option != NULL ? option : configured;

	return value != NULL && *value != '\0' ? value : NULL;
}

static bool
is_message(const Options *options)
{
	return options->format == NULL || strcmp(options->format, FORMAT_MESSAGE) == 0;
}

static bool
check_addresses(const Options *options, const DigestOptions *digest, GError **error)
{
	if (digest->to == NULL && is_message(options)) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"to whom? --to, or to= in the group [digest] of the configuration");
		return false;
	}
	return (digest->to == NULL || compose_check_addresses("--to", digest->to, true, error))
		&& compose_check_addresses("--from", digest->from, false, error);
}

/* The week is over: it ends yesterday, or before. */
static bool
end_week(const Options *options, StoreFilter *filter, GError **error)
{
	if (options->until == NULL)
		filter->until_day = filter->today - 1;
	if (filter->until_day < filter->today)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"--until: the week must be over, so yesterday at the latest");
	return false;
}

Document *
answer_digest(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	const IncidentRules rules = incident_rules(options);
	const Config *settings = options->settings;
	g_autofree char *sender = g_strconcat(PROGRAM "@", g_get_host_name(), NULL);
	const char *from = setting(options->from, settings->digest_from);
	const DigestOptions digest = {
		.from = from != NULL ? from : sender,
		.to = setting(options->to, settings->digest_to),
		.now = options->now,
	};
	StoreFilter week = *filter;

	if (!check_addresses(options, &digest, error) || !end_week(options, &week, error))
		return NULL;
	Document *document = view_digest(store, &week, &rules, &digest, error);
	if (document != NULL && options->only_problems)
		document->is_blank =
			table_cell(document_table(document, "digest"), 0, "well")->number != 0;
	return document;
}

static void
print_text(const Document *document, FILE *out)
{
	/* Whatever the locale is, as that of cron: the message says that it is UTF-8. */
	static const TextStyle style = { MESSAGE_WIDTH, false, false };

	text_digest(document, &style, out);
}

/* What a function prints; caller frees. */
static char *
printed(const Document *document, void (*print)(const Document *document, FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	g_assert(out != NULL);
	print(document, out);
	fclose(out);
	char *copy = g_strndup(text, size);
	free(text);
	return copy;
}

static void
print_message(const Document *document, FILE *out)
{
	const Table *digest = document_table(document, "digest");
	g_autofree char *subject = digest_subject(document);
	g_autofree char *text = printed(document, print_text);
	g_autofree char *html = printed(document, html_digest);
	const Composition composition = {
		.from = table_text(digest, 0, "from"),
		.to = table_text(digest, 0, "to"),
		.subject = subject,
		.text = text,
		.html = html,
		.at = table_cell(digest, 0, "time")->number,
	};
	g_autoptr(GBytes) message = compose_message(&composition);

	fwrite(g_bytes_get_data(message, NULL), 1, g_bytes_get_size(message), out);
}

bool
print_digest(const Document *document, const char *format, FILE *out)
{
	if (strcmp(format, FORMAT_MESSAGE) == 0)
		print_message(document, out);
	else if (strcmp(format, FORMAT_HTML) == 0)
		html_digest(document, out);
	else
		return false;
	return true;
}

void
add_digest_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options->to, "To whom it is addressed",
			"ADDRESS[,ADDRESS]..." },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options->from, "From whom it is", "ADDRESS" },
		{ "domain", 0, 0, G_OPTION_ARG_FILENAME, &options->domain, "Of this policy domain",
			"DOMAIN" },
		{ "until", 0, 0, G_OPTION_ARG_FILENAME, &options->until,
			"The last day of the week (default: yesterday)", "DAY" },
		{ "authenticated-only", 0, 0, G_OPTION_ARG_NONE, &options->authenticated_only,
			"Believe only senders that are authenticated", NULL },
		{ "only-problems", 0, 0, G_OPTION_ARG_NONE, &options->only_problems,
			"Print nothing if all is well", NULL },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
}
