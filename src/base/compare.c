#include "tlsrpt/compare.h"

#include <string.h>

int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}
