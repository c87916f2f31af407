#include "command.h"
#include "confined.h"
#include "waiting.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/intake.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/suggest.h"

#include <string.h>

#define REFUSED_MAX 100

/* What is done with the messages that the operands name. */
typedef struct {
	Store *store;
	const Config *config;
	Confined *parser; /* for a trial */
	QuarantineFate *fate; /* of the message at hand */
	bool has_day_limit;
	Progress progress;
} Work;

typedef bool (*Deed)(Work *work, int64_t id, GError **error);

static const char *
action_of(const Request *request)
{
	return request->n_operands > 0 ? request->operands[0] : "list";
}

static StoreUse
use(const Request *request)
{
	const char *action = action_of(request);

	return strcmp(action, "retry") == 0 || strcmp(action, "drop") == 0 ? STORE_WRITE
									   : STORE_READ;
}

static bool
fail_usage(const char *action, GError **error)
{
	static const char *const actions[] = { "list", "show", "retry", "drop", NULL };
	g_autofree char *meant = suggest_text(action, actions);

	if (g_strv_contains(actions, action))
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"usage: " PROGRAM
			" quarantine [list | show ID | retry [ID...] | drop ID... | drop all]"
			" [OPTION]...");
	else
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"no action \"%s\" of quarantine%s", action,
			*meant != '\0' ? meant : "; there are list, show, retry and drop");
	return false;
}

static bool
parse_id(const char *text, int64_t *id, GError **error)
{
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &number, NULL)) {
		*id = number;
		return true;
	}
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "\"%s\" is no id of a message", text);
	return false;
}

static void
fail_not_there(int64_t id, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"there is no message %" G_GINT64_FORMAT " in quarantine", id);
}

/* One with its content; an error if there is none. */
static StoreQuarantined *
read_one(Store *store, int64_t id, GError **error)
{
	GError *problem = NULL;
	StoreQuarantined *one = store_read_quarantined(store, id, &problem);

	if (problem != NULL)
		g_propagate_error(error, problem);
	else if (one == NULL)
		fail_not_there(id, error);
	return one;
}

/* The whole message; whatever was kept is within the limits of that day. */
static GBytes *
message_of(const StoreQuarantined *one, GError **error)
{
	size_t trailing;

	return gzip_inflate(one->gzip, MAX(one->size, 1), &trailing, NULL, error);
}

static Document *
list(Store *store, GError **error)
{
	g_autoptr(GPtrArray) rows = store_list_quarantine(store, error);

	return rows != NULL ? view_quarantine(rows) : NULL;
}

static Document *
show(Store *store, const char *operand, GError **error)
{
	int64_t id;
	g_autoptr(StoreQuarantined) one = parse_id(operand, &id, error) ? read_one(store, id, error)
									: NULL;
	g_autoptr(GBytes) message = one != NULL ? message_of(one, error) : NULL;
	g_autoptr(GPtrArray) rows = g_ptr_array_new();

	if (message == NULL)
		return NULL;
	g_ptr_array_add(rows, one);
	Document *document = view_quarantine(rows);
	document->bytes = g_steal_pointer(&message);
	return document;
}

/* What a delivery of the message would give now, but that it came when it came. */
static bool
store_again(Work *work, const StoreQuarantined *one, const Intake *intake, const GError *problem,
	GError **error)
{
	QuarantineFate *fate = work->fate;
	StoreQuarantine quarantine = { 0 };
	StoreDelivery delivery = { .received_at = one->received_at };
	StoreOutcome outcome;
	bool there = false;

	GError *refusal = NULL;

	if (intake != NULL)
		delivery = intake_delivery(intake);
	delivery.has_day_limit = work->has_day_limit;
	if (problem != NULL) {
		quarantine = intake_quarantine(intake, problem);
		delivery.quarantine = &quarantine;
		fate->reason = g_strdup(quarantine.reason);
		fate->detail = g_strdup(quarantine.detail);
	}
	if (!store_retry(work->store, one->id, &delivery, &work->config->limits, &outcome, &there,
		    &refusal)) {
		if (problem == NULL
			&& g_error_matches(refusal, TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY)) {
			const bool kept = store_again(work, one, NULL, refusal, error);
			g_error_free(refusal);
			return kept;
		}
		g_propagate_error(error, refusal);
		return false;
	}
	fate->outcome = !there				? FATE_GONE
		: problem != NULL			? FATE_KEPT
		: outcome.stored + outcome.replaced > 0 ? FATE_STORED
							: FATE_DUPLICATE;
	fate->stored = (int64_t)(outcome.stored + outcome.replaced);
	fate->duplicates = (int64_t)outcome.duplicates;
	return true;
}

/* In a child: parses a message for a trial. */
static bool
try(Unpacker *request, const Config *config, G_GNUC_UNUSED GByteArray *packed, GError **error)
{
	const int64_t received_at = unpack_int(request, INT64_MIN, INT64_MAX);
	g_autoptr(GBytes) message = g_bytes_new_static(request->at, request->left);
	g_autoptr(Intake) intake = intake_new(message, received_at, false, config, error);

	return intake != NULL;
}

/*
 * Whether this process may parse the message, which a child finds out.  If the message is to blame
 * for what happens there, error_quarantine_reason() knows the error.
 */
static bool
is_harmless(Work *work, GBytes *message, int64_t received_at, GError **error)
{
	g_autoptr(GByteArray) request = g_byte_array_new();
	gsize size;
	const void *data = g_bytes_get_data(message, &size);

	pack_int(request, received_at);
	pack_bytes(request, data, size);
	g_autoptr(GBytes) nothing = confined_ask(work->parser, request, error);
	return nothing != NULL;
}

