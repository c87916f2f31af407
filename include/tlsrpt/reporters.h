/*
 * Who reports, whose word counts, and who is one witness.  Every total of the store is kept by
 * reporter: an organization, how its mail was authenticated, and the domain that signed it.
 */
#ifndef TLSRPT_REPORTERS_H
#define TLSRPT_REPORTERS_H

#include "tlsrpt/config.h"
#include "tlsrpt/store_read.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Whom to believe; borrows from the configuration. */
typedef struct {
	Believe believe;
	bool https; /* also who came by HTTPS: [ingest] accept-https */
	const char *const *reporters, *const *ignored; /* as in Config; NULL for nobody */
} BelieveRules;

/* Whoever has reported on fewer days than these, by the day of reception, is a first-timer. */
#define FIRST_TIMER_DAYS 3

typedef struct {
	int64_t id; /* in the store */
	guint index; /* in reporters_all() */
	const char *organization, *auth, *auth_domain; /* "" if unknown */
	/*
	 * Many names under one key are one witness: it has the registrable domain of the signing
	 * domain or, without authentication, the name of the organization.  Its number is the lowest
	 * id of its reporters.
	 */
	const char *witness;
	int64_t witness_number;
	/*
	 * How people are told who it is: the organization, with the signing domain in parentheses
	 * where the name alone would mislead: several domains sign under it, or a report of it gave no
	 * contact-info that is aligned with the domain that signed it.
	 */
	const char *name;
	/* What others say is unverified: it is shown, and moves nothing. */
	bool believed;
	/* The witness is one who has reported on fewer than FIRST_TIMER_DAYS days, in all times. */
	bool first_timer;
	int64_t last_received; /* the day on which its last report was received */
} Reporter;

typedef struct Reporters Reporters;

/* All reporters of the store.  NULL with the errors of the store. */
Reporters *reporters_read(
	Store *store, const BelieveRules *rules, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void reporters_free(Reporters *reporters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reporters, reporters_free)

/* The reporter with an id; NULL if there is none.  It lasts as long as the reporters. */
const Reporter *reporters_find(const Reporters *reporters, int64_t id);

/* All of them, an array of const Reporter *, by id; owned by the reporters. */
const GPtrArray *reporters_all(const Reporters *reporters);

/* --- the rules, pure */

/* Whether the rules believe who has these; the texts are as in Reporter. */
bool believe_reporter(const BelieveRules *rules, const char *organization, const char *auth,
	const char *auth_domain);

/* The witness, as in Reporter: one of the two names, or a part of it. */
const char *witness_of(const char *organization, const char *auth, const char *auth_domain);

#endif
