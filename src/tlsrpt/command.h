/*
 * What a command of tlsrpt is.  Each command is a file of its own (cmd_check.c), which holds its
 * options and ends in its entry; commands.c lists the entries.
 */
#ifndef TLSRPT_TLSRPT_COMMAND_H
#define TLSRPT_TLSRPT_COMMAND_H

#include "tlsrpt/config.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/render.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/view.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define PROGRAM "tlsrpt"

#define EXIT_TROUBLE 1 /* the store or the output */
#define EXIT_USAGE 2

/* The common options that a command takes. */
enum {
	TAKES_STORE = 1 << 0, /* --db, --config */
	TAKES_DOMAIN = 1 << 1,
	TAKES_ORGANIZATION = 1 << 2,
	TAKES_SINCE = 1 << 3,
	TAKES_UNTIL = 1 << 4,
	TAKES_AUTHENTICATED_ONLY = 1 << 5,
	TAKES_FILTER = TAKES_DOMAIN | TAKES_ORGANIZATION | TAKES_SINCE | TAKES_UNTIL,
};

/* What a command does with the store. */
typedef enum {
	STORE_UNUSED,
	STORE_READ,
	STORE_READ_IF_ANY, /* without one, unless --db names it, the answer is made without */
	STORE_WRITE,
} StoreUse;

typedef struct Command Command;

/* What a command is asked: its options, its operands, and what follows from them. */
typedef struct {
	const Command *command;
	/* The common options; NULL if not given. */
	char *db, *config, *organization, *since, *until, *format;
	char **domains; /* as given; commands of several domains have an option of their own */
	char *domain; /* the one of them, in stored form */
	gint64 now; /* epoch seconds; the present time, except in tests */
	gboolean authenticated_only, ascii, unicode, no_pager, help;
	char *format_names; /* the names of the formats of its document, for the help */
	char **operands; /* never NULL once the options are parsed */
	size_t n_operands;
	void *own; /* the own options of the command: a structure of Command.own_size bytes */
	Config *settings; /* what the configuration says; NULL without TAKES_STORE */
	StoreFilter filter; /* which rows the options select; borrows from them */
} Request;

/* An option. */
typedef struct {
	const char *name;
	char short_name; /* 0 for none */
	GOptionArg arg; /* a flag, a number, or text, of which the request owns what was given */
	size_t offset; /* of its value, in the command's own structure */
	const char *help, *value_name;
	/* of a common option: the bit of the commands that take it; 0: all commands take it */
	int takes;
} CommandOption;

/* Makes an answer.  store is NULL if the command does not use one. */
typedef Document *(*Answer)(const Request *request, Store *store, GError **error);

struct Command {
	const char *name, *operands, *summary;
	int takes;
	int default_days; /* of --since */
	size_t min_operands, max_operands;
	/* its own options; they end with a NULL name; NULL if there are none */
	const CommandOption *options;
	size_t own_size; /* size of the structure that holds their values */
	/*
	 * Reads what its options name.  It is called once, before the store is asked, which may
	 * happen more than once.
	 */
	bool (*prepare)(Request *request, GError **error);
	void (*clear)(void *own); /* frees what prepare left in the structure; may be NULL */
	/* How it uses the store that it takes; NULL if it always reads it. */
	StoreUse (*use)(const Request *request);
	Answer answer;
	/* the schema of its answer; the formats of that schema are the formats of the command */
	const char *document;
	/*
	 * Whether it answers as a plugin of a monitoring system, one of whose states an error is; NULL
	 * if it never does.
	 */
	bool (*is_plugin)(const Request *request);
};

extern const Command *const commands[]; /* ends with NULL; the first is the default */

/* The rules by which incidents are judged. */
IncidentRules incident_rules(const Request *request);

/* Whom to believe; borrows from the settings. */
BelieveRules believe_rules(const Request *request);

/* Opens the store that is asked for, and makes an answer from the state of one moment. */
Document *answer_from_store(const Request *request, Answer answer, GError **error);

/* Likewise; but if no store is asked for and none can be opened, makes the answer without a store. */
Document *answer_from_store_if_any(const Request *request, GError **error);

/* Opens the store that is asked for, which must exist, for writing, and makes the answer. */
Document *answer_by_writing(const Request *request, GError **error);

/* The URI of the store that is asked for; caller frees. */
char *request_store_uri(const Request *request, GError **error);

/* A watch that shows by progress how far work on the store is; progress must outlast the work. */
StoreWatch watch_by(Progress *progress);

/*
 * Makes of the values of --domain the domains as the store has them, sorted, each once; "@FILE" is the domains
 * in that file.  *domains may be NULL.  USAGE for a file that cannot be read, or has what is not a domain, and
 * if there is none in the files.
 */
bool options_read_domains(char ***domains, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Prints the document to standard output, through a pager if that is a terminal.  Returns the exit
 * code.
 */
int output(const Request *request, const Document *document);

/*
 * Call it after the last output: makes sure that everything was written, or says why not.  Returns
 * the exit code.
 */
int output_end(void);

#endif
