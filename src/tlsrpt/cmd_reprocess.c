#include "command.h"

#include "../ingest/intake.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/progress.h"

#include <stdint.h>

typedef struct {
	gboolean dry_run;
} Own;

static const CommandOption options[] = {
	{ "dry-run", 'n', G_OPTION_ARG_NONE, offsetof(Own, dry_run),
		"Say what would change, and change nothing", NULL, 0 },
	{ 0 },
};

static StoreUse
use(const Request *request)
{
	const Own *own = request->own;

	return own->dry_run ? STORE_READ : STORE_WRITE;
}

/* What came as gzip is parsed as that, so that what is odd in it is found again. */
static GBytes *
part_content(const StoreSource *source, const Limits *limits, GError **error)
{
	size_t trailing;

	return source->is_gzip ? g_bytes_ref(source->raw)
			       : gzip_inflate(source->raw, limits->report, &trailing, NULL, error);
}

static Report *
parse(void *data, const StoreSource *source, Digest *digest, GError **error)
{
	const Limits *limits = data;
	g_autoptr(GBytes) content = part_content(source, limits, error);
	MailPart part = {
		.claim = PART_LABELLED,
		.media_type = (char *)source->media_type,
		.file_name = (char *)source->file_name,
		.content = content,
	};
	StoreReport one = { .auth = source->auth, .auth_domain = source->auth_domain };

	if (content == NULL)
		return NULL;
	/* Bare input has no type. */
	if (part.media_type != NULL)
		mime_label_part(&part);
	Report *report = intake_report(&source->message, &part, source->received_at, limits, &one,
		error);
	*digest = one.digest;
	return report;
}

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static bool
add_id(Store *store, const char *operand, GArray *ids, GError **error)
{
	GError *problem = NULL;
	g_autoptr(StoredReport) stored = store_read_report(store, operand, &problem);

	if (problem != NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (stored == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "there is no report \"%s\"",
			operand);
		return false;
	}
	if (stored->pruned) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"of report \"%s\" nothing is left to be read: it was pruned", operand);
		return false;
	}
	g_array_append_val(ids, stored->id);
	return true;
}

/* Those that the operands name, or all of the time asked for: of all time, if nothing is. */
static GArray *
find_ids(const Request *request, Store *store, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	StoreFilter all = request->filter;

	if (request->since == NULL)
		all.since_day = INT64_MIN / DAY_SECONDS;
	if (request->until == NULL)
		all.until_day = INT64_MAX / DAY_SECONDS - 1;
	if (request->n_operands == 0)
		return store_list_reports(store, &all, error);
	for (char **operand = request->operands; *operand != NULL; operand++) {
		if (!add_id(store, *operand, ids, error))
			return NULL;
	}
	/* As they came: whether a report-id was there before depends on it. */
	g_array_sort(ids, compare_ids);
	return g_steal_pointer(&ids);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	g_autoptr(GArray) ids = find_ids(request, store, error);
	StoreReprocessed reprocessed;
	Progress progress;
	const StoreWatch watch = watch_by(&progress);

	if (ids == NULL)
		return NULL;
	progress_begin(&progress, stderr, "Reading anew");
	const bool ok = store_reprocess(store, ids, parse, &request->settings->limits, own->dry_run,
		&request->settings->limits, &watch, &reprocessed, error);
	progress_end(&progress);
	Document *document = ok ? view_reprocess(&reprocessed, own->dry_run) : NULL;
	store_reprocessed_clear(&reprocessed);
	return document;
}

const Command command_reprocess = {
	.name = "reprocess",
	.operands = "[ID...]",
	.summary = "Reads stored reports anew, from what came",
	.takes = TAKES_STORE | TAKES_FILTER,
	.max_operands = G_MAXSIZE,
	.options = options,
	.own_size = sizeof(Own),
	.use = use,
	.answer = answer,
	.document = "reprocess",
};
