#include "command.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct {
	char *expect; /* the name of a file */
	char *expected; /* the policy in it */
} Own;

static const CommandOption options[] = {
	{ "expect", 0, G_OPTION_ARG_FILENAME, offsetof(Own, expect),
		"Compare with the MTA-STS policy in this file; - is standard input", "FILE", 0 },
	{ 0 },
};

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
	g_autofree char *line = flaw->line > 0 ? g_strdup_printf("line %d: ", flaw->line)
					       : g_strdup("");

	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s%s%s%s", name, line,
		flaw->key != NULL ? flaw->key : "", flaw->key != NULL ? " " : "", flaw->what);
}

/* Reads the policy of --expect, which must be a sound one. */
static bool
prepare(Request *request, GError **error)
{
	Own *own = request->own;

	if (own->expect == NULL)
		return true;
	own->expected = read_policy(own->expect, error);
	if (own->expected == NULL)
		return false;

	g_autoptr(MtaSts) policy = mta_sts_parse(own->expected);
	const MtaStsProblem *flaw = mta_sts_flaw(policy);
	if (flaw != NULL)
		set_flaw(own->expect, flaw, error);
	return flaw == NULL;
}

static void
clear(void *own)
{
	g_free(((Own *)own)->expected);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	const Config *settings = request->settings;
	g_autoptr(MtaSts) expected = own->expected != NULL ? mta_sts_parse(own->expected) : NULL;

	const PolicyQuestion question = { expected, settings->window_days,
		settings->learning_days };
	return view_policy(store, &request->filter, &question, error);
}

const Command command_policy = {
	.name = "policy",
	.operands = "",
	.summary = "The policies that senders saw, and what to do about them",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 90,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.clear = clear,
	.answer = answer,
	.document = "policy",
};
