/*
 * The quarantine has a maximum size, and no sender can fill it to keep others out: the least
 * valuable messages are dropped first, and one sender domain may hold at most a quarter of it.
 */
#include "quarantine.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"

#define SHARE 4 /* a sender domain may hold one part in this */
#define DAMAGED_KEPT_S (30 * DAY_SECONDS)

/* Where messages are dropped to make room: among all, or among those of one sender domain. */
typedef struct {
	SqlStatement size, victim;
	const char *sender_domain; /* NULL for everywhere */
	int64_t limit;
} Room;

static bool
used_size(Store *store, const Room *room, int64_t *used, GError **error)
{
	bool found;
	StoreStatement *statement = room->sender_domain != NULL
		? store_bind(store, room->size, error, "t", room->sender_domain)
		: store_bind(store, room->size, error, "");

	return store_query(store, statement, &found, used, error);
}

/* The message to be dropped next, and its size; *found is false if none may be. */
static bool
find_victim(Store *store, const Room *room, int64_t now, bool *found, int64_t *id, int64_t *size,
	GError **error)
{
	const int64_t before = now - DAMAGED_KEPT_S;
	StoreStatement *statement = room->sender_domain != NULL
		? store_bind(store, room->victim, error, "it", before, room->sender_domain)
		: store_bind(store, room->victim, error, "i", before);

	if (statement == NULL)
		return false;
	const StepResult result = store->driver->step(statement, error);
	*found = result == STEP_ROW;
	if (*found) {
		*id = store->driver->column_int(statement, VICTIM_ID);
		*size = store->driver->column_int(statement, VICTIM_SIZE);
	}
	store->driver->reset(statement);
	return result != STEP_ERROR;
}

static bool
make_room(Store *store, const Room *room, int64_t wanted, int64_t now, GError **error)
{
	int64_t used, id = 0, size = 0;

	if (!used_size(store, room, &used, error))
		return false;
	while (used + wanted > room->limit) {
		bool found;
		if (!find_victim(store, room, now, &found, &id, &size, error))
			return false;
		if (!found) {
			g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL,
				room->sender_domain != NULL
					? "the quarantine has no room left for this sender"
					: "the quarantine has no room left");
			return false;
		}
		if (!store_run(store, store_bind(store, SQL_DELETE_QUARANTINED, error, "i", id),
			    error))
			return false;
		used -= size;
	}
	return true;
}

bool
store_quarantine(Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept,
	GError **error)
{
	const StoreQuarantine *quarantine = delivery->quarantine;
	const StoreMessage *message = delivery->message;
	const char *sender_domain = message->from_domain != NULL ? message->from_domain : "";
	const Room rooms[] = {
		{ SQL_SELECT_QUARANTINE_SIZE_OF, SQL_SELECT_QUARANTINE_VICTIM_OF, sender_domain,
			limit / SHARE },
		{ SQL_SELECT_QUARANTINE_SIZE, SQL_SELECT_QUARANTINE_VICTIM, NULL, limit },
	};
	gsize stored_size;
	const void *content = g_bytes_get_data(quarantine->gzip, &stored_size);
	const int64_t class = quarantine->class;
	int64_t before;
	bool found;

	if (!store_query(store,
		    store_bind(store, SQL_SELECT_QUARANTINED, error, "b", quarantine->digest.bytes,
			    (size_t)DIGEST_SIZE),
		    &found, &before, error))
		return false;
	*kept = !found;
	if (found)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(rooms); i++) {
		if (!make_room(store, &rooms[i], (int64_t)stored_size, delivery->received_at, error))
			return false;
	}
	return store_run(store,
		store_bind(store, SQL_INSERT_QUARANTINED, error, "iittiittttbb", delivery->received_at,
			class, sender_domain, "", (int64_t)stored_size, quarantine->size,
			quarantine->reason, quarantine->detail,
			message->from != NULL ? message->from : "",
			message->subject != NULL ? message->subject : "", quarantine->digest.bytes,
			(size_t)DIGEST_SIZE, content, (size_t)stored_size),
		error);
}
