/*
 * What a command of tlsrpt is.  Each one stands in a file of its own (cmd_check.c), with its options,
 * and ends in its entry there; commands.c lists the entries.
 */
#ifndef TLSRPT_TLSRPT_COMMAND_H
#define TLSRPT_TLSRPT_COMMAND_H

#include "tlsrpt/config.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/render.h"
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
	STORE_WRITE,
} StoreUse;

typedef struct Command Command;

/* What a command is asked: its options, its operands, and what follows from them. */
typedef struct {
	const Command *command;
	/* The common options; NULL if not given. */
	char *db, *config, *domain, *organization, *since, *until, *format;
	gint64 now; /* epoch seconds; the clock, but in tests */
	gboolean authenticated_only, ascii, no_pager, help;
	char *format_names; /* of the formats that there are, for the help */
	char **operands; /* never NULL once the options are parsed */
	size_t n_operands;
	void *own; /* the options of this command alone: a structure of Command.own_size bytes */
	Config *settings; /* what the configuration says; NULL without TAKES_STORE */
	StoreFilter filter; /* what the options select; borrows from them */
} Request;

/* An option. */
typedef struct {
	const char *name;
	char short_name; /* 0 for none */
	GOptionArg arg; /* a flag, a number, or text, of which the request owns what was given */
	size_t offset; /* of its value, in the command's own structure */
	const char *help, *value_name;
	int takes; /* of a common one: the bit of a command that takes it; 0 is every command */
} CommandOption;

struct Command {
	const char *name, *operands, *summary;
	int takes;
	int default_days; /* of --since */
	size_t min_operands, max_operands;
	const CommandOption *options; /* its own; end with a NULL name; NULL for none */
	size_t own_size; /* of the structure that they are in */
	/* Reads what its options name, before the store is asked, which may happen more than once. */
	bool (*prepare)(Request *request, GError **error);
	void (*clear)(void *own); /* frees what prepare left in the structure; may be NULL */
	/* What it does with the store that it takes; NULL: it reads it. */
	StoreUse (*use)(const Request *request);
	/* Makes the answer; store is NULL where it is unused. */
	Document *(*answer)(const Request *request, Store *store, GError **error);
	const char *document; /* the schema of the answer, which tells what formats there are */
	bool is_plugin; /* of a monitoring system: trouble is a status, too */
};

extern const Command *const commands[]; /* ends with NULL; the first is the default */

/* The rules by which incidents are judged. */
IncidentRules incident_rules(const Request *request);

/* Opens the store that is asked for, and makes an answer of it that is of one moment. */
Document *answer_from_store(const Request *request, GError **error);

/* Opens the store that is asked for, which must be there, for writing, and makes the answer. */
Document *answer_by_writing(const Request *request, GError **error);

/* The URI of the store that is asked for; caller frees. */
char *request_store_uri(const Request *request, GError **error);

/* Shows how far work on the store is; the progress must last as long. */
StoreWatch watch_by(Progress *progress);

/* Prints to standard output, by a pager on a terminal. Returns the exit code. */
int output(const Request *request, const Document *document);

/* After the last of the output: sees that it was written, or says why not. Returns the exit code. */
int output_end(void);

#endif
