#include "tlsrpt/members.h"

#include <json-c/json.h>
#include <string.h>

#define UNKNOWN_KEYS_MAX 20 /* findings per report */
#define UNKNOWN_VALUE_MAX 200 /* bytes of the value that a finding shows */

/*
 * Whether all keys belong to that object and are spelt as in the RFC; *keys receives the set of
 * them.
 */
static bool
is_plain(struct json_object *object, AliasPlace place, uint32_t *keys)
{
	json_object_object_foreach (object, name, value) {
		const AliasKey key = alias_exact(place, name);
		(void)value;
		if (key == ALIAS_KEYS)
			return false;
		*keys |= UINT32_C(1) << key;
	}
	return true;
}

static size_t
count_unknown(const Report *report)
{
	size_t n = 0;

	for (guint i = 0; i < report->findings->len; i++)
		n += g_array_index(report->findings, Finding, i).code == FINDING_UNKNOWN_KEY;
	return n;
}

/* Adds a finding that names an unknown key and shows its value. */
static void
find_unknown(const ValueContext *context, const Members *members, const char *key,
	struct json_object *value)
{
	if (!value_holds(value) || count_unknown(context->report) >= UNKNOWN_KEYS_MAX)
		return;
	g_autofree char *text = value_shown(value, UNKNOWN_VALUE_MAX);
	value_finding(context, members->path, key, FINDING_UNKNOWN_KEY, text);
}

/*
 * Whether this spelling of a key is better than one found before: it has a value, and the other has
 * none.
 */
static bool
is_better(const Members *members, AliasKey key, struct json_object *value)
{
	return members->spelt[key] == NULL || (value_holds(value) && !members_hold(members, key));
}

static void
find_other_keys(const ValueContext *context, Members *members)
{
	json_object_object_foreach (members->object, key, value) {
		const AliasKey exact = alias_exact(members->place, key);
		if (exact != ALIAS_KEYS)
			members->spelt[exact] = key;
		(void)value;
	}
	json_object_object_foreach (members->object, other, held) {
		if (alias_exact(members->place, other) != ALIAS_KEYS)
			continue;
		const AliasKey meant = alias_key(members->place, other);
		if (meant == ALIAS_KEYS || !is_better(members, meant, held)) {
			find_unknown(context, members, other, held);
			continue;
		}
		members->spelt[meant] = other;
		if (strcmp(other, alias_name(meant)) != 0) {
			g_autofree char *detail = g_strdup_printf("for %s", alias_name(meant));
			value_finding(context, members->path, other, FINDING_OTHER_KEY, detail);
		}
	}
}

void
members_read(const ValueContext *context, struct json_object *object, const ValuePath *path,
	AliasPlace place, Members *members)
{
	members->object = object;
	members->path = path;
	members->place = place;
	members->keys = 0;
	members->is_plain = !json_object_is_type(object, json_type_object)
		|| is_plain(object, place, &members->keys);
	if (members->is_plain)
		return;
	memset(members->spelt, 0, sizeof(members->spelt));
	memset(members->is_taken, 0, sizeof(members->is_taken));
	find_other_keys(context, members);
}

bool
members_has(const Members *members, AliasKey key)
{
	return members->is_plain ? (members->keys & UINT32_C(1) << key) != 0
				 : members->spelt[key] != NULL;
}

bool
members_hold(const Members *members, AliasKey key)
{
	struct json_object *value;

	return members_has(members, key)
		&& value_find(members->object, members_key(members, key), &value)
		&& value_holds(value);
}

const char *
members_key(const Members *members, AliasKey key)
{
	const char *spelt = members->is_plain ? NULL : members->spelt[key];

	return spelt != NULL ? spelt : alias_name(key);
}

const char *
members_find(struct json_object *object, AliasPlace place, AliasKey key)
{
	if (!json_object_is_type(object, json_type_object))
		return NULL;
	if (value_has(object, alias_name(key)))
		return alias_name(key);
	json_object_object_foreach (object, other, value) {
		(void)value;
		if (alias_key(place, other) == key)
			return other;
	}
	return NULL;
}

void
members_take(Members *members, AliasKey key)
{
	if (!members->is_plain)
		members->is_taken[key] = true;
}

void
members_find_rest(const ValueContext *context, const Members *members)
{
	for (AliasKey key = 0; !members->is_plain && key < ALIAS_KEYS; key++) {
		const char *spelt = members->spelt[key];
		struct json_object *value;
		if (spelt == NULL || alias_belongs(members->place, key) || members->is_taken[key]
			|| !value_find(members->object, spelt, &value))
			continue;
		find_unknown(context, members, spelt, value);
	}
}
