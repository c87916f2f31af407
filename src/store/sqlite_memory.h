/* The memory that SQLite works with. */
#ifndef TLSRPT_STORE_SQLITE_MEMORY_H
#define TLSRPT_STORE_SQLITE_MEMORY_H

#include <sqlite3.h>

/* For SQLITE_CONFIG_MALLOC, in a process where one thread alone uses SQLite. */
extern const sqlite3_mem_methods sqlite_memory;

#endif
