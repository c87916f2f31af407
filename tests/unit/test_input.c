#include "tlsrpt/input.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_kind(void)
{
	static const struct {
		const char *text;
		InputKind kind;
	} rows[] = {
		{ "\x1f\x8b\x08", INPUT_GZIP },
		{ "{\"policies\":[]}", INPUT_JSON },
		{ "[", INPUT_JSON },
		{ "\xef\xbb\xbf \n{", INPUT_JSON },
		{ "From: a@b.example\n\n{}", INPUT_MESSAGE },
		{ "From a@b.example Sun Nov  1 00:00:00 2026\nFrom: a@b.example\n", INPUT_MESSAGE },
		{ "\n\n", INPUT_MESSAGE },
		{ "text", INPUT_MESSAGE },
		{ "\x1f", INPUT_MESSAGE },
		{ "", INPUT_MESSAGE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) bytes = bytes_of(rows[i].text);
		g_assert_cmpint(input_kind(bytes), ==, rows[i].kind);
	}
}

static void
test_without_from_line(void)
{
	static const struct {
		const char *text, *rest;
	} rows[] = {
		{ "From a Sun Nov  1 00:00:00 2026\nSubject: x\n\n", "Subject: x\n\n" },
		{ "From a\r\nSubject: x\r\n", "Subject: x\r\n" },
		{ "From a\nFrom b\n", "From b\n" },
		{ "From a\n", "" },
		{ "From a", "" },
		{ "From ", "" },
		{ "From", "From" },
		{ "From: a@b.example\n", "From: a@b.example\n" },
		{ "from a\n", "from a\n" },
		{ ">From a\n", ">From a\n" },
		{ "\nFrom a\n", "\nFrom a\n" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) text = bytes_of(rows[i].text);
		g_autoptr(GBytes) bytes = bytes_cut(text, strlen(rows[i].text));
		g_autoptr(GBytes) rest = input_without_from_line(bytes);
		g_assert_cmpmem(g_bytes_get_data(rest, NULL), g_bytes_get_size(rest), rows[i].rest,
			strlen(rows[i].rest));
	}
}

static void
assert_scan(const char *text, const Limits *limits, bool ok)
{
	g_autoptr(GBytes) whole = bytes_of(text);
	g_autoptr(GBytes) bytes = bytes_cut(whole, strlen(text));
	g_autoptr(GError) error = NULL;

	g_test_message("%.100s", text);
	g_assert_cmpint(input_scan_message(bytes, limits, &error), ==, ok);
	if (ok)
		g_assert_no_error(error);
	else
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT);
}

