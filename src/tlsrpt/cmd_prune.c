#include "command.h"

#include "tlsrpt/progress.h"
#include "tlsrpt/report.h"
#include "tlsrpt/window.h"

StoreUse
use_prune(const Options *options)
{
	return options->dry_run ? STORE_READ : STORE_WRITE;
}

void
add_prune_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "keep", 0, 0, G_OPTION_ARG_FILENAME, &options->keep,
			"Keep reports for so many days: 90d, 13w", "DAYS" },
		{ "keep-totals", 0, 0, G_OPTION_ARG_FILENAME, &options->keep_totals,
			"Keep the daily totals for so many days", "DAYS" },
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options->dry_run,
			"Say what would go, and delete nothing", NULL },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

/* Totals stay at least as long as what they are made of. */
static bool
make_retention(const Options *options, StoreRetention *retention, GError **error)
{
	const int64_t today = day_of(options->now);
	int64_t keep = options->settings->keep_days;
	int64_t keep_totals = options->settings->keep_totals_days;

	if ((options->keep != NULL && !window_parse_days("--keep", options->keep, &keep, error))
		|| (options->keep_totals != NULL
			&& !window_parse_days("--keep-totals", options->keep_totals, &keep_totals,
				error)))
		return false;
	*retention = (StoreRetention){
		.before = today - keep,
		.totals_before = today - MAX(keep, keep_totals),
	};
	return true;
}

Document *
answer_prune(const Options *options, Store *store, G_GNUC_UNUSED const StoreFilter *filter,
	GError **error)
{
	StoreRetention retention;
	StorePruned pruned;
	Progress progress;
	const StoreWatch watch = watch_by(&progress);

	if (!make_retention(options, &retention, error))
		return NULL;
	progress_begin(&progress, stderr, "Pruning");
	const bool ok = options->dry_run
		? store_count_prunable(store, &retention, &pruned, error)
		: store_prune(store, &retention, &watch, &pruned, error);
	progress_end(&progress);
	return ok ? view_prune(&pruned, &retention, options->dry_run) : NULL;
}
