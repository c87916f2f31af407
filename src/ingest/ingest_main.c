#include "bulk.h"
#include "cgi.h"
#include "exits.h"
#include "ingest_log.h"
#include "supervise.h"

#include "tlsrpt/config.h"
#include "tlsrpt/error.h"
#include "tlsrpt/input.h"
#include "tlsrpt/mime.h"
#include "tlsrpt/process.h"
#include "tlsrpt/store.h"
#include "tlsrpt/store_uri.h"
#include "tlsrpt/suggest.h"
#include "tlsrpt/user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define DRAIN_IDLE_MS (300 * 1000)
#define CGI_DRAIN_IDLE_MS (30 * 1000)
#define JOBS_MAX 256
#define INIT_WAIT_US (INT64_C(30) * G_USEC_PER_SEC)

typedef struct {
	char *db, *config, *owner, *log, *files_from;
	int jobs;
	gboolean dry_run, passthrough, reject, cgi, init, print_sql, quiet, verbose, version;
	char **operands;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->db);
	g_free(options->config);
	g_free(options->owner);
	g_free(options->log);
	g_free(options->files_from);
	g_strfreev(options->operands);
}

static bool
usage_error(GError **error, const char *text)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s; see --help", text);
	return false;
}

/* Whether to take in files: there are operands, and not just a single "-". */
static bool
is_bulk(const Options *options)
{
	char **operands = options->operands;

	return options->files_from != NULL
		|| (operands != NULL && (operands[1] != NULL || strcmp(operands[0], "-") != 0));
}

static bool
check_bulk_options(const Options *options, GError **error)
{
	const char *const *operands = (const char *const *)options->operands;

	if (!is_bulk(options))
		return options->jobs == 0 || usage_error(error, "--jobs goes only with files");
	if (operands != NULL && g_strv_contains(operands, "-"))
		return usage_error(error, "a message on standard input does not go with files");
	if (options->files_from != NULL && strcmp(options->files_from, "-") != 0)
		return usage_error(error, "--files-from takes -, for standard input");
	if (options->passthrough || options->cgi || options->init)
		return usage_error(error, "--passthrough, --cgi and --init do not go with files");
	if (options->jobs < 0 || options->jobs > JOBS_MAX)
		return usage_error(error, "--jobs takes a number from 1 to " G_STRINGIFY(JOBS_MAX));
	return true;
}

static bool
check_options(const Options *options, GError **error)
{
	if (!check_bulk_options(options, error))
		return false;
	if (options->owner != NULL && !options->init)
		return usage_error(error, "--owner goes only with --init");
	if (options->print_sql && (!options->init || options->owner != NULL))
		return usage_error(error, "--print-sql goes only with --init, and without --owner");
	if (options->cgi
		&& (options->dry_run || options->passthrough || options->reject || options->init))
		return usage_error(error,
			"--cgi does not go with --dry-run, --passthrough, --reject or --init");
	if (options->init && (options->dry_run || options->passthrough || options->reject))
		return usage_error(
			error, "--init does not go with --dry-run, --passthrough or --reject");
	if (options->dry_run && options->passthrough)
		return usage_error(
			error, "--dry-run and --passthrough both write to standard output");
	if (options->log != NULL && strcmp(options->log, "syslog") != 0
		&& strcmp(options->log, "stderr") != 0)
		return usage_error(error, "--log takes syslog or stderr");
	return true;
}

