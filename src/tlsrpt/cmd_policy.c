#include "command.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/resolver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
	char *expect; /* the name of a file that holds the policy */
	char *expected; /* the policy in that file */
	int64_t written; /* the day on which the file was written; DAY_NONE if it is none */
	gboolean live, check;
	char *server;
	Resolver *resolver; /* keeps the answers if the store must be asked again */
} Own;

static const CommandOption options[] = {
	{ "expect", 0, G_OPTION_ARG_FILENAME, offsetof(Own, expect),
		"Compare with the policy in this file, or - for stdin", "FILE", 0 },
	{ "check", 0, G_OPTION_ARG_NONE, offsetof(Own, check),
		"With --expect: answer as a monitoring plugin", NULL, 0 },
	{ "live", 0, G_OPTION_ARG_NONE, offsetof(Own, live), "Ask DNS for MX and TLSA records, too",
		NULL, 0 },
	{ "server", 0, G_OPTION_ARG_FILENAME, offsetof(Own, server),
		"Ask this DNS server: ADDRESS, or ADDRESS@PORT", "SERVER", 0 },
	{ 0 },
};

/* The day on which a file was written; DAY_NONE if it is a pipe. */
static int64_t
written_day(FILE *file)
{
	struct stat status;

	return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)
		? day_of(status.st_mtime)
		: DAY_NONE;
}

/* The whole text of a file that may be a policy, and when it was written; caller frees. */
static char *
read_policy(const char *name, int64_t *written, GError **error)
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
	if (file != NULL)
		*written = written_day(file);
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

/* Sets an error such as "mta-sts.txt: line 2: mode is none of ..." */
static void
set_flaw(const char *name, const MtaStsProblem *flaw, GError **error)
{
	g_autofree char *line = flaw->line > 0 ? g_strdup_printf("line %d: ", flaw->line)
					       : g_strdup("");

	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s%s%s%s", name, line,
		flaw->key != NULL ? flaw->key : "", flaw->key != NULL ? " " : "", flaw->what);
}

/* Makes what asks DNS. */
static bool
prepare_live(Own *own, GError **error)
{
	DnsServer server = { 0 };

	if (!own->live && own->server == NULL)
		return true;
	if (own->server != NULL && !dns_server_parse(own->server, &server, error))
		return false;
	own->resolver = resolver_new(own->server != NULL ? &server : NULL);
	return true;
}

/* Reads the policy that --expect names, which must be a valid one. */
static bool
prepare(Request *request, GError **error)
{
	Own *own = request->own;

	own->written = DAY_NONE;
	if (own->check && own->expect == NULL) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"--check compares with a file, so it needs --expect");
		return false;
	}
	if (!prepare_live(own, error))
		return false;
	if (own->expect == NULL)
		return true;
	own->expected = read_policy(own->expect, &own->written, error);
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
	resolver_free(((Own *)own)->resolver);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	g_autoptr(MtaSts) expected = own->expected != NULL ? mta_sts_parse(own->expected) : NULL;

	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const PolicyQuestion question = {
		.expected = expected,
		.expected_since = own->written,
		.is_check = own->check,
		.resolver = own->resolver,
		.rules = &rules,
		.believe = &believe,
	};
	return view_policy(store, &request->filter, &question, error);
}

static bool
is_check(const Request *request)
{
	return ((const Own *)request->own)->check;
}

const Command command_policy = {
	.name = "policy",
	.operands = "",
	.summary = "Policies as senders saw them, what to do",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 90,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.clear = clear,
	.answer = answer,
	.document = "policy",
	.is_plugin = is_check,
};
