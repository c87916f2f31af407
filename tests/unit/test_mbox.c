#include "tlsrpt/mbox.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <sys/mman.h>
#include <unistd.h>

#define DATED "From a@b.example Mon Nov 23 00:00:00 2026\n"
#define LIMIT 1000

static int
file_of(const char *text, size_t size)
{
	const int descriptor = memfd_create("mbox", MFD_CLOEXEC);

	g_assert_cmpint(write(descriptor, text, size), ==, (gssize)size);
	return descriptor;
}

/* The messages with "|" between them; one over the limit is "(large)". Caller frees. */
static char *
split(int descriptor, int64_t offset, int64_t number, int64_t limit)
{
	g_autoptr(Mbox) mbox = mbox_new(descriptor, offset, number, limit);
	GString *all = g_string_new(NULL);
	int64_t end = offset;
	MboxMessage message;
	g_autoptr(GError) error = NULL;

	while (mbox_next(mbox, &message, &error)) {
		g_assert_cmpint(message.number, ==, ++number);
		g_assert_cmpint(message.offset, ==, end);
		end = message.end;
		if (message.offset > offset)
			g_string_append_c(all, '|');
		if (message.bytes == NULL) {
			g_string_append(all, "(large)");
			continue;
		}
		gsize size;
		const char *data = g_bytes_get_data(message.bytes, &size);
		g_assert_cmpint((int64_t)size, <=, limit);
		g_string_append_len(all, data, (gssize)size);
		g_bytes_unref(message.bytes);
	}
	g_assert_no_error(error);
	g_assert_cmpint(end, ==, lseek(descriptor, 0, SEEK_END));
	return g_string_free(all, FALSE);
}

static void
assert_split(const char *text, const char *expected)
{
	const int descriptor = file_of(text, strlen(text));
	g_autofree char *messages = split(descriptor, 0, 0, LIMIT);

	g_assert_cmpstr(messages, ==, expected);
	close(descriptor);
}

