#include "options.h"

#include "tlsrpt/domain_list.h"
#include "tlsrpt/error.h"
#include "tlsrpt/suggest.h"

#include <string.h>

#define ALL_TAKES (-1)

static const CommandOption common_options[] = {
	{ "db", 0, G_OPTION_ARG_FILENAME, offsetof(Request, db), "The store", "URI", TAKES_STORE },
	{ "config", 'c', G_OPTION_ARG_FILENAME, offsetof(Request, config), "The configuration",
		"FILE", TAKES_STORE },
	{ "domain", 0, G_OPTION_ARG_FILENAME_ARRAY, offsetof(Request, domains),
		"Of this policy domain", "DOMAIN", TAKES_DOMAIN },
	{ "organization", 0, G_OPTION_ARG_FILENAME, offsetof(Request, organization),
		"By this organization", "NAME", TAKES_ORGANIZATION },
	{ "since", 0, G_OPTION_ARG_FILENAME, offsetof(Request, since),
		"From this day on: 2026-11-01, 7d, \"last monday\"", "DAY", TAKES_SINCE },
	{ "until", 0, G_OPTION_ARG_FILENAME, offsetof(Request, until), "Up to this day", "DAY",
		TAKES_UNTIL },
	{ "authenticated-only", 0, G_OPTION_ARG_NONE, offsetof(Request, authenticated_only),
		"Believe only senders that are authenticated", NULL, TAKES_AUTHENTICATED_ONLY },
	{ "format", 'f', G_OPTION_ARG_FILENAME, offsetof(Request, format), "The format", "FORMAT",
		0 },
	{ "ascii", 0, G_OPTION_ARG_NONE, offsetof(Request, ascii), "No characters but ASCII", NULL,
		0 },
	{ "unicode", 0, G_OPTION_ARG_NONE, offsetof(Request, unicode),
		"Domain names also in their own letters", NULL, 0 },
	{ "no-pager", 0, G_OPTION_ARG_NONE, offsetof(Request, no_pager),
		"Do not page on a terminal", NULL, 0 },
	{ "help", 'h', G_OPTION_ARG_NONE, offsetof(Request, help), "Says what options there are",
		NULL, 0 },
	{ "now", 0, G_OPTION_ARG_INT64, offsetof(Request, now), NULL, NULL, 0 },
	{ 0 },
};

/*
 * Whether the command has an option of its own with that name, or with that letter unless it is 0.
 */
static bool
has_own(const Command *command, const char *name, char letter)
{
	for (const CommandOption *own = command != NULL ? command->options : NULL;
		own != NULL && own->name != NULL; own++) {
		if (g_strcmp0(own->name, name) == 0 || (letter != 0 && own->short_name == letter))
			return true;
	}
	return false;
}

static void
add_option(GArray *entries, const Request *request, const CommandOption *option, void *values)
{
	const Command *command = request->command;
	const bool is_common = values == request;
	const bool is_format = is_common && option->offset == offsetof(Request, format);
	char letter = option->short_name;

	/* A letter means what the command itself has it for: -c of a plugin is --critical. */
	if (is_common && has_own(command, NULL, letter))
		letter = 0;

	const GOptionEntry entry = {
		.long_name = option->name,
		.short_name = letter,
		.flags = option->help == NULL ? G_OPTION_FLAG_HIDDEN : 0,
		.arg = option->arg,
		.arg_data = G_STRUCT_MEMBER_P(values, option->offset),
		.description = is_format && command != NULL ? request->format_names : option->help,
		.arg_description = option->value_name,
	};

	/*
	 * If the command has an option of this name itself, its description is more to the point.
	 */
	if (!is_common || !has_own(command, option->name, 0))
		g_array_append_val(entries, entry);
}

/* The options of the command of the request, or all common ones if it has no command. */
static GArray *
new_entries(Request *request)
{
	const Command *command = request->command;
	const int takes = command != NULL ? command->takes : ALL_TAKES;
	GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

	if (command != NULL && request->format_names == NULL) {
		g_autofree const char **formats = render_formats(command->document);
		request->format_names = g_strjoinv(", ", (char **)formats);
	}
	for (const CommandOption *common = common_options; common->name != NULL; common++) {
		if (common->takes != 0 && (common->takes & takes) != 0)
			add_option(entries, request, common, request);
	}
	for (const CommandOption *own = command != NULL ? command->options : NULL;
		own != NULL && own->name != NULL; own++)
		add_option(entries, request, own, request->own);
	for (const CommandOption *common = common_options; common->name != NULL; common++) {
		if (common->takes == 0)
			add_option(entries, request, common, request);
	}
	return entries;
}

/* What parses them. */
static GOptionContext *
new_context(Request *request)
{
	const Command *command = request->command;
	g_autoptr(GArray) entries = new_entries(request);
	GOptionContext *context = g_option_context_new(
		command != NULL ? command->operands : "[COMMAND]");
	g_option_context_add_main_entries(
		context, (const GOptionEntry *)(const void *)entries->data, NULL);
	/* GLib's own help exits with 0 even if it could not be written. */
	g_option_context_set_help_enabled(context, FALSE);
	if (command != NULL)
		g_option_context_set_summary(context, command->summary);
	return context;
}

