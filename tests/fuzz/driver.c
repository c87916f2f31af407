/*
 * Stands in for libFuzzer, with any compiler: tries the files that are named, and those in folders that
 * are named.  With -s SECONDS it then goes on with inputs that it makes of these, blindly.  An input that
 * fails is left in the file "failed".
 */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SIZE ((size_t)16 * 1024)
#define STACKED 4 /* changes of one input */
#define FAILED "failed"

#pragma weak LLVMFuzzerCustomMutator

static GRand *dice;

/* --- changes */

static size_t
put(uint8_t *data, size_t size, size_t max_size)
{
	static const char *const words[] = { "\r\n", "--", ";", "=", ",", "{", "}", "[", "]", "\"",
		"\\", "null", "-1", "9007199254740993", "\0", "\xff", "\xe2\x80\xae", "From ",
		"v=TLSRPTv1", "mailto:", "Content-Type: ", "boundary=", "dkim=pass", "\x1f\x8b\x08",
		"PK\x03\x04" };
	const char *word = words[g_rand_int_range(dice, 0, G_N_ELEMENTS(words))];
	const size_t length = MAX(strlen(word), 1),
		     at = (size_t)g_rand_int_range(dice, 0, (gint32)size + 1);

	if (size + length > max_size)
		return size;
	memmove(data + at + length, data + at, size - at);
	memcpy(data + at, word, length);
	return size + length;
}

static size_t
cut(uint8_t *data, size_t size)
{
	const size_t at = (size_t)g_rand_int_range(dice, 0, (gint32)size);
	const size_t length = (size_t)g_rand_int_range(dice, 1, (gint32)MIN(size - at, 64) + 1);

	memmove(data + at, data + at + length, size - at - length);
	return size - length;
}

static size_t
repeat(uint8_t *data, size_t size, size_t max_size)
{
	const size_t at = (size_t)g_rand_int_range(dice, 0, (gint32)size);
	const size_t length = MIN(
		(size_t)g_rand_int_range(dice, 1, (gint32)MIN(size - at, 512) + 1),
		max_size - size);

	memmove(data + at + length, data + at, size - at);
	return size + length;
}

size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	switch (size > 0 ? g_rand_int_range(dice, 0, 4) : 0) {
	case 0:
		return put(data, size, max_size);
	case 1:
		return cut(data, size);
	case 2:
		return repeat(data, size, max_size);
	default:
		data[g_rand_int_range(dice, 0, (gint32)size)] ^= (uint8_t)(1
			<< g_rand_int_range(dice, 0, 8));
		return size;
	}
}

/* --- inputs */

static void
try(const uint8_t *data, size_t size)
{
	/* Memory of just that size, so that the address sanitizer sees whoever reads on. */
	g_autofree uint8_t *copy = g_memdup2(data, size);

	g_assert_cmpint(LLVMFuzzerTestOneInput(copy, size), ==, 0);
}

static void
add(GPtrArray *inputs, const char *path)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
		const char *name;
		while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
			g_autofree char *child = g_build_filename(path, name, NULL);
			add(inputs, child);
		}
		return;
	}
	char *content;
	gsize size;
	if (!g_file_get_contents(path, &content, &size, NULL)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	g_ptr_array_add(inputs, g_bytes_new_take(content, size));
}

static void
try_changed(GBytes *input)
{
	static uint8_t data[MAX_SIZE];
	gsize size;
	const uint8_t *bytes = g_bytes_get_data(input, &size);

	size = MIN(size, MAX_SIZE);
	if (size > 0)
		memcpy(data, bytes, size);
	for (int i = g_rand_int_range(dice, 1, STACKED + 1); i > 0; i--)
		size = LLVMFuzzerCustomMutator != NULL
			? LLVMFuzzerCustomMutator(data, size, MAX_SIZE, g_rand_int(dice))
			: LLVMFuzzerMutate(data, size, MAX_SIZE);
	g_assert_true(g_file_set_contents(FAILED, (const char *)data, (gssize)size, NULL));
	try(data, size);
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	gint64 seconds = 0;
	guint64 tried = 0;

	dice = g_rand_new();
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			seconds = g_ascii_strtoll(argv[++i], NULL, 10);
		else
			add(inputs, argv[i]);
	}
	for (; tried < inputs->len; tried++) {
		gsize size;
		const uint8_t *data = g_bytes_get_data(g_ptr_array_index(inputs, tried), &size);
		try(data, size);
	}
	const gint64 until = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	for (; seconds > 0 && inputs->len > 0 && g_get_monotonic_time() < until; tried++)
		try_changed(g_ptr_array_index(
			inputs, (guint)g_rand_int_range(dice, 0, (gint32)inputs->len)));
	if (seconds > 0)
		g_unlink(FAILED);
	printf("%" G_GUINT64_FORMAT " inputs\n", tried);
	g_rand_free(dice);
	return inputs->len > 0 ? 0 : 1;
}
