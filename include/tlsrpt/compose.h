/*
 * Makes a message of a text and the same text as HTML: multipart/alternative (RFC 2046 section
 * 5.1.4).
 */
#ifndef TLSRPT_COMPOSE_H
#define TLSRPT_COMPOSE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	const char *from, *to; /* addresses that compose_check_addresses() accepts */
	const char *subject; /* UTF-8; encoded (RFC 2047) if needed */
	const char *text, *html; /* UTF-8 */
	int64_t at; /* Date, epoch seconds */
} Composition;

/*
 * Whether text is a mailbox or, where several are allowed, a list of mailboxes separated by commas
 * (RFC 5322 section 3.4), and nothing else: no group, no control character, and a local part in
 * ASCII. A name without a domain is accepted, since the mail system completes it.  Otherwise false
 * with TLSRPT_ERROR_USAGE, whose message names the option.
 */
bool compose_check_addresses(const char *option, const char *text, bool several, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * The mailboxes of a list that compose_check_addresses() accepts, in one form for all lists with the
 * same ones: without names, sorted, with ", " between them.  Caller frees.
 */
char *compose_plain_addresses(const char *text);

/*
 * The bytes of the message for the standard input of sendmail(1): lines end with LF, none is longer
 * than 998 bytes, and none consists of a dot alone.  The Message-ID and the boundary are computed
 * from the content, so equal compositions give equal messages.  A header field says that a program
 * wrote it (RFC 3834 section 5), so that no other program answers.  The result is the caller's.
 */
GBytes *compose_message(const Composition *composition);

#endif
