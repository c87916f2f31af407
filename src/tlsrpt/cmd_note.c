/* What the operator has to say of incidents: note, resolve, reopen. */
#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/store_note.h"

#include <string.h>

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
				"\"%s\" is no incident; tlsrpt failures lists them by number", *word);
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
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "the %s is not in UTF-8", what);
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
add_note(const Options *options, Store *store, NoteKind kind, const GArray *incidents, GError **error)
{
	const char *given = options->operands[1] != NULL ? options->operands[1] : "";
	g_autofree char *text = g_strstrip(g_strdup(given));
	const StoreNote note = {
		.kind = kind,
		.author = options->author,
		.text = text,
		.at = options->now,
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
answer(const Options *options, Store *store, const StoreFilter *filter, NoteKind kind, GError **error)
{
	g_autoptr(GArray) incidents = parse_incidents(options->operands[0], error);

	if (incidents == NULL)
		return NULL;
	const bool adds = kind != NOTE_NOTE || options->operands[1] != NULL;
	const bool ok = adds ? add_note(options, store, kind, incidents, error)
			     : store_check_incidents(store,
				       (const int64_t *)(const void *)incidents->data,
				       incidents->len, error);
	return ok ? view_notes(store, filter, incidents, error) : NULL;
}

Document *
answer_note(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	return answer(options, store, filter, NOTE_NOTE, error);
}

Document *
answer_resolve(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	return answer(options, store, filter, NOTE_RESOLVE, error);
}

Document *
answer_reopen(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	return answer(options, store, filter, NOTE_REOPEN, error);
}

/* Before the store is opened, for then root is its owner. */
bool
prepare_note(Options *options, G_GNUC_UNUSED GError **error)
{
	if (options->author == NULL)
		options->author = g_strdup(default_author());
	return true;
}

StoreUse
use_note(const Options *options)
{
	return options->operands[1] != NULL ? STORE_WRITE : STORE_READ;
}

StoreUse
use_write(G_GNUC_UNUSED const Options *options)
{
	return STORE_WRITE;
}

void
add_note_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "author", 0, 0, G_OPTION_ARG_FILENAME, &options->author,
			"Who says so (default: the user)", "NAME" },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
}