int
options_find_command(int argc, char **argv)
{
	g_autofree char **rest = g_memdup2(argv, ((gsize)argc + 1) * sizeof(*argv));
	char **left = rest;
	int n_left = argc;
	Request scratch = { 0 };
	g_autoptr(GOptionContext) context = new_context(&scratch);
	int found = 0;

	/* Unknown options may be a command's own, so the command judges them later. */
	g_option_context_set_ignore_unknown_options(context, TRUE);
	g_option_context_set_strict_posix(context, TRUE);
	if (g_option_context_parse(context, &n_left, &left, NULL)) {
		for (int i = 1; i < n_left && found == 0; i++) {
			for (int j = 1; j < argc && *left[i] != '-' && found == 0; j++)
				found = argv[j] == left[i] ? j : 0;
		}
	}
	options_clear(&scratch);
	return found;
}

static bool
check_operands(const Request *request, GError **error)
{
	const Command *command = request->command;

	if (request->n_operands >= command->min_operands
		&& request->n_operands <= command->max_operands)
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"usage: " PROGRAM " %s%s%s [OPTION]...", command->name,
		*command->operands != '\0' ? " " : "", command->operands);
	return false;
}

static bool
check_format(const Request *request, GError **error)
{
	g_autofree const char **formats = render_formats(request->command->document);

	if (request->format == NULL || g_strv_contains(formats, request->format))
		return true;
	g_autofree char *meant = suggest_text(request->format, formats);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "no format \"%s\"%s", request->format,
		meant);
	return false;
}

static void
add_name(GArray *entries, const CommandOption *option)
{
	const GOptionEntry entry = { .long_name = option->name };

	g_array_append_val(entries, entry);
}

/* Says what was probably meant.  Takes the problem; returns false. */
static bool
fail_option(Request *request, char **argv, GError *problem, GError **error)
{
	g_autoptr(GArray) entries = new_entries(request);
	g_autofree char *help = g_strdup_printf(PROGRAM " help %s", request->command->name);
	g_autofree char *text = g_error_matches(
					problem, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
		? suggest_option(argv + 1, (const GOptionEntry *)(const void *)entries->data, help)
		: NULL;

	if (text == NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	g_error_free(problem);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, text);
	return false;
}

char *
options_suggest(char **arguments, const Command *const *list)
{
	g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

	/* A command's own options may stand before it, too. */
	for (const Command *const *command = list; *command != NULL; command++) {
		for (const CommandOption *own = (*command)->options;
			own != NULL && own->name != NULL; own++)
			add_name(all, own);
	}
	for (const CommandOption *common = common_options; common->name != NULL; common++)
		add_name(all, common);
	return suggest_option(
		arguments, (const GOptionEntry *)(const void *)all->data, PROGRAM " help");
}

bool
options_parse(Request *request, int argc, char **argv, GError **error)
{
	const Command *command = request->command;

	request->own = g_malloc0(MAX(command->own_size, 1));
	g_autoptr(GOptionContext) context = new_context(request);
	g_autoptr(GError) problem = NULL;
	if (!g_option_context_parse(context, &argc, &argv, &problem))
		return fail_option(request, argv, g_steal_pointer(&problem), error);

	char **operands = argv + MIN(argc, 1);
	if (*operands != NULL && strcmp(*operands, "--") == 0)
		operands++;
	request->operands = g_strdupv(operands);
	request->n_operands = g_strv_length(operands);
	return request->help || (check_operands(request, error) && check_format(request, error));
}

char *
options_help(Request *request)
{
	g_autoptr(GOptionContext) context = new_context(request);

	return g_option_context_get_help(context, TRUE, NULL);
}

bool
options_read_domains(char ***domains, GError **error)
{
	static char *none[] = { NULL };
	char **list = domain_list_read(
		(const char *const *)(*domains != NULL ? *domains : none), true, error);

	if (list == NULL) {
		g_prefix_error(error, "--domain: ");
		return false;
	}
	/* No domain would stand for all: on the page of a customer who has none yet, those of the others. */
	if (*domains != NULL && **domains != NULL && *list == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"--domain: %s: there is no domain in the file", **domains + 1);
		g_strfreev(list);
		return false;
	}
	g_strfreev(*domains);
	*domains = list;
	return true;
}

static void
clear_values(const CommandOption *options, void *values)
{
	for (; options != NULL && options->name != NULL; options++) {
		void *value = G_STRUCT_MEMBER_P(values, options->offset);
		if (options->arg == G_OPTION_ARG_FILENAME)
			g_clear_pointer((char **)value, g_free);
		else if (options->arg == G_OPTION_ARG_FILENAME_ARRAY)
			g_clear_pointer((char ***)value, g_strfreev);
	}
}

void
options_clear(Request *request)
{
	clear_values(common_options, request);
	if (request->own != NULL) {
		if (request->command->clear != NULL)
			request->command->clear(request->own);
		clear_values(request->command->options, request->own);
	}
	g_clear_pointer(&request->own, g_free);
	g_clear_pointer(&request->domain, g_free);
	g_clear_pointer(&request->format_names, g_free);
	g_clear_pointer(&request->operands, g_strfreev);
	g_clear_pointer(&request->settings, config_free);
}
