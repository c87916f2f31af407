#include "command.h"

#include "tlsrpt/check.h"
#include "tlsrpt/error.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/mime.h"
#include "tlsrpt/report.h"
#include "tlsrpt/view_check.h"
#include "tlsrpt/window.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line, whatever is in it. */
static void G_GNUC_PRINTF(1, 2)
complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_autofree char *safe = escape_terminal(message, 0);
	fprintf(stderr, PROGRAM ": %s\n", safe);
}

static void
options_clear(Options *options)
{
	g_free(options->db);
	g_free(options->config);
	g_free(options->domain);
	g_free(options->organization);
	g_free(options->since);
	g_free(options->until);
	g_free(options->format);
	g_free(options->warning);
	g_free(options->critical);
	g_free(options->author);
	g_free(options->from);
	g_free(options->to);
	g_free(options->keep);
	g_free(options->keep_totals);
	g_strfreev(options->operands);
	config_free(options->settings);
	g_free(options->expect);
	g_free(options->expected);
	g_strfreev(options->rua);
	g_free(options->server);
}

static const Command *
find_command(const char *name)
{
	for (const Command *command = commands; command->name != NULL; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

static void
print_help(FILE *out)
{
	fprintf(out, "Usage: " PROGRAM " [COMMAND] [OPTION]...\n\nCommands:\n");
	for (const Command *command = commands; command->name != NULL; command++) {
		g_autofree char *usage =
			g_strdup_printf("%s %s", command->name, command->operands);
		fprintf(out, "  %-26s  %s\n", usage, command->summary);
	}
	fprintf(out, "\n" PROGRAM " help COMMAND says what options it takes; tlsrpt(1) has it all.\n");
}

static GOptionContext *
option_context(const Command *command, Options *options)
{
	const GOptionEntry store[] = {
		{ "db", 0, 0, G_OPTION_ARG_FILENAME, &options->db, "The store", "URI" },
		/* Plugins are asked for a critical range by -c. */
		{ "config", command->is_plugin ? '\0' : 'c', 0, G_OPTION_ARG_FILENAME,
			&options->config, "The configuration", "FILE" },
		{ 0 },
	};
	const GOptionEntry filter[] = {
		{ "domain", 0, 0, G_OPTION_ARG_FILENAME, &options->domain, "Of this policy domain",
			"DOMAIN" },
		{ "organization", 0, 0, G_OPTION_ARG_FILENAME, &options->organization,
			"By this organization", "NAME" },
		{ "since", 0, 0, G_OPTION_ARG_FILENAME, &options->since,
			"From this day on: 2026-11-01, 7d, \"last monday\"", "DAY" },
		{ "until", 0, 0, G_OPTION_ARG_FILENAME, &options->until, "Up to this day", "DAY" },
		{ 0 },
	};
	const GOptionEntry all[] = {
		{ "format", 'f', 0, G_OPTION_ARG_FILENAME, &options->format,
			command->formats != NULL ? command->formats : ALL_FORMATS, "FORMAT" },
		{ "ascii", 0, 0, G_OPTION_ARG_NONE, &options->ascii, "No characters but ASCII", NULL },
		{ "no-pager", 0, 0, G_OPTION_ARG_NONE, &options->no_pager,
			"Do not page on a terminal", NULL },
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &options->help, "Says what options there are", NULL },
		{ "now", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT64, &options->now, NULL, NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->operands, NULL,
			NULL },
		{ 0 },
	};
	GOptionContext *context = g_option_context_new(command->operands);

	g_option_context_set_summary(context, command->summary);
	if (command->takes & TAKES_STORE)
		g_option_context_add_main_entries(context, store, NULL);
	if (command->takes & TAKES_FILTER)
		g_option_context_add_main_entries(context, filter, NULL);
	if (command->add_options != NULL)
		command->add_options(options, context);
	g_option_context_add_main_entries(context, all, NULL);
	return context;
}

static bool
has_format(const Command *command, const char *name)
{
	g_auto(GStrv) names =
		g_strsplit(command->formats != NULL ? command->formats : ALL_FORMATS, ", ", -1);

	return g_strv_contains((const char *const *)names, name);
}

static bool
check_options(const Command *command, const Options *options, GError **error)
{
	const int n = options->operands != NULL ? (int)g_strv_length(options->operands) : 0;

	if (n < command->min_operands || n > command->max_operands) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"usage: " PROGRAM " %s%s%s [OPTION]...; the command comes first", command->name,
			*command->operands != '\0' ? " " : "", command->operands);
		return false;
	}
	if (options->format != NULL && !has_format(command, options->format)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "no format \"%s\"",
			options->format);
		return false;
	}
	return true;
}

