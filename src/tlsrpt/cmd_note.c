/*
 * What the operator writes about problems: the commands note, resolve, reopen and accept.  They
 * differ in the kind of the note alone, which has the name of the command.
 */
#include "command.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/window.h"

#include <string.h>

typedef struct {
	char *author, *until;
} Own;

static NoteKind
kind_of(const Request *request)
{
	return note_kind_of(request->command->name);
}

static bool
refuse(GError **error, const char *text)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, text);
	return false;
}

/* Reads "3" or "#3", which is an incident, or "s7", which is a silence. */
static bool
parse_target(const char *word, NoteTarget *target, GError **error)
{
	const bool is_silence = *word == 's';
	const char *number = word + (is_silence || *word == '#');
	gint64 id;

	if (!g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &id, NULL)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"\"%s\" is no incident; tlsrpt failures lists them by number", word);
		return false;
	}
	*target = (NoteTarget){ .incident = is_silence ? 0 : id, .silence = is_silence ? id : 0 };
	return true;
}

/* Reads "1,3,s7" as an array of NoteTarget; NULL if it is something else. */
static GArray *
parse_targets(const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	g_autoptr(GArray) targets = g_array_new(FALSE, FALSE, sizeof(NoteTarget));

	for (char **word = words; *word != NULL; word++) {
		NoteTarget target;
		if (!parse_target(g_strstrip(*word), &target, error))
			return NULL;
		g_array_append_val(targets, target);
	}
	if (targets->len == 0) {
		refuse(error, "which incident? tlsrpt failures lists them by number");
		return NULL;
	}
	return g_steal_pointer(&targets);
}

static bool
check_text(const char *what, const char *text, GError **error)
{
	if (!g_utf8_validate(text, -1, NULL)) {
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "the %s is not in UTF-8", what);
		return false;
	}
	if (strlen(text) > NOTE_MAX_BYTES) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"the %s has more than %d bytes", what, NOTE_MAX_BYTES);
		return false;
	}
	return true;
}

/* The author of the note: who called sudo, if this is run by sudo. */
static const char *
default_author(void)
{
	const char *sudo_user = g_getenv("SUDO_USER");

	return sudo_user != NULL && *sudo_user != '\0' ? sudo_user : g_get_user_name();
}

static bool
check_note(const StoreNote *note, GError **error)
{
	if (note->kind == NOTE_NOTE && *note->text == '\0')
		return refuse(error, "a note without a text says nothing");
	if (*note->author == '\0')
		return refuse(error, "--author: who?");
	return check_text("text", note->text, error) && check_text("author", note->author, error);
}

static bool
add_note(const Request *request, Store *store, const GArray *targets, GError **error)
{
	const char *given = request->operands[1] != NULL ? request->operands[1] : "";
	g_autofree char *text = g_strstrip(g_strdup(given));
	const Own *own = request->own;
	StoreNote note = {
		.kind = kind_of(request),
		.author = own->author,
		.text = text,
		.at = request->now,
	};

	if (own->until != NULL
		&& !window_parse_end(
			"--until", own->until, request->filter.today, &note.until_day, error))
		return false;
	return check_note(&note, error)
		&& store_add_note(store, (const NoteTarget *)(const void *)targets->data,
			targets->len, &note, error);
}

/* Whether only the notes that there are shall be shown. */
static bool
only_shows(const Request *request)
{
	return kind_of(request) == NOTE_NOTE && request->operands[1] == NULL;
}

/* Adds a note if there is one, and shows all notes that there are then. */
static Document *
answer(const Request *request, Store *store, GError **error)
{
	g_autoptr(GArray) targets = parse_targets(request->operands[0], error);

	if (targets == NULL)
		return NULL;
	const bool ok = only_shows(request)
		? store_check_targets(
			store, (const NoteTarget *)(const void *)targets->data, targets->len, error)
		: add_note(request, store, targets, error);
	return ok ? view_notes(store, &request->filter, targets, error) : NULL;
}

/* Finds out the author before the store is opened, since root becomes its owner then. */
static bool
prepare(Request *request, G_GNUC_UNUSED GError **error)
{
	Own *own = request->own;

	if (own->author == NULL)
		own->author = g_strdup(default_author());
	return true;
}

static StoreUse
use(const Request *request)
{
	return only_shows(request) ? STORE_READ : STORE_WRITE;
}

#define AUTHOR_OPTION \
	{ \
		"author", 0, G_OPTION_ARG_FILENAME, offsetof(Own, author), \
			"Who says so (default: the user)", "NAME", 0 \
	}

static const CommandOption options[] = { AUTHOR_OPTION, { 0 } };

static const CommandOption accept_options[] = {
	AUTHOR_OPTION,
	{ "until", 0, G_OPTION_ARG_FILENAME, offsetof(Own, until),
		"Up to this day: 2027-01-31, or 30d for the next 30 (default: for good)", "DAY",
		0 },
	{ 0 },
};

#define NOTE_COMMAND(name_, summary_, options_) \
	{ \
		.name = name_, .operands = "INCIDENT [TEXT]", .summary = summary_, \
		.takes = TAKES_STORE, .min_operands = 1, .max_operands = 2, .options = options_, \
		.own_size = sizeof(Own), .prepare = prepare, .use = use, .answer = answer, \
		.document = "notes", \
	}

const Command command_note = NOTE_COMMAND(
	"note", "Write down what is known of an incident, or show it", options);
const Command command_resolve = NOTE_COMMAND("resolve", "Mark an incident as resolved", options);
const Command command_accept = NOTE_COMMAND(
	"accept", "Leave an incident as it is, without an alarm", accept_options);
const Command command_reopen = NOTE_COMMAND("reopen", "Take that back", options);
