#include "tlsrpt/message_read.h"

#include "tlsrpt/error.h"
#include "tlsrpt/input.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

bool
message_fail_too_large(int64_t limit, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_LARGE,
		"the message is over the limit message=%" G_GINT64_FORMAT, limit);
	return false;
}

bool
message_read(const MessageSource *source, int file, GError **error)
{
	int64_t length;

	if (!input_read(source->descriptor, file, source->length, source->limit, source->idle_ms,
		    &length, error))
		return false;
	return length <= source->limit || message_fail_too_large(source->limit, error);
}

GBytes *
message_map(int file, GError **error)
{
	GMappedFile *mapped = g_mapped_file_new_from_fd(file, FALSE, NULL);

	if (mapped == NULL) {
		g_set_error_literal(
			error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot map the message into memory");
		return NULL;
	}
	GBytes *message = g_mapped_file_get_bytes(mapped);
	g_mapped_file_unref(mapped);
	return message;
}

GBytes *
message_take(const MessageSource *source, GError **error)
{
	const int file = memfd_create("message", MFD_CLOEXEC);

	if (file < 0) {
		error_errno("cannot keep a message in memory", error);
		return NULL;
	}
	GBytes *message = message_read(source, file, error) ? message_map(file, error) : NULL;
	close(file);
	return message;
}

bool
message_read_start(
	int descriptor, int64_t file_size, char *bytes, size_t size, size_t *length, GError **error)
{
	*length = 0;
	do {
		const ssize_t got = pread(
			descriptor, bytes + *length, size - *length, (off_t)*length);
		if (got < 0 && errno != EINTR)
			return error_errno("cannot read it", error);
		if (got == 0)
			break;
		*length += (size_t)MAX(got, 0);
	} while (*length < size && (int64_t)*length != file_size);
	return true;
}

GBytes *
message_read_file(int descriptor, int64_t file_size, GError **error)
{
	/* One byte more, by which a file shows that it has grown. */
	const size_t size = (size_t)file_size + 1;
	g_autofree char *bytes = g_malloc(size);
	size_t length;

	if (!message_read_start(descriptor, file_size, bytes, size, &length, error))
		return NULL;
	return g_bytes_new_take(g_steal_pointer(&bytes), length);
}
