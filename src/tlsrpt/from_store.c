#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/store_uri.h"

#include <unistd.h>

#define RETRY_MS 100
#define RETRY_FOR_S 5 /* SQLite waits for a lock by itself, too */
#define WRITER_WAIT_S 30 /* for the writers' turn: deliveries take theirs first */

static char *
store_uri(const Options *options, GError **error)
{
	bool is_default;

	return config_store_uri(options->settings, options->db, false, &is_default, error);
}

/* Whether a delivery that is just going on may be the reason. */
static bool
may_pass(const GError *error)
{
	return g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY);
}

Document *
answer_from_store(const Command *command, const Options *options, const StoreFilter *filter,
	GError **error)
{
	g_autofree char *uri = store_uri(options, error);

	if (uri == NULL)
		return NULL;
	const gint64 until = g_get_monotonic_time() + (gint64)RETRY_FOR_S * G_USEC_PER_SEC;
	for (;;) {
		g_autoptr(GError) problem = NULL;
		g_autoptr(Store) store = store_open_reader(uri, &problem);
		g_autoptr(Document) document =
			store != NULL ? command->answer(options, store, filter, &problem) : NULL;
		const bool again =
			document != NULL ? store_is_stale(store) : problem != NULL && may_pass(problem);
		if (!again || g_get_monotonic_time() >= until) {
			if (problem != NULL)
				g_propagate_error(error, g_steal_pointer(&problem));
			return g_steal_pointer(&document);
		}
		usleep(RETRY_MS * 1000);
	}
}

Document *
answer_by_writing(const Command *command, const Options *options, const StoreFilter *filter,
	GError **error)
{
	const StoreOptions how = {
		.wait_until = g_get_monotonic_time() + (int64_t)WRITER_WAIT_S * G_USEC_PER_SEC,
		.must_exist = true,
	};
	g_autofree char *uri = store_uri(options, error);
	g_autoptr(Store) store = uri != NULL ? store_open(uri, &how, NULL, error) : NULL;

	return store != NULL ? command->answer(options, store, filter, error) : NULL;
}

static void
show_progress(void *progress, int64_t done, int64_t total)
{
	progress_show(progress, done, total);
}

StoreWatch
watch_by(Progress *progress)
{
	return (StoreWatch){ show_progress, progress };
}

Document *
answer_status(const Options *options, Store *store, G_GNUC_UNUSED const StoreFilter *filter,
	GError **error)
{
	g_autofree char *uri = store_uri(options, error);

	if (uri == NULL)
		return NULL;
	g_autofree char *printable = store_uri_printable(uri);
	return view_status(store, printable, error);
}
