#include "transaction.h"

#include "tlsrpt/error.h"

#define WAIT_US (INT64_C(60) * G_USEC_PER_SEC)

/*
 * No new step is begun once this much time has passed.  The last step and the commit take time,
 * too: the aim is to stay well under a second, which a delivery can wait.
 */
#define BATCH_US (INT64_C(100) * 1000)
#define LONG_US (INT64_C(300) * 1000)
#define FIRST_STEPS 16
#define MOST_STEPS 4096

/* A waiting writer needs a moment to take the turn that it is given. */
#define PAUSE_US 5000

/*
 * Another writer rarely interferes twice in a row.  If the conflict has another cause, the
 * repetition must end nevertheless.
 */
#define TRIES_MAX 20
#define SHORTEST_PAUSE_US 1000
#define LONGEST_PAUSE_US (64 * SHORTEST_PAUSE_US)

bool
store_commit(Store *store, GError **error)
{
	return store->driver->commit(store->connection, error);
}

void
store_rollback(Store *store)
{
	store->driver->rollback(store->connection);
}

static bool
begin(Store *store, bool is_alone, GError **error)
{
	store->is_alone = is_alone;
	store->wants_alone = false;
	return store->driver->begin(store->connection, is_alone, error);
}

static bool
try_once(Store *store, bool is_alone, StoreWork work, void *data, GError **error)
{
	if (!begin(store, is_alone, error))
		return false;
	if (!work(store, data, error)) {
		store_rollback(store);
		return false;
	}
	return store_commit(store, error);
}

static bool
transact(Store *store, bool is_alone, StoreWork work, void *data, GError **error)
{
	gint32 pause = SHORTEST_PAUSE_US;

	for (int tries = 1;; tries++) {
		GError *problem = NULL;
		if (try_once(store, is_alone, work, data, &problem))
			return true;
		is_alone |= store->wants_alone;
		if (!g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT)
			|| tries == TRIES_MAX
			|| g_get_monotonic_time() + pause >= store->wait_until) {
			g_propagate_error(error, problem);
			return false;
		}
		g_error_free(problem);
		/* A random pause, so that two writers do not collide again. */
		g_usleep((gulong)g_random_int_range(pause / 2, pause + 1));
		pause = MIN(pause * 2, LONGEST_PAUSE_US);
	}
}

bool
store_transact(Store *store, StoreWork work, void *data, GError **error)
{
	return transact(store, true, work, data, error);
}

bool
store_transact_beside(Store *store, StoreWork work, void *data, GError **error)
{
	return transact(store, false, work, data, error);
}

bool
store_be_alone(Store *store, GError **error)
{
	if (!store->driver->is_remote || store->is_alone)
		return true;
	store->wants_alone = true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT,
		"this can only be done while nobody else writes");
	return false;
}

bool
store_begin(Store *store, GError **error)
{
	store->driver->wait_until(store->connection, g_get_monotonic_time() + WAIT_US);
	return begin(store, true, error);
}

/* Performs at most the given number of steps in one transaction. */
static bool
run_batch(Store *store, StoreStep step, void *work, int steps, bool *more, int64_t *held,
	GError **error)
{
	if (!store_begin(store, error))
		return false;

	const int64_t began = g_get_monotonic_time();
	for (int i = 0; i < steps && *more && g_get_monotonic_time() - began < BATCH_US; i++) {
		if (!step(work, more, error)) {
			store_rollback(store);
			return false;
		}
	}
	const bool ok = store_commit(store, error);
	*held = g_get_monotonic_time() - began;
	return ok;
}

bool
store_in_batches(Store *store, StoreStep step, void (*between)(void *work), void *work,
	int64_t *longest_us, GError **error)
{
	int steps = FIRST_STEPS;
	bool more = true;

	while (more) {
		int64_t held;
		if (!run_batch(store, step, work, steps, &more, &held, error))
			return false;
		*longest_us = MAX(*longest_us, held);
		if (between != NULL)
			between(work);
		/* How long the disk takes for a commit is not known beforehand. */
		if (held > LONG_US)
			steps = MAX(steps / 4, 1);
		else if (held < BATCH_US)
			steps = MIN(steps * 2, MOST_STEPS);
		if (more)
			g_usleep((gulong)MAX(held, PAUSE_US));
	}
	return true;
}
