/* Splits an mbox file (RFC 4155, and older forms) into its messages, in bounded memory. */
#ifndef TLSRPT_MBOX_H
#define TLSRPT_MBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Mbox Mbox;

typedef struct {
	/* without the "From " line, and unquoted; NULL if the message is over the limit */
	GBytes *bytes;
	int64_t number; /* from 1 */
	/* offsets in the file: of its "From " line, and of the next one or the end of the file */
	int64_t offset, end;
} MboxMessage;

/* Whether the bytes begin like an mbox. */
bool mbox_looks_like(const void *data, size_t size);

/*
 * Reads the mbox from the descriptor of a file, which the caller closes.  Begins at offset, where
 * the message after that number begins; 0 and 0 are the beginning of the file.  Messages over limit
 * bytes are returned without their bytes.
 */
Mbox *mbox_new(int descriptor, int64_t offset, int64_t number, int64_t limit);
void mbox_free(Mbox *mbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mbox, mbox_free)

/*
 * The next message; the caller unrefs its bytes.  False at the end of the file, and with
 * TLSRPT_ERROR_IO if the file cannot be read.
 */
bool mbox_next(Mbox *mbox, MboxMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
