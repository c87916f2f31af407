/*
 * Memory for SQLite in a process of one thread.  SQLite asks for thousands of small pieces, a few
 * for each word of SQL, and gives most of them back soon.  Its own pool for them is left out of
 * Debian's build (OMIT_LOOKASIDE), so that malloc() and free() would be a tenth of a delivery.
 */
#ifndef TLSRPT_STORE_MEMORY_H
#define TLSRPT_STORE_MEMORY_H

/* As the functions of sqlite3_mem_methods. */
void *memory_allocate(int size);
void memory_free(void *content);
void *memory_resize(void *content, int size);
int memory_size(void *content);
int memory_round_up(int size);

#endif
