/* The order of texts, for g_ptr_array_sort() and qsort(), and of numbers, for functions like it. */
#ifndef TLSRPT_COMPARE_H
#define TLSRPT_COMPARE_H

#include <stdint.h>

/*
 * Compares two elements of an array of texts (char *, not NULL) by their bytes, as strcmp() does.
 */
int compare_texts(const void *a, const void *b);

/* Below 0, 0 or above 0, as a is less than b, the same or greater. */
int compare_integers(int64_t a, int64_t b);

#endif
