/* The parsing of what strangers have sent, where it can do no harm: in a child, under limits. */
#ifndef TLSRPT_TLSRPT_CONFINED_H
#define TLSRPT_TLSRPT_CONFINED_H

#include "tlsrpt/config.h"
#include "tlsrpt/pack.h"

#include <glib.h>
#include <stdbool.h>

/*
 * A child that parses one thing after the other, since to start one for each costs more than to
 * parse.
 */
typedef struct Confined Confined;

/* Parses what was packed for it, and packs what came of it. */
typedef bool (*ConfinedService)(
	Unpacker *request, const Config *config, GByteArray *packed, GError **error);

/* Everything is borrowed.  TLSRPT_ERROR_IO. */
Confined *confined_new(
	ConfinedService service, const Config *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void confined_free(Confined *confined);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Confined, confined_free)

/*
 * Has the child serve a request, with the limits and the share of the deadline that a delivery has
 * for its parsing.  Returns what the child has packed; caller unrefs.  An error of the service is
 * passed on. CRASHED and TOO_COSTLY are the message's fault; IO, INTERRUPTED and NO_MEMORY are not.
 *
 * If the child dies, the next request gets another one.  If it had served others before, the same
 * request is tried again first, since one of those may have been the reason.
 */
GBytes *confined_ask(
	Confined *confined, const GByteArray *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Begins to unpack such a result. */
Unpacker confined_unpacker(GBytes *packed);

/*
 * Ends that: sets an error, INTERRUPTED, and returns false unless the whole result was unpacked.
 * The parser has overwritten its own memory then, and has not crashed of that.
 */
bool confined_is_sound(const Unpacker *unpacker, GError **error);

#endif