static void
test_split(void)
{
	static const struct {
		const char *text, *messages;
	} rows[] = {
		{ "", "" },
		{ DATED, "" },
		{ DATED "A: 1\n\nx\n", "A: 1\n\nx\n" },
		{ DATED "A: 1\n\nx\n\n" DATED "A: 2\n\ny\n", "A: 1\n\nx\n|A: 2\n\ny\n" },
		/* No empty line, but a date. */
		{ DATED "A: 1\n\nx\n" DATED "A: 2\n\ny\n", "A: 1\n\nx\n|A: 2\n\ny\n" },
		/* No date, but an empty line, as some versions of Thunderbird do it. */
		{ "From - \nA: 1\n\nx\n\nFrom \nA: 2\n\ny", "A: 1\n\nx\n|A: 2\n\ny" },
		/* Neither. */
		{ DATED "A: 1\n\nx\nFrom here\nB: 2\n", "A: 1\n\nx\nFrom here\nB: 2\n" },
		/* Text that nobody has quoted. */
		{ DATED "A: 1\n\nx\n\nFrom here on, all is well\nand so on\n",
			"A: 1\n\nx\n\nFrom here on, all is well\nand so on\n" },
		/* Other dates. */
		{ DATED "A: 1\n\nx\nFrom 17@xxx Mon Nov 23 12:34:56 +0000 2026\nA: 2\n\n",
			"A: 1\n\nx\n|A: 2\n" },
		{ DATED "A: 1\n\nx\nFrom u at b.example  Mon Nov  2 12:34 2026\nA: 2\n\n",
			"A: 1\n\nx\n|A: 2\n" },
		/* CRLF. */
		{ "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\nA: 2\r\n\r\ny\r\n",
			"A: 1\r\n\r\nx\r\n|A: 2\r\n\r\ny\r\n" },
		/* An empty message among others. */
		{ DATED "\n" DATED "A: 2\n\ny\n", "\n|A: 2\n\ny\n" },
		{ DATED DATED "A: 2\n\ny\n", "|A: 2\n\ny\n" },
		/* Cut short. */
		{ DATED "A: 1\n\nx\n\nFrom ", "A: 1\n\nx\n\nFrom " },
		{ DATED "A: 1\n\nx\n\nFro", "A: 1\n\nx\n\nFro" },
		/* mboxo and mboxrd. */
		{ DATED "A: 1\n\n>From x\n>>From y\n> From z\n>Fromm\na >From b\n",
			"A: 1\n\nFrom x\n>From y\n> From z\n>Fromm\na >From b\n" },
		{ DATED "A: 1\n\nx >\n>From y\n", "A: 1\n\nx >\nFrom y\n" },
		/* mboxcl, with quoting. */
		{ DATED "A: 1\nContent-Length: 8\n\n>From x\n\n" DATED "A: 2\n\ny\n",
			"A: 1\nContent-Length: 8\n\nFrom x\n|A: 2\n\ny\n" },
		/* mboxcl2, without. */
		{ DATED "A: 1\nCONTENT-LENGTH:62\n\n" DATED ">From B: 1\nB: 2\n123\n\n" DATED
			"A: 2\n\ny\n",
			"A: 1\nCONTENT-LENGTH:62\n\n" DATED ">From B: 1\nB: 2\n123\n|A: 2\n\ny\n" },
		{ DATED "Content-Length: 48\n\n" DATED "B: 2\n\n", "Content-Length: 48\n\n" DATED
			"B: 2\n\n" },
		/* A length that is none of this file's. */
		{ DATED "Content-Length: 3\n\n1234\n\n" DATED "A: 2\n\ny\n",
			"Content-Length: 3\n\n1234\n|A: 2\n\ny\n" },
		{ DATED "Content-Length: 9999\n\n1234\n\n" DATED "A: 2\n\ny\n",
			"Content-Length: 9999\n\n1234\n|A: 2\n\ny\n" },
		{ DATED "Content-Length: 99999999999999999999\n\n1\n\n" DATED "A: 2\n\n",
			"Content-Length: 99999999999999999999\n\n1\n|A: 2\n" },
		{ DATED "Content-Length: -3\n\n1\n\n" DATED "A: 2\n\n",
			"Content-Length: -3\n\n1\n|A: 2\n" },
		{ DATED "Content-Length:\n\n1\n\n" DATED "A: 2\n\n", "Content-Length:\n\n1\n|A: 2\n" },
		/* In the body it means nothing. */
		{ DATED "A: 1\n\nContent-Length: 2\n\n" DATED "A: 2\n\n",
			"A: 1\n\nContent-Length: 2\n|A: 2\n" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_split(rows[i].text, rows[i].messages);
}

/* A message of exactly so many bytes. */
static void
append_message(GString *text, size_t size, const char *fields)
{
	const size_t start = text->len;

	g_string_append(text, fields);
	g_string_append_c(text, '\n');
	while (text->len < start + size - 1)
		g_string_append_c(text, (text->len - start) % 70 == 69 ? '\n' : 'x');
	g_string_append_c(text, '\n');
}

/* At the limit and one past it, whether the length is stated or not; the rest goes on. */
static void
test_limit(void)
{
	static const struct {
		size_t size;
		const char *fields;
		bool large;
	} rows[] = {
		{ LIMIT, "A: 1\n", false },
		{ LIMIT + 1, "A: 1\n", true },
		{ LIMIT, "Content-Length: 979\n", false },
		{ LIMIT + 1, "Content-Length: 980\n", true },
		{ 1000 * LIMIT, "A: 1\n", true },
		{ 1000 * LIMIT, "Content-Length: 999979\n", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) text = g_string_new(DATED);
		append_message(text, rows[i].size, rows[i].fields);
		g_string_append(text, "\n" DATED "A: 2\n\ny\n");
		const int descriptor = file_of(text->str, text->len);
		g_autofree char *messages = split(descriptor, 0, 0, LIMIT);
		g_assert_true(g_str_has_suffix(messages, "|A: 2\n\ny\n"));
		g_assert_cmpint(g_str_has_prefix(messages, "(large)"), ==, rows[i].large);
		close(descriptor);
	}
}

/* Whatever stands where between two reads, it is the same; and from any message on. */
static void
test_chunks(void)
{
	for (size_t shift = 0; shift < 64; shift++) {
		g_autoptr(GString) text = g_string_new(DATED);
		append_message(text, 256 * 1024 - 60 + shift, "A: 1\n");
		g_string_append(text, "\n" DATED);
		append_message(text, 300 * 1024, "A: 2\n");
		const size_t second = text->len;
		g_string_append(text, "\n" DATED "A: 3\n\n>From me\n");
		const int descriptor = file_of(text->str, text->len);
		g_autofree char *messages = split(descriptor, 0, 0, MIB);
		g_auto(GStrv) each = g_strsplit(messages, "|", -1);
		g_assert_cmpint(g_strv_length(each), ==, 3);
		g_assert_cmpint(strlen(each[0]), ==, 256 * 1024 - 60 + shift);
		g_assert_cmpint(strlen(each[1]), ==, 300 * 1024);
		g_assert_cmpstr(each[2], ==, "A: 3\n\nFrom me\n");
		g_autofree char *rest = split(descriptor, (int64_t)second + 1, 2, MIB);
		g_assert_cmpstr(rest, ==, "A: 3\n\nFrom me\n");
		close(descriptor);
	}
}

/* The whole, cut at every byte: what was sound before the cut is there. */
static void
test_cut(void)
{
	static const char text[] = DATED "A: 1\nContent-Length: 3\n\nx1\n\n" DATED
		"A: 2\n\nx2\n\n" DATED "A: 3\n\n>From x3\n";
	const char *third = strstr(text, "A: 3");

	for (size_t size = 0; size <= strlen(text); size++) {
		const int descriptor = file_of(text, size);
		g_autofree char *messages = split(descriptor, 0, 0, LIMIT);
		if (text + size > third)
			g_assert_true(g_str_has_prefix(messages,
				"A: 1\nContent-Length: 3\n\nx1\n|A: 2\n\nx2\n"));
		close(descriptor);
	}
}

static void
test_looks_like(void)
{
	g_assert_true(mbox_looks_like("From x", 6));
	g_assert_false(mbox_looks_like("From", 4));
	g_assert_false(mbox_looks_like("From: x", 7));
}

static void
test_unreadable(void)
{
	int ends[2];
	g_assert_cmpint(pipe(ends), ==, 0);
	g_autoptr(Mbox) mbox = mbox_new(ends[0], 0, 0, LIMIT);
	MboxMessage message;
	g_autoptr(GError) error = NULL;

	g_assert_false(mbox_next(mbox, &message, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	close(ends[0]);
	close(ends[1]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mbox/split", test_split);
	g_test_add_func("/mbox/limit", test_limit);
	g_test_add_func("/mbox/chunks", test_chunks);
	g_test_add_func("/mbox/cut", test_cut);
	g_test_add_func("/mbox/looks-like", test_looks_like);
	g_test_add_func("/mbox/unreadable", test_unreadable);
	return g_test_run();
}
