/* Brings a store to the schema of this program. */
#ifndef TLSRPT_STORE_MIGRATE_H
#define TLSRPT_STORE_MIGRATE_H

#include "driver.h"

/*
 * Makes the schema, or steps forward to it, in one transaction.  *created says whether it was
 * made.  STORE_FOREIGN for a store that is newer, or that has another schema than a version of this
 * program ever had; it is not touched then.
 */
bool migrate(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	bool *created, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version that a store has, 0 where it has no schema. STORE_FOREIGN as above. */
bool migrate_read_version(const StoreDriver *driver, StoreConnection *connection,
	const Schema *schema, int64_t *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
