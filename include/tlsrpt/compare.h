/* The order of texts, for g_ptr_array_sort() and qsort(). */
#ifndef TLSRPT_COMPARE_H
#define TLSRPT_COMPARE_H

/*
 * Compares two elements of an array of texts (char *, not NULL) by their bytes, as strcmp() does.
 */
int compare_texts(const void *a, const void *b);

#endif
