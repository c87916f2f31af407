#include "command.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void
add_policy_options(Options *options, GOptionContext *context)
{
	const GOptionEntry own[] = {
		{ "expect", 0, 0, G_OPTION_ARG_FILENAME, &options->expect,
			"Compare with the MTA-STS policy in this file; - is standard input", "FILE" },
		{ 0 },
	};

	g_option_context_add_main_entries(context, own, NULL);
}

/* All of a file that may be a policy; caller frees. */
static char *
read_policy(const char *name, GError **error)
{
	const bool is_stdin = strcmp(name, "-") == 0;
	g_autofree char *text = g_malloc(MTA_STS_MAX_BYTES + 2);
	size_t length = 0;

	errno = 0;
	FILE *file = is_stdin ? stdin : fopen(name, "re");
	if (file != NULL)
		length = fread(text, 1, MTA_STS_MAX_BYTES + 1, file);
	const bool failed = file == NULL || ferror(file) != 0;
	const int number = errno;
	if (file != NULL && !is_stdin)
		fclose(file);
	if (failed) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s", name,
			g_strerror(number));
		return NULL;
	}
	text[length] = '\0';
	if (length > MTA_STS_MAX_BYTES || !g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s", name,
			length > MTA_STS_MAX_BYTES ? "is larger than a policy may be (64 KiB)"
						   : "is not UTF-8 text");
		return NULL;
	}
	return g_steal_pointer(&text);
}

/* "mta-sts.txt: line 2: mode is none of ..." */
static void
set_flaw(const char *name, const MtaStsProblem *flaw, GError **error)
{
	g_autofree char *line =
		flaw->line > 0 ? g_strdup_printf("line %d: ", flaw->line) : g_strdup("");

	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s%s%s%s", name, line,
		flaw->key != NULL ? flaw->key : "", flaw->key != NULL ? " " : "", flaw->what);
}

bool
prepare_policy(Options *options, GError **error)
{
	if (options->expect == NULL)
		return true;
	options->expected = read_policy(options->expect, error);
	if (options->expected == NULL)
		return false;

	g_autoptr(MtaSts) policy = mta_sts_parse(options->expected);
	const MtaStsProblem *flaw = mta_sts_flaw(policy);
	if (flaw != NULL)
		set_flaw(options->expect, flaw, error);
	return flaw == NULL;
}

Document *
answer_policy(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	const Config *settings = options->settings;
	g_autoptr(MtaSts) expected =
		options->expected != NULL ? mta_sts_parse(options->expected) : NULL;

	const PolicyQuestion question = { expected, settings->window_days,
		settings->learning_days };
	return view_policy(store, filter, &question, error);
}
