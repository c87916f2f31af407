/* What the verbs of tlsrpt share. */
#ifndef TLSRPT_TLSRPT_COMMAND_H
#define TLSRPT_TLSRPT_COMMAND_H

#include "tlsrpt/config.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/render.h"
#include "tlsrpt/view.h"

#include <glib.h>
#include <stdbool.h>

#define PROGRAM "tlsrpt"

#define ALL_FORMATS "text, json, ndjson, csv" /* those of every command, the default one first */

#define EXIT_TROUBLE 1 /* the store or the output */
#define EXIT_USAGE 2

/* The options that a verb takes, beside its own. */
enum {
	TAKES_STORE = 1, /* --db, --config */
	TAKES_FILTER = 2, /* --domain, --organization, --since, --until */
};

/* What a verb does with the store. */
typedef enum {
	STORE_UNUSED,
	STORE_READ,
	STORE_WRITE,
} StoreUse;

typedef struct {
	char *db, *config, *domain, *organization, *since, *until, *format;
	gint64 now; /* epoch seconds; the clock, but in tests */
	gboolean ascii, no_pager, help;
	gboolean authenticated_only, learning_ok; /* of failures and check */
	char *warning, *critical; /* of check */
	char *author; /* of note, resolve and reopen */
	char *from, *to; /* of digest */
	gboolean only_problems;
	char **operands; /* NULL if there are none */
	Config *settings; /* what the configuration says */
	StoreFilter filter; /* what all these ask for; borrows from them */
	char *expect; /* policy: the file of --expect */
	char *expected; /* its text */
	/* prune, reprocess */
	char *keep, *keep_totals;
	gboolean dry_run;
	char **rua, *server; /* of record */
} Options;

typedef struct Command {
	const char *name, *operands, *summary;
	int takes;
	int default_days; /* of --since */
	int min_operands, max_operands;
	/* Makes the answer; store is NULL where it is unused, filter without TAKES_STORE. */
	Document *(*answer)(const Options *options, Store *store, const StoreFilter *filter,
		GError **error);
	/* Its text, if that is more than its tables. */
	void (*text)(const Document *document, const TextStyle *style, FILE *out);
	/* Prints it in a format that is not for all; false if format is none of its own. */
	bool (*print)(const Document *document, const char *format, FILE *out);
	const char *formats; /* that it has, the default one first; NULL for those of all */
	/* What it does with the store that it takes; NULL: it reads it. */
	StoreUse (*use)(const Options *options);
	bool is_plugin; /* of a monitoring system: trouble is a status, too */
	/* Adds the options that are its own. */
	void (*add_options)(Options *options, GOptionContext *context);
	/* Reads what its options name, before the store is asked, which may happen more than once. */
	bool (*prepare)(Options *options, GError **error);
} Command;

extern const Command commands[]; /* ends with a NULL name; the first is the default */

Document *answer_show(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
Document *answer_explain(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
Document *answer_status(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
Document *answer_policy(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
void add_policy_options(Options *options, GOptionContext *context);
/* Reads the policy of --expect, which must be a sound one. */
bool prepare_policy(Options *options, GError **error);
Document *answer_prune(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
StoreUse use_prune(const Options *options);
void add_prune_options(Options *options, GOptionContext *context);
Document *answer_reprocess(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
StoreUse use_reprocess(const Options *options);
void add_reprocess_options(Options *options, GOptionContext *context);
Document *answer_quarantine(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
StoreUse use_quarantine(const Options *options);
bool print_quarantine(const Document *document, const char *format, FILE *out);
Document *answer_record(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
void add_record_options(Options *options, GOptionContext *context);
/* Whether what is to be shown is in the store, or in a file or on standard input. */
StoreUse use_show(const Options *options);
Document *answer_note(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
Document *answer_resolve(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
Document *answer_reopen(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
StoreUse use_note(const Options *options);
StoreUse use_write(const Options *options);
void add_note_options(Options *options, GOptionContext *context);
/* Who writes, where no option says it. */
bool prepare_note(Options *options, GError **error);

Document *answer_check(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
void add_check_options(Options *options, GOptionContext *context);

Document *answer_digest(const Options *options, Store *store, const StoreFilter *filter,
	GError **error);
bool print_digest(const Document *document, const char *format, FILE *out);
void add_digest_options(Options *options, GOptionContext *context);

/* The rules by which incidents are judged. */
IncidentRules incident_rules(const Options *options);

bool print_export(const Document *document, const char *format, FILE *out);

/* Opens the store of the options, and makes an answer of it that is of one moment. */
Document *answer_from_store(const Command *command, const Options *options,
	const StoreFilter *filter, GError **error);

/* Opens the store of the options, which must be there, for writing, and makes the answer. */
Document *answer_by_writing(const Command *command, const Options *options,
	const StoreFilter *filter, GError **error);

/* Shows how far work on the store is; the progress must last as long. */
StoreWatch watch_by(Progress *progress);

/* Prints to standard output, by a pager on a terminal. Returns the exit code. */
int output(const Command *command, const Options *options, const Document *document);

/* After the last of the output: sees that it was written, or says why not. Returns the exit code. */
int output_end(void);

#endif
