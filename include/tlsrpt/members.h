/* The members of a JSON object of a report by their keys of RFC 8460, however the keys are spelt. */
#ifndef TLSRPT_MEMBERS_H
#define TLSRPT_MEMBERS_H

#include "tlsrpt/alias.h"
#include "tlsrpt/value.h"

#include <stdbool.h>
#include <stdint.h>

struct json_object;

typedef struct {
	struct json_object *object; /* NULL if there is none; then no key is there */
	const ValuePath *path; /* of the object; NULL is the root */
	AliasPlace place;
	bool is_plain; /* all keys belong in the object, spelt as in the RFC */
	uint32_t keys; /* if so, which of them are there, a bit each */
	/* If not, how each key is written here, NULL if it is not there. */
	const char *spelt[ALIAS_KEYS];
	/* Likewise, whether the keys were read that belong in another object. */
	bool is_taken[ALIAS_KEYS];
} Members;

/*
 * Looks through the keys of an object.  Adds a finding for each key that is spelt in another way, and
 * for each that is unknown and has a value.  The object and the path must last as long as members.
 */
void members_read(const ValueContext *context, struct json_object *object, const ValuePath *path,
	AliasPlace place, Members *members);

/* Whether the key is there, in whatever spelling and with whatever value. */
bool members_has(const Members *members, AliasKey key);

/* Whether there is a value under the key that is neither null nor an empty string. */
bool members_hold(const Members *members, AliasKey key);

/* How the key is written in a value; NULL if it is not there or that is no object.  Adds no finding. */
const char *members_find(struct json_object *object, AliasPlace place, AliasKey key);

/* Notes that the value of a key that belongs in another object was read. */
void members_take(Members *members, AliasKey key);

/* Adds a finding for each key that belongs in another object, holds a value, and was not read. */
void members_find_rest(const ValueContext *context, const Members *members);

/* How the key is written there; if it is not there, its name in the RFC. */
const char *members_key(const Members *members, AliasKey key);

#endif
