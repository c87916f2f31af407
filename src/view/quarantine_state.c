#include "tlsrpt/quarantine_state.h"

#define DAMAGED_KEPT_DAYS 30
#define ROOM_OF_MESSAGE (64 * KIB) /* less than this is no room */

bool
quarantine_state_read(
	Store *store, int64_t limit, int64_t today, QuarantineState *state, GError **error)
{
	const StoreFilter filter = { .since_day = today - DAMAGED_KEPT_DAYS };
	bool has, ok;
	g_autoptr(StoreRows) rows = store_ask(store, STORE_QUARANTINE, &filter, error);

	*state = (QuarantineState){ .limit = limit };
	if (rows == NULL)
		return false;
	while ((ok = store_rows_next(rows, &has, error)) && has) {
		state->messages = store_rows_int(rows, QUARANTINE_ALL_MESSAGES);
		state->bytes = store_rows_int(rows, QUARANTINE_ALL_BYTES);
		state->unvouched_messages = store_rows_int(rows, QUARANTINE_UNVOUCHED_MESSAGES);
		state->unvouched_bytes = store_rows_int(rows, QUARANTINE_UNVOUCHED_BYTES);
		state->waiting = store_rows_int(rows, QUARANTINE_WAITING_MESSAGES);
		state->is_full = state->bytes + MIN(ROOM_OF_MESSAGE, limit / 8) > limit
			&& store_rows_int(rows, QUARANTINE_HAS_VICTIMS) == 0;
	}
	return ok;
}
