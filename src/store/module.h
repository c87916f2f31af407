/* Drivers that are not linked, but loaded when a store of theirs is opened. */
#ifndef TLSRPT_STORE_MODULE_H
#define TLSRPT_STORE_MODULE_H

#include "driver.h"

/*
 * The driver of a module ("pgsql"), which stays loaded.  UNSUPPORTED if the module is not installed,
 * with the name of its package, or is of another version of this program.
 */
const StoreDriver *module_driver(const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
