/* What the fuzz targets share.  Each checks what must hold for any bytes, by assertions. */
#ifndef TLSRPT_FUZZ_H
#define TLSRPT_FUZZ_H

#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The target: tries one input.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Of targets that make inputs of their own: changes data, which holds size bytes of at most max_size,
 * and returns the new size.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Changes the bytes blindly, in the same way: libFuzzer's, or that of driver.c. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* g_error() ends by a signal that libFuzzer does not know, so that the input would be lost. */
#define fuzz_fail(...) \
	do { \
		fprintf(stderr, __VA_ARGS__); \
		fputc('\n', stderr); \
		abort(); \
	} while (0)

/* The bytes as a text, up to the first NUL; caller frees. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	return size > 0 ? g_strndup((const char *)data, size) : g_strdup("");
}

static inline Limits
fuzz_limits(void)
{
	Limits limits;

	limits_init(&limits);
	return limits;
}

/* A text that comes out of a stage is UTF-8 and has at most that many bytes. */
static inline void
fuzz_text(const char *text, int64_t limit)
{
	g_assert_nonnull(text);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_cmpint((int64_t)strlen(text), <=, limit);
}

#endif
