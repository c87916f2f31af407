/* The parsing of what strangers have sent, where it can do no harm: in a child, under limits. */
#ifndef TLSRPT_TLSRPT_CONFINED_H
#define TLSRPT_TLSRPT_CONFINED_H

#include "tlsrpt/config.h"
#include "tlsrpt/pack.h"

#include <glib.h>
#include <stdbool.h>

/* Parses, and packs what came of it. */
typedef bool (*ConfinedWork)(const void *data, GByteArray *packed, GError **error);

/*
 * Has a child do the work, with the limits and the share of the deadline that a delivery has for its
 * parsing.  Returns what the child has packed; caller unrefs.  An error of the work is passed on.
 * CRASHED and TOO_COSTLY are the message's fault; IO, INTERRUPTED and NO_MEMORY are not.
 */
GBytes *confined_run(ConfinedWork work, const void *data, const Config *config, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Begins to unpack such a result. */
Unpacker confined_unpacker(GBytes *packed);

/*
 * Ends it: sets an error, INTERRUPTED, and returns false unless all of the result was unpacked.  The
 * child must have been out of its mind if not, and that did not make it crash.
 */
bool confined_is_sound(const Unpacker *unpacker, GError **error);

#endif
