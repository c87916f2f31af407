/*
 * The quarantine has a maximum size, and nobody can fill it to keep others out.  What is worth least
 * is dropped first, whatever nobody vouches for has at most half of it together, and one domain
 * that signs at most a quarter.
 *
 * The sums that this needs are kept in quarantine_share, and what is dropped is found by an index,
 * so that it does not matter how many messages there are.
 */
#include "quarantine.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"

#include <string.h>

#define ALL "(all)" /* the share of all together; no domain is called that */
#define DAMAGED_KEPT_S (30 * DAY_SECONDS)

/*
 * What a row takes beside its texts and its content: numbers, and the entries of four indexes, of
 * which two have the domain.  A page of SQLite is half full at worst, and a row has up to a page for
 * itself; what does not fit is on other pages, which are full.
 */
#define PAGE_BYTES 4096
#define BYTES_OF_ROW 300

/* A share of the quarantine: of all, or of those with one auth_domain. */
typedef struct {
	const char *auth_domain; /* NULL for all */
	int64_t limit;
} Room;

/* What a share gains or, below zero, loses. */
typedef struct {
	int64_t messages, bytes;
} Change;

static int64_t
row_size(const StoreQuarantine *quarantine, const StoreMessage *message, const char *auth_domain)
{
	const char *const texts[] = { quarantine->reason, quarantine->detail, message->from,
		message->subject, auth_domain, auth_domain, auth_domain };
	int64_t size = BYTES_OF_ROW + (int64_t)g_bytes_get_size(quarantine->gzip);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		size += texts[i] != NULL ? (int64_t)strlen(texts[i]) : 0;
	return size + MIN(size, PAGE_BYTES);
}

/* --- shares */

static bool
share_size(Store *store, const char *share, int64_t *size, GError **error)
{
	bool found;

	*size = 0;
	return store_query(
		store, store_bind(store, SQL_SELECT_SHARE, error, "t", share), &found, size, error);
}

static bool
change_share(Store *store, const char *share, const Change *change, GError **error)
{
	bool written;

	if (!store_write(store,
		    store_bind(store, SQL_ADD_SHARE, error, "iit", change->messages, change->bytes,
			    share),
		    &written, error))
		return false;
	if (!written)
		return store_run(store,
			store_bind(store, SQL_INSERT_SHARE, error, "iit", change->messages,
				change->bytes, share),
			error);
	return change->messages > 0
		|| store_run(store, store_bind(store, SQL_CLEAN_SHARE, error, "t", share), error);
}

/* Changes the share of a domain, and that of all. */
static bool
change_shares(Store *store, const char *auth_domain, const Change *change, GError **error)
{
	return change_share(store, auth_domain, change, error)
		&& change_share(store, ALL, change, error);
}

/* --- making room */

/* What is dropped: all messages up to one, in their order. */
typedef struct {
	int64_t class, received_at, id; /* of the last one */
	int64_t freed;
	GHashTable *changes; /* auth_domain to Change */
} Victims;

static void
add_victim(Store *store, StoreStatement *row, Victims *victims)
{
	const StoreDriver *driver = store->driver;
	const char *auth_domain = driver->column_text(row, VICTIM_AUTH_DOMAIN);
	const int64_t size = driver->column_int(row, VICTIM_SIZE);
	Change *change = g_hash_table_lookup(victims->changes, auth_domain);

	if (change == NULL) {
		change = g_new0(Change, 1);
		g_hash_table_insert(victims->changes, g_strdup(auth_domain), change);
	}
	change->messages--;
	change->bytes -= size;
	victims->class = driver->column_int(row, VICTIM_CLASS);
	victims->received_at = driver->column_int(row, VICTIM_RECEIVED_AT);
	victims->id = driver->column_int(row, VICTIM_ID);
	victims->freed += size;
}

static bool
find_victims(Store *store, const Room *room, int64_t needed, int64_t now, Victims *victims,
	GError **error)
{
	const int64_t before = now - DAMAGED_KEPT_S, most = needed / BYTES_OF_ROW + 1;
	StoreStatement *rows = room->auth_domain != NULL
		? store_bind(
			store, SQL_LIST_VICTIMS_OF, error, "iit", before, most, room->auth_domain)
		: store_bind(store, SQL_LIST_VICTIMS, error, "ii", before, most);
	StepResult result = rows != NULL ? STEP_ROW : STEP_ERROR;

	while (result == STEP_ROW && victims->freed < needed
		&& (result = store->driver->step(rows, error)) == STEP_ROW)
		add_victim(store, rows, victims);
	if (rows != NULL)
		store->driver->reset(rows);
	return result != STEP_ERROR;
}

static bool
drop_victims(Store *store, const Room *room, const Victims *victims, GError **error)
{
	StoreStatement *statement = room->auth_domain != NULL
		? store_bind(store, SQL_DELETE_VICTIMS_OF, error, "iiit", victims->class,
			victims->received_at, victims->id, room->auth_domain)
		: store_bind(store, SQL_DELETE_VICTIMS, error, "iii", victims->class,
			victims->received_at, victims->id);
	GHashTableIter iter;
	gpointer auth_domain, change;

	if (!store_run(store, statement, error))
		return false;
	g_hash_table_iter_init(&iter, victims->changes);
	while (g_hash_table_iter_next(&iter, &auth_domain, &change)) {
		if (!change_shares(store, auth_domain, change, error))
			return false;
	}
	return true;
}

