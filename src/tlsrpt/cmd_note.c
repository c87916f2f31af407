/* What the operator has to say of incidents: note, resolve, reopen. */
#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/store_note.h"

#include <string.h>

typedef struct {
	char *author;
} Own;

static const CommandOption options[] = {
	{ "author", 0, G_OPTION_ARG_FILENAME, offsetof(Own, author),
		"Who says so (default: the user)", "NAME", 0 },
	{ 0 },
};

static bool
refuse(GError **error, const char *text)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, text);
	return false;
}

/* "3", "#3" or "1,3" to an array of numbers; NULL if it is something else. */
static GArray *
parse_incidents(const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	g_autoptr(GArray) incidents = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (char **word = words; *word != NULL; word++) {
		const char *number = g_strstrip(*word);
		gint64 id;
		number += *number == '#';
		if (!g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &id, NULL)) {
			g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
				"\"%s\" is no incident; tlsrpt failures lists them by number",
				*word);
			return NULL;
		}
		g_array_append_val(incidents, id);
	}
	if (incidents->len == 0) {
		refuse(error, "which incident? tlsrpt failures lists them by number");
		return NULL;
	}
	return g_steal_pointer(&incidents);
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

/* Who writes: also behind sudo. */
static const char *
default_author(void)
{
	const char *sudo_user = g_getenv("SUDO_USER");

	return sudo_user != NULL && *sudo_user != '\0' ? sudo_user : g_get_user_name();
}

static bool
add_note(const Request *request, Store *store, NoteKind kind, const GArray *incidents,
	GError **error)
{
	const char *given = request->operands[1] != NULL ? request->operands[1] : "";
	g_autofree char *text = g_strstrip(g_strdup(given));
	const Own *own = request->own;
	const StoreNote note = {
		.kind = kind,
		.author = own->author,
		.text = text,
		.at = request->now,
	};

	if (kind == NOTE_NOTE && *text == '\0')
		return refuse(error, "a note without a text says nothing");
	if (*note.author == '\0')
		return refuse(error, "--author: who?");
	return check_text("text", text, error) && check_text("author", note.author, error)
		&& store_add_note(store, (const int64_t *)(const void *)incidents->data,
			incidents->len, &note, error);
}

/* Adds a note if there is one, and shows all that there are now. */
static Document *
answer(const Request *request, Store *store, NoteKind kind, GError **error)
{
	g_autoptr(GArray) incidents = parse_incidents(request->operands[0], error);

	if (incidents == NULL)
		return NULL;
	const bool adds = kind != NOTE_NOTE || request->operands[1] != NULL;
	const bool ok = adds
		? add_note(request, store, kind, incidents, error)
		: store_check_incidents(store, (const int64_t *)(const void *)incidents->data,
			incidents->len, error);
	return ok ? view_notes(store, &request->filter, incidents, error) : NULL;
}

static Document *
note(const Request *request, Store *store, GError **error)
{
	return answer(request, store, NOTE_NOTE, error);
}

static Document *
resolve(const Request *request, Store *store, GError **error)
{
	return answer(request, store, NOTE_RESOLVE, error);
}

static Document *
reopen(const Request *request, Store *store, GError **error)
{
	return answer(request, store, NOTE_REOPEN, error);
}

/* Before the store is opened, for then root becomes its owner. */
static bool
prepare(Request *request, G_GNUC_UNUSED GError **error)
{
	Own *own = request->own;

	if (own->author == NULL)
		own->author = g_strdup(default_author());
	return true;
}

static StoreUse
use_note(const Request *request)
{
	return request->n_operands > 1 ? STORE_WRITE : STORE_READ;
}

static StoreUse
use_write(G_GNUC_UNUSED const Request *request)
{
	return STORE_WRITE;
}

const Command command_note = {
	.name = "note",
	.operands = "INCIDENT [TEXT]",
	.summary = "Write down what is known of an incident, or show it",
	.takes = TAKES_STORE,
	.min_operands = 1,
	.max_operands = 2,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.use = use_note,
	.answer = note,
	.document = "notes",
};

const Command command_resolve = {
	.name = "resolve",
	.operands = "INCIDENT [TEXT]",
	.summary = "Mark an incident as resolved",
	.takes = TAKES_STORE,
	.min_operands = 1,
	.max_operands = 2,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.use = use_write,
	.answer = resolve,
	.document = "notes",
};

const Command command_reopen = {
	.name = "reopen",
	.operands = "INCIDENT [TEXT]",
	.summary = "Take that back",
	.takes = TAKES_STORE,
	.min_operands = 1,
	.max_operands = 2,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.use = use_write,
	.answer = reopen,
	.document = "notes",
};