/* What the options ask for. */
static bool
make_filter(const Command *command, Options *options, GError **error)
{
	const int64_t today = day_of(options->now);
	Window window;

	if (!window_parse(options->since, options->until, command->default_days, today, &window,
		    error))
		return false;
	char *domain = options->domain != NULL ? check_hostname(options->domain) : NULL;
	if (domain != NULL) {
		g_free(options->domain);
		options->domain = domain;
	}
	options->filter = (StoreFilter){
		.domain = options->domain,
		.organization = options->organization,
		.since_day = window.since_day,
		.until_day = window.until_day,
		.authenticated_only = options->authenticated_only,
		.today = today,
		.window_day = today - options->settings->window_days,
	};
	return true;
}

static StoreUse
store_use(const Command *command, const Options *options)
{
	return command->use != NULL ? command->use(options) : STORE_READ;
}

static Document *
make_answer(const Command *command, Options *options, GError **error)
{
	if (!(command->takes & TAKES_STORE))
		return command->answer(options, NULL, NULL, error);

	options->settings = config_read(options->config, error);
	if (options->settings == NULL || !make_filter(command, options, error))
		return NULL;
	switch (store_use(command, options)) {
	case STORE_UNUSED:
		break;
	case STORE_READ:
		return answer_from_store(command, options, &options->filter, error);
	case STORE_WRITE:
		return answer_by_writing(command, options, &options->filter, error);
	}
	return command->answer(options, NULL, &options->filter, error);
}

/* Monitoring systems read standard output, and know no trouble but an unknown status. */
static int
fail_plugin(const GError *error)
{
	g_autofree char *safe = escape_terminal(error->message, 0);

	printf("TLSRPT UNKNOWN - %s\n", g_strdelimit(safe, "|", '/'));
	output_end();
	return CHECK_UNKNOWN;
}

static int
fail(const Command *command, const GError *error)
{
	if (command->is_plugin)
		return fail_plugin(error);

	const bool usage = g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE)
		|| error->domain == G_OPTION_ERROR;

	complain("%s", error->message);
	return usage ? EXIT_USAGE : EXIT_TROUBLE;
}

static int
run_command(const Command *command, int argc, char **argv)
{
	Options options = { .now = g_get_real_time() / G_USEC_PER_SEC };
	g_autofree char *name = g_strdup_printf(PROGRAM " %s", command->name);
	g_autoptr(GOptionContext) context = option_context(command, &options);
	g_autoptr(GError) error = NULL;
	g_autoptr(Document) document = NULL;
	int code = EXIT_SUCCESS;

	g_set_prgname(name);
	/* That of GLib exits 0 whether or not it could be written. */
	g_option_context_set_help_enabled(context, FALSE);
	const bool parsed = g_option_context_parse(context, &argc, &argv, &error);
	if (parsed && options.help) {
		g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
		g_print("%s", help);
		options_clear(&options);
		return output_end();
	}
	if (parsed && check_options(command, &options, &error)
		&& (command->prepare == NULL || command->prepare(&options, &error)))
		document = make_answer(command, &options, &error);
	code = document != NULL ? output(command, &options, document) : fail(command, error);
	options_clear(&options);
	return code;
}

/* "tlsrpt help COMMAND" is "tlsrpt COMMAND --help". */
static int
run_help(int argc, char **argv)
{
	const Command *command = argc > 2 ? find_command(argv[2]) : NULL;
	char help[] = "--help";
	char *arguments[] = { argv[0], help, NULL };

	if (argc > 2 && command == NULL) {
		complain("no command \"%s\"", argv[2]);
		return EXIT_USAGE;
	}
	if (command == NULL) {
		print_help(stdout);
		return output_end();
	}
	return run_command(command, 2, arguments);
}

int
main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : NULL;
	const Command *command = &commands[0];

	setlocale(LC_ALL, "");
	g_log_writer_default_set_use_stderr(TRUE);
	if (first != NULL && strcmp(first, "--version") == 0) {
		printf(PROGRAM " %s\n", TLSRPT_VERSION);
		return output_end();
	}
	if (first != NULL
		&& (strcmp(first, "help") == 0 || strcmp(first, "--help") == 0
			|| strcmp(first, "-h") == 0))
		return run_help(argc, argv);
	if (first != NULL && *first != '-') {
		command = find_command(first);
		if (command == NULL) {
			complain("no command \"%s\"; see " PROGRAM " help", first);
			return EXIT_USAGE;
		}
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	const int code = run_command(command, argc, argv);
	mime_shutdown();
	return code;
}