static bool
fail_full(const Room *room, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL,
		"the quarantine has no room left%s: look at it with tlsrpt quarantine, and drop what is not needed",
		room->auth_domain == NULL	     ? ""
			: *room->auth_domain != '\0' ? " for this sender"
						     : " for what nobody vouches for");
	return false;
}

static bool
make_room(Store *store, const Room *room, int64_t wanted, int64_t now, GError **error)
{
	g_autoptr(GHashTable) changes = text_table_new(g_free, g_free);
	Victims victims = { .changes = changes };
	int64_t used;

	if (!share_size(store, room->auth_domain != NULL ? room->auth_domain : ALL, &used, error))
		return false;
	const int64_t needed = used + wanted - room->limit;
	if (needed <= 0)
		return true;
	if (wanted > room->limit)
		return fail_full(room, error);
	if (!find_victims(store, room, needed, now, &victims, error))
		return false;
	return victims.freed >= needed ? drop_victims(store, room, &victims, error)
				       : fail_full(room, error);
}

/* --- one message */

static bool
insert(Store *store, const StoreDelivery *delivery, const char *auth_domain, int64_t stored_size,
	GError **error)
{
	const StoreQuarantine *quarantine = delivery->quarantine;
	const StoreMessage *message = delivery->message;
	const int64_t class = quarantine->class;
	const Change change = { 1, stored_size };
	gsize size;
	const void *content = g_bytes_get_data(quarantine->gzip, &size);

	return store_run(store,
		       store_bind(store, SQL_INSERT_QUARANTINED, error, "iitiittttbb",
			       delivery->received_at, class, auth_domain, stored_size,
			       quarantine->size, quarantine->reason, quarantine->detail,
			       message->from != NULL ? message->from : "",
			       message->subject != NULL ? message->subject : "",
			       quarantine->digest.bytes, (size_t)DIGEST_SIZE, content,
			       (size_t)size),
		       error)
		&& change_shares(store, auth_domain, &change, error);
}

bool
store_quarantine(
	Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept, GError **error)
{
	const StoreQuarantine *quarantine = delivery->quarantine;
	const char *auth_domain = quarantine->auth_domain != NULL ? quarantine->auth_domain : "";
	const Room rooms[] = {
		{ auth_domain, *auth_domain == '\0' ? limit / 2 : limit / 4 },
		{ NULL, limit },
	};
	const int64_t stored_size = row_size(quarantine, delivery->message, auth_domain);
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
		if (!make_room(store, &rooms[i], stored_size, delivery->received_at, error))
			return false;
	}
	return insert(store, delivery, auth_domain, stored_size, error);
}

/* Takes one from its shares, or gives it back to those of another domain. */
static bool
move_share(Store *store, int64_t id, const char *to, bool *there, GError **error)
{
	StoreStatement *row = store_bind(store, SQL_SELECT_QUARANTINED_SIZE, error, "i", id);
	Change change = { -1, 0 };
	g_autofree char *from = NULL;

	*there = false;
	if (row == NULL)
		return false;
	const StepResult result = store->driver->step(row, error);
	*there = result == STEP_ROW;
	if (*there) {
		change.bytes = -store->driver->column_int(row, QUARANTINED_OWN_SIZE);
		from = g_strdup(store->driver->column_text(row, QUARANTINED_OWN_AUTH_DOMAIN));
	}
	store->driver->reset(row);
	if (!*there)
		return result != STEP_ERROR;
	if (!change_shares(store, from, &change, error))
		return false;
	change = (Change){ 1, -change.bytes };
	return to == NULL || change_shares(store, to, &change, error);
}

bool
quarantine_delete(Store *store, int64_t id, bool *there, GError **error)
{
	return move_share(store, id, NULL, there, error)
		&& (!*there
			|| store_run(store,
				store_bind(store, SQL_DELETE_QUARANTINED, error, "i", id), error));
}

bool
quarantine_keep(
	Store *store, int64_t id, const StoreDelivery *delivery, bool *there, GError **error)
{
	const StoreQuarantine *problem = delivery->quarantine;
	const StoreMessage *message = delivery->message;
	const char *auth_domain = problem->auth_domain != NULL ? problem->auth_domain : "";
	const int64_t class = problem->class;

	if (message == NULL)
		return store_write(store,
			store_bind(store, SQL_UPDATE_QUARANTINED_REASON, error, "itti", class,
				problem->reason, problem->detail, id),
			there, error);
	return move_share(store, id, auth_domain, there, error)
		&& (!*there
			|| store_run(store,
				store_bind(store, SQL_UPDATE_QUARANTINED, error, "ittttti", class,
					problem->reason, problem->detail, auth_domain,
					message->from != NULL ? message->from : "",
					message->subject != NULL ? message->subject : "", id),
				error));
}
