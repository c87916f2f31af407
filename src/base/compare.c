#include "tlsrpt/compare.h"

#include <string.h>

int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
compare_integers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}