static bool
parse_options(int *argc, char ***argv, Options *options, GError **error)
{
	const GOptionEntry entries[] = {
		{ "db", 0, 0, G_OPTION_ARG_FILENAME, &options->db, "The store", "URI" },
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
			"The configuration (" CONFIG_DEFAULT_FILE ")", "FILE" },
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options->dry_run,
			"Print what would be stored, and store nothing", NULL },
		{ "passthrough", 0, 0, G_OPTION_ARG_NONE, &options->passthrough,
			"Copy the message to standard output afterwards", NULL },
		{ "reject", 0, 0, G_OPTION_ARG_NONE, &options->reject,
			"Exit with 65 on a bad message, and keep it not", NULL },
		{ "cgi", 0, 0, G_OPTION_ARG_NONE, &options->cgi,
			"Take an HTTPS POST from the environment of CGI", NULL },
		{ "files-from", 0, 0, G_OPTION_ARG_FILENAME, &options->files_from,
			"Take the files that standard input names", "-" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &options->jobs,
			"Files to read at once (the number of processors)", "N" },
		{ "init", 0, 0, G_OPTION_ARG_NONE, &options->init, "Make the store", NULL },
		{ "owner", 0, 0, G_OPTION_ARG_STRING, &options->owner,
			"With --init: whom the store is to belong to", "USER[:GROUP]" },
		{ "print-sql", 0, 0, G_OPTION_ARG_NONE, &options->print_sql,
			"With --init: print the SQL for psql, do nothing", NULL },
		{ "log", 0, 0, G_OPTION_ARG_STRING, &options->log, "Where to log",
			"syslog|stderr" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
			"Say nothing on standard error", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose,
			"Say on standard error what is logged", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version",
			NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->operands, NULL,
			NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("< MESSAGE | FILE|DIRECTORY...");
	g_autoptr(GError) problem = NULL;

	g_option_context_set_summary(context,
		"Takes the SMTP TLS reports (RFC 8460) of one message into a database, or\n"
		"those of all messages in files, mbox files, Maildirs and other directories.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, argc, argv, &problem))
		return check_options(options, error);
	if (g_error_matches(problem, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)) {
		g_autofree char *text = suggest_option(*argv + 1, entries, "--help");
		if (text != NULL) {
			g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, text);
			return false;
		}
	}
	return usage_error(error, problem->message);
}

static LogVerbosity
verbosity_of(const Options *options)
{
	return options->verbose ? LOG_VERBOSE : options->quiet ? LOG_QUIET : LOG_NORMAL;
}

static LogTarget
log_target_of(const Options *options, const Config *config)
{
	if (options->log == NULL)
		return config->log;
	return strcmp(options->log, "stderr") == 0 ? LOG_TO_STDERR : LOG_TO_SYSLOG;
}

/* ": tlsrpt writes to it, the group tlsrpt may read it"; nothing if the store is no file. */
static char *
rights_text(const char *store_uri)
{
	struct stat status;

	if (!store_uri_is_path(store_uri) || stat(store_uri, &status) != 0)
		return g_strdup("");
	g_autofree char *owner = user_name(status.st_uid);
	g_autofree char *group = user_group_name(status.st_gid);
	return g_strdup_printf(": %s writes to it, the group %s may read it", owner, group);
}

static int
print_sql(const char *store_uri, GError **error)
{
	g_autofree char *script = store_init_script(store_uri, error);

	if (script == NULL)
		return exit_code(*error);
	return printf("%s", script) >= 0 && fflush(stdout) == 0 ? EX_OK : EX_TEMPFAIL;
}

static int
run_init(const Options *options, const char *store_uri, GError **error)
{
	const StoreOptions how = {
		.wait_until = g_get_monotonic_time() + INIT_WAIT_US,
		.directory = DIRECTORY_OF_ITS_OWN,
	};
	bool created = false;

	g_assert(store_uri != NULL); /* --init does not go with --dry-run */
	if (options->print_sql)
		return print_sql(store_uri, error);
	if (!store_init(store_uri, options->owner, &how, &created, error))
		return exit_code(*error);
	g_autofree char *uri = store_uri_printable(store_uri);
	g_autofree char *rights = rights_text(store_uri);
	g_autofree char *text = g_strdup_printf(
		created ? "made the store %s%s" : "the store %s was there, and is up to date%s",
		uri, rights);
	log_summary(text);
	return EX_OK;
}

static int
run_filter(const Options *options, const Config *config, const char *store_uri, bool is_default,
	const Inherited *inherited, GError **error)
{
	IngestOptions ingest = {
		.config = config,
		.store_uri = store_uri,
		/* Only the directory of the default store may be made without being asked for. */
		.directory = is_default ? DIRECTORY_MAKE_ALL : DIRECTORY_MUST_EXIST,
		.dry_run = options->dry_run,
		.passthrough = options->passthrough,
		.reject = options->reject || config->reject,
		.no_deadline = !options->cgi && isatty(STDIN_FILENO),
		.input_length = -1,
	};

	if (inherited->stdin_closed)
		g_set_error_literal(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "standard input is closed");
	else if (inherited->stdout_closed
		&& (options->passthrough || options->dry_run || options->cgi))
		g_set_error_literal(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "standard output is closed");
	else if (!options->cgi) {
		if (ingest.no_deadline && !options->quiet)
			log_say("waits for a message on standard input, up to Control-D; see --help");
		return exit_code_of_result(supervise(&ingest));
	} else
		cgi_run(&ingest);
	return *error != NULL ? exit_code(*error) : EX_OK;
}

