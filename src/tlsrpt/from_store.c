#include "command.h"

#include "tlsrpt/error.h"

#include <unistd.h>

#define RETRY_MS 100
#define RETRY_FOR_S 5 /* SQLite waits for a lock itself besides */
#define WRITER_WAIT_S 30 /* wait for the turn of writers, in which deliveries come first */

IncidentRules
incident_rules(const Request *request)
{
	const Config *settings = request->settings;

	return (IncidentRules){ settings->window_days, settings->baseline_days,
		settings->learning_days, settings->silence_days };
}

BelieveRules
believe_rules(const Request *request)
{
	const Config *settings = request->settings;

	return (BelieveRules){
		.believe = request->authenticated_only && settings->believe == BELIEVE_ALL
			? BELIEVE_AUTHENTICATED
			: settings->believe,
		.https = settings->accept_https && !request->authenticated_only,
		.reporters = (const char *const *)settings->reporters,
		.ignored = (const char *const *)settings->ignore_reporters,
	};
}

char *
request_store_uri(const Request *request, GError **error)
{
	bool is_default;

	return config_store_uri(request->settings, request->db, false, &is_default, error);
}

/*
 * Whether a delivery may be the cause that is going on just now, so that the next try may succeed.
 */
static bool
may_pass(const GError *error)
{
	return g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY);
}

Document *
answer_from_store(const Request *request, Answer answer, GError **error)
{
	g_autofree char *uri = request_store_uri(request, error);

	if (uri == NULL)
		return NULL;
	const gint64 until = g_get_monotonic_time() + (gint64)RETRY_FOR_S * G_USEC_PER_SEC;
	for (;;) {
		g_autoptr(GError) problem = NULL;
		g_autoptr(Store) store = store_open_reader(uri, &problem);
		g_autoptr(Document) document = store != NULL
			? answer(request, store, &problem)
			: NULL;
		const bool again = document != NULL ? store_is_stale(store)
						    : problem != NULL && may_pass(problem);
		if (!again || g_get_monotonic_time() >= until) {
			if (problem != NULL)
				g_propagate_error(error, g_steal_pointer(&problem));
			return g_steal_pointer(&document);
		}
		usleep(RETRY_MS * 1000);
	}
}

/* Whether the store that is used where none is asked for can be opened. */
static bool
has_store(const Request *request)
{
	g_autofree char *uri = request_store_uri(request, NULL);
	g_autoptr(Store) store = uri != NULL ? store_open_reader(uri, NULL) : NULL;

	return store != NULL;
}

Document *
answer_from_store_if_any(const Request *request, GError **error)
{
	return request->db != NULL || has_store(request)
		? answer_from_store(request, request->command->answer, error)
		: request->command->answer(request, NULL, error);
}

Document *
answer_by_writing(const Request *request, GError **error)
{
	const StoreOptions how = {
		.wait_until = g_get_monotonic_time() + (int64_t)WRITER_WAIT_S * G_USEC_PER_SEC,
		.must_exist = true,
	};
	g_autofree char *uri = request_store_uri(request, error);
	g_autoptr(Store) store = uri != NULL ? store_open(uri, &how, NULL, error) : NULL;

	return store != NULL ? request->command->answer(request, store, error) : NULL;
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
