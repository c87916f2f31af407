#include "tlsrpt/inflate.h"

#include "tlsrpt/error.h"

#include "util.h"

#define NO_LIMIT INT64_MAX

static GBytes *
gzip_of(const char *text)
{
	g_autoptr(GBytes) bytes = bytes_of(text);
	g_autoptr(GError) error = NULL;
	GBytes *gzip = gzip_deflate(bytes, &error);

	g_assert_no_error(error);
	return gzip;
}

/* One after the other. */
static GBytes *
join(GBytes *one, const void *other, size_t size)
{
	GByteArray *array = g_byte_array_new();

	g_byte_array_append(array, g_bytes_get_data(one, NULL), (guint)g_bytes_get_size(one));
	g_byte_array_append(array, other, (guint)size);
	return g_byte_array_free_to_bytes(array);
}

static void
assert_inflates(GBytes *gzip, int64_t limit, const char *expected, size_t expected_trailing)
{
	g_autoptr(GError) error = NULL;
	size_t trailing = 12345;
	g_autoptr(GBytes) bytes = gzip_inflate(gzip, limit, &trailing, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpmem(
		g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), expected, strlen(expected));
	g_assert_cmpuint(trailing, ==, expected_trailing);
}

static void
assert_inflate_error(GBytes *gzip, int64_t limit, TlsrptError code)
{
	g_autoptr(GError) error = NULL;
	size_t trailing;
	g_autoptr(GBytes) bytes = gzip_inflate(gzip, limit, &trailing, NULL, &error);

	g_assert_null(bytes);
	g_assert_error(error, TLSRPT_ERROR, (int)code);
}

/* Text of which nothing repeats for long, so that its gzip has blocks with codes of their own. */
static char *
long_text(size_t lines)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < lines; i++)
		g_string_append_printf(text, "%zu %zx\n", i, i * i * 2654435761u);
	return g_string_free(text, FALSE);
}

static void
test_looks_like(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool looks;
	} rows[] = {
		{ "\x1f\x8b", 2, true },
		{ "\x1f\x8b\x08 and more", 12, true },
		{ "\x1f", 1, false },
		{ "", 0, false },
		{ "\x8b\x1f", 2, false },
		{ " \x1f\x8b", 3, false },
		{ "\x1f\x9d", 2, false },
		{ "{}", 2, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) bytes = g_bytes_new(rows[i].bytes, rows[i].size);
		g_assert_cmpint(gzip_looks_like(bytes), ==, rows[i].looks);
	}
}

static void
test_roundtrip(void)
{
	static const size_t lines[] = { 0, 1, 100, 20000 };

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *text = long_text(lines[i]);
		g_autoptr(GBytes) gzip = gzip_of(text);
		g_assert_true(gzip_looks_like(gzip));
		assert_inflates(gzip, NO_LIMIT, text, 0);
	}
}

/* A member made by another program, with a name and a time in its header. */
static void
test_foreign(void)
{
	static const uint8_t bytes[] = { 0x1f, 0x8b, 0x08, 0x08, 0x00, 0x00, 0x00, 0x60, 0x02, 0xff,
		0x61, 0x00, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0xc2, 0x41, 0x24, 0x35, 0x03, 0x00, 0x00,
		0x00 };
	g_autoptr(GBytes) gzip = g_bytes_new(bytes, sizeof(bytes));

	assert_inflates(gzip, NO_LIMIT, "abc", 0);
}

static void
test_members(void)
{
	g_autoptr(GBytes) one = gzip_of("one ");
	g_autoptr(GBytes) empty = gzip_of("");
	g_autoptr(GBytes) two = gzip_of("two");
	gsize size;
	const void *data = g_bytes_get_data(empty, &size);
	g_autoptr(GBytes) joined = join(one, data, size);
	data = g_bytes_get_data(two, &size);
	g_autoptr(GBytes) all = join(joined, data, size);

	assert_inflates(all, NO_LIMIT, "one two", 0);
	assert_inflates(all, 7, "one two", 0);
	/* The limit is that of all members together. */
	assert_inflate_error(all, 6, TLSRPT_ERROR_LIMIT);
}

static void
test_trailing(void)
{
	static const struct {
		const char *bytes;
		size_t size, trailing;
	} rows[] = {
		{ "\0", 1, 0 },
		{ "\0\0\0\0\0\0\0\0", 8, 0 },
		{ "x", 1, 1 },
		{ "\r\n", 2, 2 },
		{ "\0\0x\0", 4, 2 },
		{ "\x1f", 1, 1 },
		{ "-- \nfooter", 10, 10 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) gzip = gzip_of("text");
		g_autoptr(GBytes) longer = join(gzip, rows[i].bytes, rows[i].size);
		assert_inflates(longer, NO_LIMIT, "text", rows[i].trailing);
	}
}

static void
test_truncated(void)
{
	g_autofree char *text = long_text(100);
	g_autoptr(GBytes) gzip = gzip_of(text);

	for (size_t cut = 0; cut < g_bytes_get_size(gzip); cut++) {
		g_autoptr(GBytes) bytes = bytes_cut(gzip, cut);
		assert_inflate_error(bytes, NO_LIMIT, TLSRPT_ERROR_TRUNCATED_GZIP);
	}
}

