/*
 * What the operator writes about problems: the commands note, resolve, reopen and accept.  They
 * differ in the kind of the note alone, which has the name of the command.
 */
#include "command.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/view_notes.h"
#include "tlsrpt/window.h"

#include <string.h>

typedef struct {
	char *author, *until, *only_domain;
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

/* Reads "3" or "#3", which is a problem, or "s7", which is a silence. */
static bool
parse_number(const char *word, NoteNumber *number, GError **error)
{
	const char *digits = word + (*word == '#');
	const bool is_silence = *digits == 's';
	gint64 id;

	if (!g_ascii_string_to_signed(digits + is_silence, 10, 1, G_MAXINT64, &id, NULL)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"\"%s\" is no problem; tlsrpt failures lists them by number", word);
		return false;
	}
	*number = (NoteNumber){ is_silence ? 0 : id, is_silence ? id : 0 };
	return true;
}

/* Reads "1,3,s7" as an array of NoteNumber; NULL if it is something else. */
static GArray *
parse_numbers(const Request *request, GError **error)
{
	g_auto(GStrv) words = g_strsplit(request->operands[0], ",", -1);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(NoteNumber));

	for (char **word = words; *word != NULL; word++) {
		NoteNumber number;
		if (!parse_number(g_strstrip(*word), &number, error))
			return NULL;
		if (number.silence != 0 && kind_of(request) == NOTE_RESOLVE) {
			refuse(error,
				"a silence is over when reports come again; accept it until then");
			return NULL;
		}
		g_array_append_val(numbers, number);
	}
	if (numbers->len == 0) {
		refuse(error, "which problem? tlsrpt failures lists them by number");
		return NULL;
	}
	return g_steal_pointer(&numbers);
}

/* --- what they are the numbers of */

static Problems *
read_problems(const Request *request, Store *store, int64_t since_day, GError **error)
{
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	StoreFilter filter = request->filter;
	const ProblemsQuestion question = {
		.store = store,
		.filter = &filter,
		.rules = &rules,
		.believe = &believe,
	};

	filter.since_day = since_day;
	filter.until_day = filter.today;
	return problems_read(&question, error);
}

/* The problems as they are shown now or, for a number that is not among them, those of all times. */
static Problems *
find_problems(const Request *request, Store *store, const GArray *numbers, GError **error)
{
	g_autoptr(Problems)
		shown = read_problems(request, store, request->filter.window_day, error);

	if (shown == NULL || note_numbers_known(shown, numbers))
		return g_steal_pointer(&shown);
	return read_problems(request, store, 0, error);
}

/* --- what is written on them */

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

/* All that the note is written on, an array of NoteTarget; caller unrefs. */
static GArray *
all_targets(const GPtrArray *subjects)
{
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(NoteTarget));

	for (size_t i = 0; i < subjects->len; i++) {
		const GArray *more = ((const NoteSubject *)g_ptr_array_index(subjects, i))->targets;
		g_array_append_vals(targets, more->data, more->len);
	}
	return targets;
}

static bool
add_note(const Request *request, Store *store, const GPtrArray *subjects, GError **error)
{
	const char *given = request->operands[1] != NULL ? request->operands[1] : "";
	g_autofree char *text = g_strstrip(g_strdup(given));
	g_autoptr(GArray) targets = all_targets(subjects);
	const Own *own = request->own;
	StoreNote note = {
		.kind = kind_of(request),
		.author = own->author,
		.text = text,
		.at = request->now,
		.only_domain = own->only_domain != NULL,
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
	const Own *own = request->own;
	g_autoptr(GArray) numbers = parse_numbers(request, error);
	g_autoptr(Problems)
		problems = numbers != NULL ? find_problems(request, store, numbers, error) : NULL;
	g_autoptr(GPtrArray) subjects = problems != NULL
		? note_subjects(problems, numbers, own->only_domain, error)
		: NULL;

	if (subjects == NULL
		|| (!only_shows(request) && !add_note(request, store, subjects, error)))
		return NULL;
	return view_notes(store, subjects, error);
}

/* Finds out the author before the store is opened, since root becomes its owner then. */
static bool
prepare(Request *request, G_GNUC_UNUSED GError **error)
{
	Own *own = request->own;

	if (own->author == NULL)
		own->author = g_strdup(default_author());
	char *stored = own->only_domain != NULL ? hostname_stored_form(own->only_domain) : NULL;
	if (stored != NULL) {
		g_free(own->only_domain);
		own->only_domain = stored;
	}
	return true;
}

static StoreUse
use(const Request *request)
{
	return only_shows(request) ? STORE_READ : STORE_WRITE;
}

#define COMMON_OPTIONS \
	{ "author", 0, G_OPTION_ARG_FILENAME, offsetof(Own, author), \
		"Who says so (default: the user)", "NAME", 0 }, \
	{ \
		"only-domain", 0, G_OPTION_ARG_FILENAME, offsetof(Own, only_domain), \
			"Of the problem only what is about this domain", "DOMAIN", 0 \
	}

static const CommandOption options[] = { COMMON_OPTIONS, { 0 } };

static const CommandOption accept_options[] = {
	COMMON_OPTIONS,
	{ "until", 0, G_OPTION_ARG_FILENAME, offsetof(Own, until),
		"Until 2027-01-31, or 30d from now (else for good)", "DAY", 0 },
	{ 0 },
};

#define NOTE_COMMAND(name_, summary_, options_) \
	{ \
		.name = name_, .operands = "PROBLEM [TEXT]", .summary = summary_, \
		.takes = TAKES_STORE, .min_operands = 1, .max_operands = 2, .options = options_, \
		.own_size = sizeof(Own), .prepare = prepare, .use = use, .answer = answer, \
		.document = "notes", \
	}

const Command command_note = NOTE_COMMAND(
	"note", "Write down what is known of a problem, or show it", options);
const Command command_resolve = NOTE_COMMAND("resolve", "Mark a problem as resolved", options);
const Command command_accept = NOTE_COMMAND(
	"accept", "Leave a problem as it is, without an alarm", accept_options);
const Command command_reopen = NOTE_COMMAND("reopen", "Take that back", options);
