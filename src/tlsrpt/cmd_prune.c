#include "command.h"
#include "waiting.h"

#include "tlsrpt/day.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/window.h"

typedef struct {
	char *keep, *keep_totals;
	gboolean dry_run;
} Own;

static const CommandOption options[] = {
	{ "keep", 0, G_OPTION_ARG_FILENAME, offsetof(Own, keep),
		"Keep reports for so many days: 90d, 13w", "DAYS", 0 },
	{ "keep-totals", 0, G_OPTION_ARG_FILENAME, offsetof(Own, keep_totals),
		"Keep the daily totals for so many days", "DAYS", 0 },
	{ "dry-run", 'n', G_OPTION_ARG_NONE, offsetof(Own, dry_run),
		"Say what would go, and delete nothing", NULL, 0 },
	{ 0 },
};

static StoreUse
use(const Request *request)
{
	const Own *own = request->own;

	return own->dry_run ? STORE_READ : STORE_WRITE;
}

/* Totals stay at least as long as the reports that they are made of. */
static bool
make_retention(const Request *request, StoreRetention *retention, GError **error)
{
	const Own *own = request->own;
	const int64_t today = day_of(request->now);
	int64_t keep = request->settings->keep_days;
	int64_t keep_totals = request->settings->keep_totals_days;

	if ((own->keep != NULL && !window_parse_days("--keep", own->keep, &keep, error))
		|| (own->keep_totals != NULL
			&& !window_parse_days(
				"--keep-totals", own->keep_totals, &keep_totals, error)))
		return false;
	*retention = (StoreRetention){
		.before = today - keep,
		.totals_before = today - MAX(keep, keep_totals),
	};
	return true;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	StoreRetention retention;
	StorePruned pruned;
	Progress progress;
	const StoreWatch watch = watch_by(&progress);

	if (!make_retention(request, &retention, error))
		return NULL;
	progress_begin(&progress, stderr, "Pruning");
	const bool ok = own->dry_run ? store_count_prunable(store, &retention, &pruned, error)
				     : store_prune(store, &retention, &watch, &pruned, error);
	progress_end(&progress);
	if (!ok)
		return NULL;
	pruned.waited = 0;
	if (!own->dry_run && !quarantine_retry_waiting(request, store, &pruned.waited, error))
		return NULL;
	return view_prune(&pruned, &retention, own->dry_run);
}

const Command command_prune = {
	.name = "prune",
	.operands = "",
	.summary = "Deletes what is too old",
	.takes = TAKES_STORE,
	.options = options,
	.own_size = sizeof(Own),
	.use = use,
	.answer = answer,
	.document = "prune",
};