/* Inside the second of two members, from where it can be told that it is one. */
static void
test_truncated_member(void)
{
	g_autoptr(GBytes) one = gzip_of("one");
	gsize size;
	const void *data = g_bytes_get_data(one, &size);
	g_autoptr(GBytes) two = join(one, data, size);

	for (size_t cut = size + 2; cut < 2 * size; cut++) {
		g_autoptr(GBytes) bytes = bytes_cut(two, cut);
		assert_inflate_error(bytes, NO_LIMIT, TLSRPT_ERROR_TRUNCATED_GZIP);
	}
	g_autoptr(GBytes) bytes = bytes_cut(two, size);
	assert_inflates(bytes, NO_LIMIT, "one", 0);
}

/* A member with one of its bytes, counted from the end if negative, changed. */
static GBytes *
damage(GBytes *gzip, int at, uint8_t value)
{
	GBytes *copy = bytes_cut(gzip, g_bytes_get_size(gzip));
	uint8_t *data = (uint8_t *)g_bytes_get_data(copy, NULL);

	data[at >= 0 ? (size_t)at : g_bytes_get_size(copy) - (size_t)-at] ^= value;
	return copy;
}

static void
test_corrupt(void)
{
	static const int places[] = {
		2, /* the method */
		3, /* the reserved flags */
		-1, -4, /* the size */
		-5, -8, /* the checksum */
	};
	g_autofree char *text = long_text(100);
	g_autoptr(GBytes) gzip = gzip_of(text);

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(GBytes) bad = damage(gzip, places[i], 0x80);
		g_test_message("byte %d", places[i]);
		assert_inflate_error(bad, NO_LIMIT, TLSRPT_ERROR_CORRUPT_GZIP);
	}
}

/*
 * Wherever a bit of the deflate data changes, the text does not come out as another one.  (As itself it
 * may: the last byte can have bits that mean nothing, which depends on how zlib was compiled.)
 */
static void
test_corrupt_deflate(void)
{
	g_autofree char *text = long_text(100);
	g_autoptr(GBytes) gzip = gzip_of(text);
	const int size = (int)g_bytes_get_size(gzip);

	for (int at = 10; at < size - 8; at++) {
		g_autoptr(GBytes) bad = damage(gzip, at, 0x10);
		g_autoptr(GError) error = NULL;
		size_t trailing;
		g_autoptr(GBytes) bytes = gzip_inflate(bad, NO_LIMIT, &trailing, NULL, &error);
		if (bytes != NULL)
			g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
				text, strlen(text));
		else
			g_assert_true(
				g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_CORRUPT_GZIP)
				|| g_error_matches(
					error, TLSRPT_ERROR, TLSRPT_ERROR_TRUNCATED_GZIP));
	}
}

/* Where a second member is corrupt, the first does not pass for the whole. */
static void
test_corrupt_member(void)
{
	g_autoptr(GBytes) one = gzip_of("one");
	g_autoptr(GBytes) bad = damage(one, -8, 0x01);
	gsize size;
	const void *data = g_bytes_get_data(bad, &size);
	g_autoptr(GBytes) both = join(one, data, size);

	assert_inflate_error(both, NO_LIMIT, TLSRPT_ERROR_CORRUPT_GZIP);
}

static void
test_not_gzip(void)
{
	static const char *const rows[] = { "hello, world", "{}", "\x1f\x9d\x90 compress",
		"PK\x03\x04" };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) bytes = bytes_of(rows[i]);
		assert_inflate_error(bytes, NO_LIMIT, TLSRPT_ERROR_CORRUPT_GZIP);
	}
}

static void
test_limit(void)
{
	/* Less than, just, and more than what is inflated in one piece. */
	static const size_t sizes[] = { 0, 1, 100, 16383, 16384, 16385, 1000000 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *text = g_strnfill(sizes[i], 'a');
		g_autoptr(GBytes) gzip = gzip_of(text);
		assert_inflates(gzip, (int64_t)sizes[i], text, 0);
		if (sizes[i] > 0)
			assert_inflate_error(gzip, (int64_t)sizes[i] - 1, TLSRPT_ERROR_LIMIT);
	}
}

static void
test_deterministic(void)
{
	g_autofree char *text = long_text(1000);
	g_autoptr(GBytes) one = gzip_of(text);
	g_autoptr(GBytes) other = gzip_of(text);
	const uint8_t *data = g_bytes_get_data(one, NULL);
	static const uint8_t no_flags_no_time[] = { 0, 0, 0, 0, 0 };

	g_assert_true(g_bytes_equal(one, other));
	g_assert_cmpmem(data + 3, 5, no_flags_no_time, 5);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/inflate/looks-like", test_looks_like);
	g_test_add_func("/inflate/roundtrip", test_roundtrip);
	g_test_add_func("/inflate/foreign", test_foreign);
	g_test_add_func("/inflate/members", test_members);
	g_test_add_func("/inflate/trailing", test_trailing);
	g_test_add_func("/inflate/truncated", test_truncated);
	g_test_add_func("/inflate/truncated-member", test_truncated_member);
	g_test_add_func("/inflate/corrupt", test_corrupt);
	g_test_add_func("/inflate/corrupt-deflate", test_corrupt_deflate);
	g_test_add_func("/inflate/corrupt-member", test_corrupt_member);
	g_test_add_func("/inflate/not-gzip", test_not_gzip);
	g_test_add_func("/inflate/limit", test_limit);
	g_test_add_func("/inflate/deterministic", test_deterministic);
	return g_test_run();
}
