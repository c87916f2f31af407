#include "command.h"

#include "../ingest/intake.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/progress.h"

#include <stdint.h>

StoreUse
use_reprocess(const Options *options)
{
	return options->dry_run ? STORE_READ : STORE_WRITE;
}

void
add_reprocess_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options->dry_run,
			"Say what would change, and change nothing", NULL },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
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
find_ids(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	StoreFilter all = *filter;

	if (options->since == NULL)
		all.since_day = INT64_MIN / 86400;
	if (options->until == NULL)
		all.until_day = INT64_MAX / 86400 - 1;
	if (options->operands == NULL)
		return store_list_reports(store, &all, error);
	for (char **operand = options->operands; *operand != NULL; operand++) {
		if (!add_id(store, *operand, ids, error))
			return NULL;
	}
	/* As they came: whether a report-id was there before depends on it. */
	g_array_sort(ids, compare_ids);
	return g_steal_pointer(&ids);
}

Document *
answer_reprocess(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	g_autoptr(GArray) ids = find_ids(options, store, filter, error);
	StoreReprocessed reprocessed;
	Progress progress;
	const StoreWatch watch = watch_by(&progress);

	if (ids == NULL)
		return NULL;
	progress_begin(&progress, stderr, "Reading anew");
	const bool ok = store_reprocess(store, ids, parse, &options->settings->limits, options->dry_run,
		&options->settings->limits, &watch, &reprocessed, error);
	progress_end(&progress);
	Document *document = ok ? view_reprocess(&reprocessed, options->dry_run) : NULL;
	store_reprocessed_clear(&reprocessed);
	return document;
}