static void
test_scan_limits(void)
{
	static const LimitRow rows[] = {
		{ offsetof(Limits, dash_lines), 2, "A: b\n\n--\n--x\n -- y\n-\n", "--\n--x\n--" },
		{ offsetof(Limits, dash_lines), 1, "A: b\n\n--x--\r\n",
			"A: b\n\n--x\r\n--x--\r\n" },
		{ offsetof(Limits, header_lines), 2, "A: b\nC:\n c: d\n: e\nf g: h\n\n",
			"A: b\nC:\nD: e" },
		/* Also in the body: what is a header is for the parser to say. */
		{ offsetof(Limits, header_lines), 1, "A: b\n\ntext\n", "A: b\n\ntext\nC: d\n" },
		{ offsetof(Limits, header_lines), 1, "A-b!: c\n", "A:b\r\nC:d\r\n" },
		/* With the end of the line. */
		{ offsetof(Limits, header_field), 10, "A: 345678\n", "A: 3456789\n" },
		{ offsetof(Limits, header_field), 10, "A: 34567\r\n", "A: 345678\r\n" },
		{ offsetof(Limits, header_field), 10, "A: 3\n 678\nB: 3\n 678\n", "A: 3\n 6789\n" },
		{ offsetof(Limits, header_field), 10, "A: 3\n\n1234567890123\n",
			"A: 3\n\n--x\nA: 34567890\n" },
		/* The header of an enclosed message. */
		{ offsetof(Limits, header_field), 10, "--x\nA: 3\n\ntext\nA: 345678901\n",
			"--x\nA: 3\n\nA: 345678901\n" },
		/* All fields together, wherever; with a blank before the colon, as GMime takes them. */
		{ offsetof(Limits, header), 10, "A: b\nC: d\n", "A: b\nC: de\n" },
		{ offsetof(Limits, header), 10, "A: b\n c\n\ntext\n e\n--\n--\n",
			"A: b\n\ntext\nC : d\n" },
		/* A header without a name is one all the same. */
		{ offsetof(Limits, header_field), 10, "123456789\n", "1234567890\n" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Limits limits = limits_with(rows[i].offset, rows[i].limit);
		assert_scan(rows[i].within, &limits, true);
		assert_scan(rows[i].over, &limits, false);
	}
}

static void
test_scan_default_limits(void)
{
	const Limits limits = default_limits();
	const struct {
		const char *line;
		int64_t limit;
	} rows[] = {
		{ "--\n", limits.dash_lines },
		{ "A: b\n", limits.header_lines },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GString *text = g_string_new(NULL);
		for (int64_t n = 0; n < rows[i].limit; n++)
			g_string_append(text, rows[i].line);
		assert_scan(text->str, &limits, true);
		g_string_append(text, rows[i].line);
		assert_scan(text->str, &limits, false);
		g_string_free(text, TRUE);
	}
	g_autofree char *field = g_strnfill((gsize)limits.header_field - 1, 'a');
	g_autofree char *longer = g_strnfill((gsize)limits.header_field, 'a');
	assert_scan(field, &limits, true);
	assert_scan(longer, &limits, false);
}

static void
test_scan_empty(void)
{
	const Limits limits = default_limits();

	assert_scan("", &limits, true);
	assert_scan("\n", &limits, true);
	assert_scan("no end of line", &limits, true);
}

/* The writing end of a pipe on which so many bytes come, in a thread of its own. */
typedef struct {
	int fd;
	size_t size;
} Writer;

static gpointer
write_bytes(gpointer data)
{
	const Writer *writer = data;

	char block[997];

	memset(block, 'a', sizeof(block));
	for (size_t left = writer->size; left > 0;) {
		const size_t n = MIN(sizeof(block), left);
		g_assert_cmpint(write(writer->fd, block, n), ==, n);
		left -= n;
	}
	close(writer->fd);
	return NULL;
}

static int64_t
size_of(int fd)
{
	struct stat status;

	g_assert_cmpint(fstat(fd, &status), ==, 0);
	return status.st_size;
}

static int
memory_file(void)
{
	const int fd = memfd_create("test", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	return fd;
}

/* What input_read() makes of so many bytes under a limit. */
static void
assert_read(size_t size, int64_t limit, int64_t expected)
{
	g_autoptr(GError) error = NULL;
	int64_t length = -1;
	int ends[2];
	const int out = memory_file();
	g_assert_cmpint(pipe(ends), ==, 0);
	Writer writer = { ends[1], size };
	GThread *thread = g_thread_new("writer", write_bytes, &writer);

	g_test_message("%zu bytes", size);
	g_assert_true(input_read(ends[0], out, -1, limit, 10000, &length, &error));
	g_assert_no_error(error);
	g_thread_join(thread);
	g_assert_cmpint(length, ==, expected);
	if (expected <= limit)
		g_assert_cmpint(size_of(out), ==, expected);
	else
		g_assert_cmpint(size_of(out), <=, limit);
	close(ends[0]);
	close(out);
}

static void
test_read(void)
{
	static const size_t limits[] = { 0, 1, 10, 65536, 200000 };

	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
		const int64_t limit = (int64_t)limits[i];
		assert_read(0, limit, 0);
		assert_read(limits[i], limit, limit);
		/* Past it all is read still: the thread would not end otherwise. */
		assert_read(limits[i] + 1, limit, limit + 1);
		assert_read(limits[i] + 300000, limit, limit + 1);
	}
}

static void
test_read_content(void)
{
	static const char text[] = "Subject: x\r\n\r\n\0\xff binary";
	g_autoptr(GError) error = NULL;
	char copy[sizeof(text)] = "";
	int64_t length;
	const int in = memory_file(), out = memory_file();

	g_assert_cmpint(write(in, text, sizeof(text)), ==, sizeof(text));
	g_assert_cmpint(lseek(in, 0, SEEK_SET), ==, 0);
	g_assert_true(input_read(in, out, -1, 1000, -1, &length, &error));
	g_assert_cmpint(pread(out, copy, sizeof(copy), 0), ==, length);
	g_assert_cmpmem(copy, (size_t)length, text, sizeof(text));
	close(in);
	close(out);
}

/* Where it is known how much there is: no byte is read beyond it, and none may be missing. */
static void
test_read_expected(void)
{
	static const int64_t sizes[] = { 0, 1, 65536, 65537, 200000, 300000 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(GError) error = NULL;
		int64_t length = -1;
		const int in = memory_file(), out = memory_file();
		g_assert_cmpint(ftruncate(in, 300000), ==, 0);
		g_assert_true(input_read(in, out, sizes[i], 200000, 10000, &length, &error));
		g_assert_no_error(error);
		g_assert_cmpint(length, ==, MIN(sizes[i], 200001));
		g_assert_cmpint(lseek(in, 0, SEEK_CUR), ==, sizes[i]);
		g_assert_cmpint(lseek(in, 300000 - 5, SEEK_SET), ==, 300000 - 5);
		length = 12345;
		g_assert_false(input_read(in, out, 6, 200000, 10000, &length, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
		g_assert_cmpint(length, ==, 12345);
		close(in);
		close(out);
	}
}

static void
assert_read_fails(int in, int out, int idle_ms)
{
	g_autoptr(GError) error = NULL;
	int64_t length = 12345;

	g_assert_false(input_read(in, out, -1, 1000, idle_ms, &length, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	g_assert_cmpint(length, ==, 12345);
}

static void
test_read_idle(void)
{
	const int out = memory_file();
	int ends[2];

	g_assert_cmpint(pipe(ends), ==, 0);
	/* Something comes, and then nothing more, without an end. */
	g_assert_cmpint(write(ends[1], "abc", 3), ==, 3);
	const int64_t start = g_get_monotonic_time();
	assert_read_fails(ends[0], out, 50);
	const int64_t waited = g_get_monotonic_time() - start;
	g_assert_cmpint(waited, >=, 40000);
	g_assert_cmpint(waited, <, 5000000);
	close(ends[0]);
	close(ends[1]);
	close(out);
}

static void
test_read_errors(void)
{
	const int in = memory_file(), out = memory_file();
	const int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_read_fails(directory, out, 1000);
	assert_read_fails(1023, out, 1000); /* not open */
	g_assert_cmpint(write(in, "abc", 3), ==, 3);
	g_assert_cmpint(lseek(in, 0, SEEK_SET), ==, 0);
	assert_read_fails(in, full, 1000);
	close(directory);
	close(full);
	close(in);
	close(out);
}

/* A descriptor that does not block, as some parents leave it, is waited for. */
static void
test_read_nonblocking(void)
{
	g_autoptr(GError) error = NULL;
	int64_t length;
	int ends[2];
	const int out = memory_file();
	g_assert_cmpint(pipe2(ends, O_NONBLOCK), ==, 0);
	g_assert_cmpint(fcntl(ends[1], F_SETFL, 0), ==, 0);
	Writer writer = { ends[1], 300000 };
	GThread *thread = g_thread_new("writer", write_bytes, &writer);

	g_assert_true(input_read(ends[0], out, -1, 1000000, 10000, &length, &error));
	g_assert_no_error(error);
	g_assert_cmpint(length, ==, 300000);
	g_thread_join(thread);
	close(ends[0]);
	close(out);
}

static void
test_drain(void)
{
	int ends[2];

	g_assert_cmpint(pipe(ends), ==, 0);
	Writer writer = { ends[1], 300000 };
	GThread *thread = g_thread_new("writer", write_bytes, &writer);
	input_drain(ends[0], 10000);
	g_thread_join(thread);
	g_assert_cmpint(read(ends[0], (char[1]){ 0 }, 1), ==, 0);
	close(ends[0]);

	g_assert_cmpint(pipe(ends), ==, 0);
	input_drain(ends[0], 20); /* nothing comes, and no end */
	close(ends[0]);
	close(ends[1]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/input/kind", test_kind);
	g_test_add_func("/input/without-from-line", test_without_from_line);
	g_test_add_func("/input/scan-limits", test_scan_limits);
	g_test_add_func("/input/scan-default-limits", test_scan_default_limits);
	g_test_add_func("/input/scan-empty", test_scan_empty);
	g_test_add_func("/input/read", test_read);
	g_test_add_func("/input/read-content", test_read_content);
	g_test_add_func("/input/read-expected", test_read_expected);
	g_test_add_func("/input/read-idle", test_read_idle);
	g_test_add_func("/input/read-errors", test_read_errors);
	g_test_add_func("/input/read-nonblocking", test_read_nonblocking);
	g_test_add_func("/input/drain", test_drain);
	return g_test_run();
}
