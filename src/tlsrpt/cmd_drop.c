#include "command.h"

typedef struct {
	gboolean forget, dry_run;
} Own;

static const CommandOption options[] = {
	{ "forget", 0, G_OPTION_ARG_NONE, offsetof(Own, forget),
		"Forget it, so that it counts if it comes again", NULL, 0 },
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

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	StoreDropped dropped = { 0 };
	const char *id = request->operands[0];
	const bool ok = own->dry_run ? store_find_droppable(store, id, own->forget, &dropped, error)
				     : store_drop_report(store, id, own->forget,
					     &request->settings->limits, &dropped, error);
	Document *document = ok ? view_drop(&dropped, own->dry_run) : NULL;

	store_dropped_clear(&dropped);
	return document;
}

const Command command_drop = {
	.name = "drop",
	.operands = "REPORT",
	.summary = "Takes one report away, and all that it counted",
	.takes = TAKES_STORE,
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.own_size = sizeof(Own),
	.use = use,
	.answer = answer,
	.document = "drop",
};