/* What is wrong with the message is a reason to keep it, and no error here. */
static bool
take_again(Work *work, const StoreQuarantined *one, GBytes *message, GError **error)
{
	g_autoptr(GError) problem = NULL;
	const bool harmless = is_harmless(work, message, one->received_at, &problem);

	if (!harmless && error_quarantine_reason(problem) == NULL) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	if (!harmless)
		return store_again(work, one, NULL, problem, error);

	g_autoptr(Intake)
		intake = intake_new(message, one->received_at, false, work->config, error);
	return intake != NULL && store_again(work, one, intake, intake->problem, error);
}

static bool
retry(Work *work, int64_t id, GError **error)
{
	GError *problem = NULL;
	g_autoptr(StoreQuarantined) one = store_read_quarantined(work->store, id, &problem);

	if (problem != NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (one == NULL) {
		work->fate->outcome = FATE_GONE;
		return true;
	}
	g_autoptr(GBytes) message = message_of(one, error);
	return message != NULL && take_again(work, one, message, error);
}

static bool
drop(Work *work, int64_t id, GError **error)
{
	bool dropped = false;

	if (!store_drop_quarantined(work->store, id, &dropped, error))
		return false;
	work->fate->outcome = dropped ? FATE_DROPPED : FATE_GONE;
	return true;
}

static bool
has_row(const GPtrArray *rows, int64_t id)
{
	for (size_t i = 0; i < rows->len; i++) {
		if (((const StoreQuarantined *)g_ptr_array_index(rows, i))->id == id)
			return true;
	}
	return false;
}

/* The ids that the operands name, each once, or all; all must be there before anything is done. */
static GArray *
find_ids(Store *store, char **operands, GError **error)
{
	g_autoptr(GPtrArray) rows = store_list_quarantine(store, error);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	const bool all = *operands == NULL
		|| (strcmp(*operands, "all") == 0 && operands[1] == NULL);

	for (size_t i = 0; rows != NULL && all && i < rows->len; i++)
		g_array_append_val(ids, ((const StoreQuarantined *)g_ptr_array_index(rows, i))->id);
	for (char **operand = operands; rows != NULL && !all && *operand != NULL; operand++) {
		int64_t id;
		if (!parse_id(*operand, &id, error))
			return NULL;
		if (!has_row(rows, id)) {
			fail_not_there(id, error);
			return NULL;
		}
		g_array_append_val(ids, id);
	}
	return rows != NULL ? g_steal_pointer(&ids) : NULL;
}

static void
free_fate(gpointer data)
{
	quarantine_fate_free(data);
}

/* Does it to one after the other, each in a transaction of its own. */
static Document *
do_all(Work *work, const GArray *ids, Deed deed, GError **error)
{
	g_autoptr(GPtrArray) fates = g_ptr_array_new_with_free_func(free_fate);

	for (size_t i = 0; i < ids->len; i++) {
		QuarantineFate *fate = g_new0(QuarantineFate, 1);
		g_ptr_array_add(fates, fate);
		fate->id = g_array_index(ids, int64_t, i);
		work->fate = fate;
		if (!deed(work, fate->id, error)) {
			progress_end(&work->progress);
			return NULL;
		}
		progress_show(&work->progress, (int64_t)i + 1, ids->len);
	}
	progress_end(&work->progress);
	return view_quarantine_fates(fates);
}

static Document *
change(const Request *request, Store *store, Deed deed, GError **error)
{
	g_autoptr(GArray) ids = find_ids(store, request->operands + 1, error);
	g_autoptr(Confined) parser = ids != NULL ? confined_new(try, request->settings, error)
						 : NULL;
	Work work = { .store = store, .config = request->settings, .parser = parser };

	if (parser == NULL)
		return NULL;
	progress_begin(&work.progress, stderr, deed == retry ? "Retrying" : "Dropping");
	return do_all(&work, ids, deed, error);
}

/* Those that are still over the limit of the day are left, and after a number of them all others. */
bool
quarantine_retry_waiting(const Request *request, Store *store, int64_t *stored, GError **error)
{
	g_autoptr(GArray) ids = store_list_waiting(store, error);
	g_autoptr(Confined) parser = ids != NULL ? confined_new(try, request->settings, error)
						 : NULL;
	Work work = { .store = store,
		.config = request->settings,
		.parser = parser,
		.has_day_limit = *request->settings->trusted_authserv_ids != NULL };
	int refused = 0;

	*stored = 0;
	for (guint i = 0; parser != NULL && i < ids->len && refused < REFUSED_MAX; i++) {
		QuarantineFate *fate = g_new0(QuarantineFate, 1);
		g_autoptr(GError) problem = NULL;
		work.fate = fate;
		const bool ok = retry(&work, g_array_index(ids, int64_t, i), &problem);
		*stored += fate->stored;
		quarantine_fate_free(fate);
		if (ok)
			continue;
		if (!g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_DAY_LIMIT)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return false;
		}
		refused++;
	}
	return parser != NULL;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const char *action = action_of(request);
	const size_t n = request->n_operands > 0 ? request->n_operands - 1 : 0;

	if (strcmp(action, "list") == 0 && n == 0)
		return list(store, error);
	if (strcmp(action, "show") == 0 && n == 1)
		return show(store, request->operands[1], error);
	if (strcmp(action, "retry") == 0)
		return change(request, store, retry, error);
	if (strcmp(action, "drop") == 0 && n > 0)
		return change(request, store, drop, error);
	fail_usage(action, error);
	return NULL;
}

const Command command_quarantine = {
	.name = "quarantine",
	.operands = "[ACTION] [ID...]",
	.summary = "Messages without a sound report",
	.takes = TAKES_STORE,
	.max_operands = G_MAXSIZE,
	.use = use,
	.answer = answer,
	.document = "quarantine",
};