static int
run_bulk(const Options *options, const Config *config, const char *store_uri, bool is_default)
{
	const IngestOptions ingest = {
		.config = config,
		.store_uri = store_uri,
		.directory = is_default ? DIRECTORY_MAKE_ALL : DIRECTORY_MUST_EXIST,
		.dry_run = options->dry_run,
		.reject = options->reject || config->reject,
	};
	const BulkOptions bulk = {
		.ingest = &ingest,
		.names = (const char *const *)options->operands,
		.names_from_stdin = options->files_from != NULL,
		/* With several workers their output would be mixed. */
		.jobs = options->dry_run    ? 1
			: options->jobs > 0 ? options->jobs
					    : (int)MIN(g_get_num_processors(), JOBS_MAX),
		.verbose = options->verbose,
		.shows_progress = !options->quiet && !options->verbose && !options->dry_run,
	};

	return exit_code_of_result(bulk_run(&bulk));
}

#define COMPLAINT \
	PROGRAM ": not stored, try again: this program has failed, perhaps for want of memory\n"

/*
 * Runs before the constructors of the libraries, when nothing is known but the raw arguments.  So
 * it expects a message on standard input; a mail system would take one for delivered if nobody
 * reads it.
 */
static void
begin(int argc, char **argv, G_GNUC_UNUSED char **environment)
{
	FaultManners manners = { .drain_ms = DRAIN_IDLE_MS, .complaint = COMPLAINT };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--cgi") == 0)
			manners.answer = cgi_unavailable_text;
	}
	process_set_fault_manners(&manners);
	process_catch_faults();
}

__attribute__((section(".preinit_array"), used)) static void (*const begin_early)(
	int, char **, char **) = begin;

/* Sets what a fault does from here on, now that the options are known. */
static void
set_fault_manners(const Options *options)
{
	const FaultManners manners = {
		.drain_ms = options->init || is_bulk(options) ? 0
			: options->cgi			      ? CGI_DRAIN_IDLE_MS
							      : DRAIN_IDLE_MS,
		.answer = options->cgi ? cgi_unavailable_text : NULL,
		.complaint = options->quiet ? NULL : COMPLAINT,
	};

	process_set_fault_manners(&manners);
}

static int
run(int argc, char **argv, Options *options, const Inherited *inherited, GError **error)
{
	const bool parsed = parse_options(&argc, &argv, options, error);

	set_fault_manners(options);
	log_open(LOG_TO_EITHER, verbosity_of(options));
	if (!parsed)
		return exit_code(*error);
	if (options->version) {
		printf(PROGRAM " %s\n", TLSRPT_VERSION);
		return fflush(stdout) == 0 ? EX_OK : EX_TEMPFAIL;
	}

	g_autoptr(Config) config = config_read(options->config, error);
	if (config == NULL)
		return exit_code(*error);
	log_open(log_target_of(options, config), verbosity_of(options));

	g_autofree char *store_uri = NULL;
	bool is_default = false;
	if (!options->dry_run) {
		store_uri = config_store_uri(
			config, options->db, options->init, &is_default, error);
		if (store_uri == NULL)
			return exit_code(*error);
	}
	if (is_bulk(options))
		return run_bulk(options, config, store_uri, is_default);
	/* From here on, all names of files are absolute. */
	if (chdir("/") != 0) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot change to /");
		return exit_code(*error);
	}
	return options->init ? run_init(options, store_uri, error)
			     : run_filter(options, config, store_uri, is_default, inherited, error);
}

int
main(int argc, char **argv)
{
	Inherited inherited;
	Options options = { 0 };
	g_autoptr(GError) error = NULL;

	begin(argc, argv, NULL); /* again, for systems on which .preinit_array is not run */
	process_constructed();
	process_disinherit(&inherited);
	log_start();
	int code = run(argc, argv, &options, &inherited, &error);
	if (error != NULL) {
		/* Some mail systems take a message that was not read to its end for delivered. */
		if (!options.init && !is_bulk(&options) && !isatty(STDIN_FILENO))
			input_drain(STDIN_FILENO, DRAIN_IDLE_MS);
		log_error(error);
		if (options.cgi) {
			cgi_unavailable();
			code = EX_OK;
		}
	}
	options_clear(&options);
	mime_shutdown();
	return code;
}
