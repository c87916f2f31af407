#include "command.h"
#include "options.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/mime.h"
#include "tlsrpt/suggest.h"
#include "tlsrpt/view_check.h"
#include "tlsrpt/window.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Prints the error in one line, whatever characters are in it.  Returns the exit code. */
static int
complain(const GError *error)
{
	const bool usage = g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE)
		|| error->domain == G_OPTION_ERROR;
	g_autofree char *safe = escape_terminal(error->message, 0);

	fprintf(stderr, PROGRAM ": %s\n", safe);
	return usage ? EXIT_USAGE : EXIT_TROUBLE;
}

static const Command *
find_command(const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const Command *const *command = commands; *command != NULL; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
		g_ptr_array_add(names, (char *)(*command)->name);
	}
	g_ptr_array_add(names, NULL);
	g_autofree char *meant = suggest_text(name, (const char *const *)names->pdata);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"no command \"%s\"%s %s " PROGRAM " help", name, *meant != '\0' ? meant : ";",
		*meant != '\0' ? "See" : "see");
	return NULL;
}

static void
print_help(FILE *out)
{
	fprintf(out, "Usage: " PROGRAM " [COMMAND] [OPTION]...\n\nCommands:\n");
	for (const Command *const *command = commands; *command != NULL; command++) {
		g_autofree char *usage = g_strdup_printf(
			"%s %s", (*command)->name, (*command)->operands);
		fprintf(out, "  %-27s  %s\n", usage, (*command)->summary);
	}
	fprintf(out,
		"\n" PROGRAM " help COMMAND says what options it takes; tlsrpt(1) has it all.\n");
}

/* Takes over the domain that is asked for. */
static bool
take_domain(Request *request, GError **error)
{
	if (request->domains == NULL)
		return true;
	const char *given = request->domains[0];
	if (request->domains[1] != NULL || *given == '@') {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"%s takes one --domain; several, or those of a file with @FILE, are for alert "
			"and page",
			request->command->name);
		return false;
	}
	/* What a report names as its domain can be asked for, too, if it is none. */
	request->domain = hostname_stored_form(given);
	if (request->domain == NULL)
		request->domain = g_strdup(given);
	return true;
}

/* Makes the filter that the options select. */
static bool
make_filter(Request *request, GError **error)
{
	const int64_t today = day_of(request->now);
	const WindowRequest asked = { request->since, request->until,
		request->command->default_days, today };
	Window window;

	if (!take_domain(request, error) || !window_parse(&asked, &window, error))
		return false;
	request->filter = (StoreFilter){
		.domain = request->domain,
		.organization = request->organization,
		.since_day = window.since_day,
		.until_day = window.until_day,
		.authenticated_only = request->authenticated_only,
		.today = today,
		.window_day = today - request->settings->window_days,
	};
	return true;
}

static Document *
make_answer(Request *request, GError **error)
{
	const Command *command = request->command;

	if (command->prepare != NULL && !command->prepare(request, error))
		return NULL;
	if (!(command->takes & TAKES_STORE))
		return command->answer(request, NULL, error);

	request->settings = config_read(request->config, error);
	if (request->settings == NULL || !make_filter(request, error))
		return NULL;
	const StoreUse use = command->use != NULL ? command->use(request) : STORE_READ;
	switch (use) {
	case STORE_UNUSED:
		break;
	case STORE_READ:
		return answer_from_store(request, command->answer, error);
	case STORE_READ_IF_ANY:
		return answer_from_store_if_any(request, error);
	case STORE_WRITE:
		return answer_by_writing(request, error);
	}
	return command->answer(request, NULL, error);
}

/*
 * Monitoring systems read standard output, and the only state that they have for an error is
 * "unknown".
 */
static int
fail_plugin(const GError *error)
{
	g_autofree char *safe = escape_terminal(error->message, 0);

	printf("TLSRPT UNKNOWN - %s\n", g_strdelimit(safe, "|", '/'));
	output_end();
	return CHECK_UNKNOWN;
}

static int
fail(const Request *request, const GError *error)
{
	const Command *command = request->command;

	return command->is_plugin != NULL && command->is_plugin(request) ? fail_plugin(error)
									 : complain(error);
}

static int
print_command_help(Request *request)
{
	g_autofree char *help = options_help(request);

	fputs(help, stdout);
	return output_end();
}

static int
run_command(const Command *command, int argc, char **argv)
{
	Request request = { .command = command, .now = g_get_real_time() / G_USEC_PER_SEC };
	g_autofree char *name = g_strdup_printf(PROGRAM " %s", command->name);
	g_autoptr(GError) error = NULL;
	g_autoptr(Document) document = NULL;
	int code;

	g_set_prgname(name);
	const bool parsed = options_parse(&request, argc, argv, &error);
	if (parsed && !request.help)
		document = make_answer(&request, &error);
	if (document != NULL)
		code = output(&request, document);
	else if (parsed && request.help)
		code = print_command_help(&request);
	else
		code = fail(&request, error);
	options_clear(&request);
	return code;
}

/* Runs "tlsrpt help COMMAND", which is the same as "tlsrpt COMMAND --help". */
static int
run_help(const char *name)
{
	g_autoptr(GError) error = NULL;
	char program[] = PROGRAM, help[] = "--help";
	char *arguments[] = { program, help, NULL };

	if (name == NULL || strcmp(name, "help") == 0) {
		print_help(stdout);
		return output_end();
	}
	const Command *command = find_command(name, &error);
	return command != NULL ? run_command(command, 2, arguments) : complain(error);
}

static int
run(int argc, char **argv)
{
	const int at = options_find_command(argc, argv);
	const char *name = argv[at];
	g_autoptr(GError) error = NULL;

	if (at == 0)
		return run_command(commands[0], argc, argv);
	if (strcmp(name, "help") == 0)
		return run_help(argv[at + 1]);

	const Command *command = find_command(name, &error);
	if (command == NULL) {
		/* A mistyped option takes no value, which then looks like a command. */
		g_autofree char *option = options_suggest(argv + 1, commands);
		if (option != NULL) {
			g_clear_error(&error);
			g_set_error_literal(&error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, option);
		}
		return complain(error);
	}
	memmove(&argv[at], &argv[at + 1], (size_t)(argc - at) * sizeof(*argv));
	return run_command(command, argc - 1, argv);
}

int
main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";

	setlocale(LC_ALL, "");
	g_log_writer_default_set_use_stderr(TRUE);
	if (strcmp(first, "--version") == 0) {
		printf(PROGRAM " %s\n", TLSRPT_VERSION);
		return output_end();
	}
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		return run_help(argc > 2 ? argv[2] : NULL);

	const int code = run(argc, argv);
	mime_shutdown();
	return code;
}
