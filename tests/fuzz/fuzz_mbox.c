/* mbox: messages follow each other without a gap, and reading on at any of them gives the same ones. */
#include "fuzz.h"

#include "tlsrpt/mbox.h"

#include <sys/mman.h>
#include <unistd.h>

#define LIMIT 1000

static void
message_clear(gpointer data)
{
	g_bytes_unref(((MboxMessage *)data)->bytes);
}

/* All messages from there on. */
static GArray *
split(int descriptor, int64_t offset, int64_t number, int64_t limit)
{
	g_autoptr(Mbox) mbox = mbox_new(descriptor, offset, number, limit);
	g_autoptr(GError) error = NULL;
	GArray *messages = g_array_new(FALSE, FALSE, sizeof(MboxMessage));
	MboxMessage message;

	g_array_set_clear_func(messages, message_clear);
	while (mbox_next(mbox, &message, &error))
		g_array_append_val(messages, message);
	g_assert_no_error(error);
	return messages;
}

static void
check_all(const GArray *messages, int64_t offset, int64_t number, int64_t size)
{
	for (guint i = 0; i < messages->len; i++) {
		const MboxMessage *message = &g_array_index(messages, MboxMessage, i);
		g_assert_cmpint(message->number, ==, ++number);
		g_assert_cmpint(message->offset, ==, offset);
		g_assert_cmpint(message->end, >, message->offset);
		offset = message->end;
		if (message->bytes != NULL) {
			const int64_t length = (int64_t)g_bytes_get_size(message->bytes);
			g_assert_cmpint(length, <=, LIMIT);
			g_assert_cmpint(length, <=, message->end - message->offset);
		} else {
			g_assert_cmpint(message->end - message->offset, >, LIMIT);
		}
	}
	g_assert_true(messages->len == 0 || offset == size);
}

static void
check_from(int descriptor, const GArray *messages, guint first)
{
	const MboxMessage *begin = &g_array_index(messages, MboxMessage, first);
	g_autoptr(GArray) rest = split(descriptor, begin->offset, begin->number - 1, LIMIT);

	g_assert_cmpuint(rest->len, ==, messages->len - first);
	for (guint i = 0; i < rest->len; i++) {
		const MboxMessage *one = &g_array_index(rest, MboxMessage, i);
		const MboxMessage *other = &g_array_index(messages, MboxMessage, first + i);
		g_assert_true(one->offset == other->offset && one->end == other->end);
		g_assert_true((one->bytes == NULL) == (other->bytes == NULL));
		g_assert_true(one->bytes == NULL || g_bytes_equal(one->bytes, other->bytes));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int descriptor = -1;

	if (!mbox_looks_like(data, size))
		return 0;
	if (descriptor < 0)
		descriptor = memfd_create("mbox", MFD_CLOEXEC);
	g_assert_cmpint(ftruncate(descriptor, 0), ==, 0);
	g_assert_cmpint(pwrite(descriptor, data, size, 0), ==, (gssize)size);
	g_autoptr(GArray) messages = split(descriptor, 0, 0, LIMIT);
	check_all(messages, 0, 0, (int64_t)size);
	if (messages->len > 0)
		check_from(descriptor, messages, (guint)(size % messages->len));
	return 0;
}
