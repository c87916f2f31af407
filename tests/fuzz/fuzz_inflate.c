/* gzip and zip: what they hold stays within the limits, and what was deflated comes back. */
#include "fuzz.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/zip.h"

#define LIMIT (64 * KIB)

static bool
is_fault_of_data(const GError *error)
{
	return g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_CORRUPT_GZIP)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_TRUNCATED_GZIP)
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT);
}

static void
check_inflate(GBytes *bytes)
{
	g_autoptr(GError) damage = NULL, error = NULL, strict_error = NULL;
	size_t trailing = 0, strict_trailing = 0;
	g_autoptr(GBytes) out = gzip_inflate(bytes, LIMIT, &trailing, &damage, &error);
	g_autoptr(GBytes)
		strict = gzip_inflate(bytes, LIMIT, &strict_trailing, NULL, &strict_error);

	g_assert_true((out != NULL) == (error == NULL));
	g_assert_true((strict != NULL) == (strict_error == NULL));
	g_assert_true(error == NULL || is_fault_of_data(error));
	/* Without damage both are the same; with it only the one that may be damaged has a result. */
	g_assert_true((strict != NULL) == (out != NULL && damage == NULL));
	g_assert_true(damage == NULL || (is_fault_of_data(damage) && out != NULL));
	if (out == NULL)
		return;
	g_assert_true(gzip_looks_like(bytes));
	g_assert_cmpint((int64_t)g_bytes_get_size(out), <=, LIMIT);
	g_assert_cmpuint(trailing, <, g_bytes_get_size(bytes));
	g_assert_true(strict == NULL || g_bytes_equal(strict, out));
}

static void
check_deflate(GBytes *bytes)
{
	const int64_t size = (int64_t)g_bytes_get_size(bytes);
	g_autoptr(GError) error = NULL;
	size_t trailing = 0;
	g_autoptr(GBytes) gzip = gzip_deflate(bytes, &error);
	g_assert_no_error(error);
	g_autoptr(GBytes) out = gzip_inflate(gzip, size, &trailing, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(bytes, out) && trailing == 0);
	/* One byte less is too little. */
	g_autoptr(GBytes) none = size > 0 ? gzip_inflate(gzip, size - 1, &trailing, NULL, &error)
					  : NULL;
	g_assert_true(none == NULL && (size == 0) == (error == NULL));
}

static void
check_zip(GBytes *bytes)
{
	g_autoptr(GError) error = NULL;
	Limits limits = fuzz_limits();
	int64_t all = 0;

	limits.report = LIMIT;
	g_autoptr(GPtrArray) entries = zip_read(bytes, &limits, &error);
	g_assert_cmpint(entries->len, <=, limits.reports);
	for (guint i = 0; i < entries->len; i++) {
		const ZipEntry *entry = g_ptr_array_index(entries, i);
		const int64_t size = (int64_t)g_bytes_get_size(entry->content);
		fuzz_text(entry->name, LIMIT);
		g_assert_cmpint(size, <=, LIMIT);
		all += size;
	}
	g_assert_cmpint(all, <=, 2 * LIMIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);

	check_inflate(bytes);
	check_deflate(bytes);
	if (size > 2 && data[0] == 'P' && data[1] == 'K')
		check_zip(bytes);
	return 0;
}
