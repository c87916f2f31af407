/* Migrates a store to the schema of this program. */
#ifndef TLSRPT_STORE_MIGRATE_H
#define TLSRPT_STORE_MIGRATE_H

#include "driver.h"

/*
 * Makes the schema, or migrates the store to it version by version, in one transaction.  *created
 * says whether the schema was made.  STORE_FOREIGN, with the store left untouched, if it is newer
 * than this program or has a schema that no version of this program ever had.
 */
bool migrate(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	bool *created, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the version of a store, which is 0 if there is no schema. STORE_FOREIGN as above. */
bool migrate_read_version(const StoreDriver *driver, StoreConnection *connection,
	const Schema *schema, int64_t *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
