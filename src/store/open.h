/* Finds the driver for the URI of a store. */
#ifndef TLSRPT_STORE_OPEN_H
#define TLSRPT_STORE_OPEN_H

#include "driver.h"

/* The driver for a URI, and the address to pass to it. UNSUPPORTED for an unknown scheme. */
const StoreDriver *store_find_driver(const char *uri, const char **address, GError **error);

#endif
