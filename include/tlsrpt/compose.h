/* A text and the same as HTML to a message: multipart/alternative (RFC 2046 section 5.1.4). */
#ifndef TLSRPT_COMPOSE_H
#define TLSRPT_COMPOSE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	const char *from, *to; /* as compose_check_addresses() lets them pass */
	const char *subject; /* UTF-8; encoded (RFC 2047) if needed */
	const char *text, *html; /* UTF-8 */
	int64_t at; /* Date, epoch seconds */
} Composition;

/*
 * Whether text is one or, if several are allowed, more mailboxes separated by commas (RFC 5322
 * section 3.4) and nothing else: no group, no control character, a local part in ASCII.  A name
 * without a domain is one, too: the mail system completes it.  USAGE, which names the option.
 */
bool compose_check_addresses(const char *option, const char *text, bool several, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * The bytes of the message, lines ending with LF, as sendmail(1) takes them on standard input: no
 * line is longer than 998 bytes or consists of a dot.  Its Message-ID and boundary follow from the
 * content, so that the same composition is the same message.  It says that a program wrote it (RFC
 * 3834 section 5), so that no program answers.  The result is the caller's.
 */
GBytes *compose_message(const Composition *composition);

#endif
