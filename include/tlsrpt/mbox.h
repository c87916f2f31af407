/* An mbox file (RFC 4155, and what is older) to its messages, in bounded memory. */
#ifndef TLSRPT_MBOX_H
#define TLSRPT_MBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Mbox Mbox;

typedef struct {
	GBytes *bytes; /* without the "From " line, its quoting taken off; NULL if over the limit */
	int64_t number; /* from 1 */
	int64_t offset, end; /* in the file, of the "From " line, and of the next one or the end */
} MboxMessage;

/* Whether the bytes begin like an mbox. */
bool mbox_looks_like(const void *data, size_t size);

/*
 * Reads the mbox from a descriptor of a file, which stays the caller's; from offset on, where
 * the message after number begins, or from 0, 0.  Messages over limit bytes are passed over.
 */
Mbox *mbox_new(int descriptor, int64_t offset, int64_t number, int64_t limit);
void mbox_free(Mbox *mbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mbox, mbox_free)

/*
 * The next message; the caller unrefs its bytes.  false at the end, and for TLSRPT_ERROR_IO if
 * the file cannot be read.
 */
bool mbox_next(Mbox *mbox, MboxMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
