/* Reads who has ever reported, and finds out who of them is one witness, and who is new. */
#include "tlsrpt/reporters.h"

#include "tlsrpt/day.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/text_table.h"

#include <string.h>

#define POOL_BLOCK 4096

/* Many names under one key. */
typedef struct {
	int64_t number; /* the lowest id of its reporters */
	/* The days on which its reports were received, as far as they matter. */
	int64_t days[FIRST_TIMER_DAYS];
	size_t n_days;
} Witness;

struct Reporters {
	GPtrArray *list; /* of Reporter *, by id */
	GHashTable *by_id; /* int64_t * to Reporter */
	TextPool *texts;
};

/* How the name of an organization is used. */
typedef struct {
	const char *auth_domain; /* of the first of its reporters */
	bool misleads; /* others sign under the same name */
} NameUse;

static void
add_day(Witness *witness, int64_t day)
{
	for (size_t i = 0; i < witness->n_days; i++) {
		if (witness->days[i] == day)
			return;
	}
	if (witness->n_days < FIRST_TIMER_DAYS)
		witness->days[witness->n_days++] = day;
}

static Witness *
find_witness(GHashTable *witnesses, const Reporter *reporter)
{
	const bool is_signed = *witness_of("", reporter->auth, reporter->auth_domain) != '\0';
	/* A signing domain and an organization of the same name are two. */
	g_autofree char *key = g_strconcat(is_signed ? "d" : "o", reporter->witness, NULL);
	Witness *witness = g_hash_table_lookup(witnesses, key);

	if (witness == NULL) {
		witness = g_new0(Witness, 1);
		witness->number = reporter->id;
		g_hash_table_insert(witnesses, g_steal_pointer(&key), witness);
	}
	return witness;
}

/* Adds the days of the row.  It has all of them if they are two or fewer. */
static void
add_days(Witness *witness, StoreRows *rows)
{
	const int64_t n = store_rows_int(rows, REPORTER_FEW_DAYS);
	const int64_t first = store_rows_int(rows, REPORTER_FIRST_RECEIVED);

	if (n >= FIRST_TIMER_DAYS) {
		witness->n_days = FIRST_TIMER_DAYS;
	} else if (n > 0) {
		add_day(witness, first);
		add_day(witness, store_rows_int(rows, REPORTER_LAST_RECEIVED));
	}
}

static Reporter *
add_reporter(Reporters *reporters, const BelieveRules *rules, StoreRows *rows)
{
	Reporter *reporter = g_new0(Reporter, 1);

	reporter->id = store_rows_int(rows, REPORTER_NUMBER);
	reporter->index = reporters->list->len;
	reporter->organization = text_pool_add(
		reporters->texts, store_rows_text(rows, REPORTER_ORGANIZATION));
	reporter->auth = text_pool_add(reporters->texts, store_rows_text(rows, REPORTER_AUTH));
	reporter->auth_domain = text_pool_add(
		reporters->texts, store_rows_text(rows, REPORTER_AUTH_DOMAIN));
	reporter->witness = witness_of(
		reporter->organization, reporter->auth, reporter->auth_domain);
	reporter->believed = believe_reporter(
		rules, reporter->organization, reporter->auth, reporter->auth_domain);
	reporter->last_received = store_rows_int(rows, REPORTER_FEW_DAYS) > 0
		? store_rows_int(rows, REPORTER_LAST_RECEIVED)
		: DAY_NONE;
	g_ptr_array_add(reporters->list, reporter);
	g_hash_table_insert(reporters->by_id, &reporter->id, reporter);
	return reporter;
}

/* Whether the contact address is one of the signing domain, so that the name can be believed. */
static bool
is_aligned(const char *contact_info, const char *auth_domain)
{
	const char *at = strrchr(contact_info, '@');

	return at != NULL && hostname_is_aligned(at + 1, auth_domain);
}

/* Finds those whose contact-info is not aligned with their signing domain: a set of Reporter *. */
static GHashTable *
read_strangers(Store *store, const Reporters *reporters, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_REPORTER_CONTACTS, &all, error);
	g_autoptr(GHashTable) strangers = g_hash_table_new(NULL, NULL);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			reporters, store_rows_int(rows, REPORTER_CONTACT_REPORTER));
		if (reporter != NULL
			&& !is_aligned(store_rows_text(rows, REPORTER_CONTACT_INFO),
				reporter->auth_domain))
			g_hash_table_add(strangers, (gpointer)reporter);
	}
	return ok ? g_steal_pointer(&strangers) : NULL;
}

/* The names are told with the signing domain where they alone would mislead. */
static void
set_names(Reporters *reporters, GHashTable *strangers)
{
	g_autoptr(GHashTable) uses = text_table_new(NULL, g_free);

	for (guint i = 0; i < reporters->list->len; i++) {
		const Reporter *reporter = g_ptr_array_index(reporters->list, i);
		NameUse *use = g_hash_table_lookup(uses, reporter->organization);
		if (use == NULL) {
			use = g_new0(NameUse, 1);
			use->auth_domain = reporter->auth_domain;
			g_hash_table_insert(uses, (gpointer)reporter->organization, use);
		}
		/* The pool has each text once. */
		use->misleads = use->misleads || use->auth_domain != reporter->auth_domain;
	}
	for (guint i = 0; i < reporters->list->len; i++) {
		Reporter *reporter = g_ptr_array_index(reporters->list, i);
		const NameUse *use = g_hash_table_lookup(uses, reporter->organization);
		const bool misleads = use->misleads || g_hash_table_contains(strangers, reporter);
		g_autofree char *both = g_strdup_printf("%s (%s)", reporter->organization,
			*reporter->auth_domain != '\0' ? reporter->auth_domain : reporter->auth);
		reporter->name = *reporter->organization == '\0' ? reporter->auth_domain
			: misleads ? text_pool_add(reporters->texts, both)
				   : reporter->organization;
	}
}

Reporters *
reporters_read(Store *store, const BelieveRules *rules, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_REPORTERS, &all, error);
	g_autoptr(GHashTable) witnesses = text_table_new(g_free, g_free);
	g_autoptr(GPtrArray) of_each = g_ptr_array_new(); /* of Witness *, as the list */
	bool has = false, ok = rows != NULL;

	g_autoptr(Reporters) reporters = g_new(Reporters, 1);
	reporters->list = g_ptr_array_new_with_free_func(g_free);
	reporters->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	reporters->texts = text_pool_new(POOL_BLOCK);
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		Witness *witness = find_witness(witnesses, add_reporter(reporters, rules, rows));
		add_days(witness, rows);
		g_ptr_array_add(of_each, witness);
	}
	if (!ok)
		return NULL;
	for (guint i = 0; i < of_each->len; i++) {
		const Witness *witness = g_ptr_array_index(of_each, i);
		Reporter *reporter = g_ptr_array_index(reporters->list, i);
		reporter->witness_number = witness->number;
		reporter->first_timer = witness->n_days < FIRST_TIMER_DAYS;
	}
	g_autoptr(GHashTable) strangers = read_strangers(store, reporters, error);
	if (strangers == NULL)
		return NULL;
	set_names(reporters, strangers);
	return g_steal_pointer(&reporters);
}

void
reporters_free(Reporters *reporters)
{
	if (reporters == NULL)
		return;
	g_hash_table_unref(reporters->by_id);
	g_ptr_array_unref(reporters->list);
	text_pool_free(reporters->texts);
	g_free(reporters);
}

const Reporter *
reporters_find(const Reporters *reporters, int64_t id)
{
	/* As long as none was deleted, they are numbered one after the other. */
	if (id > 0 && id <= reporters->list->len) {
		const Reporter *reporter = g_ptr_array_index(reporters->list, id - 1);
		if (reporter->id == id)
			return reporter;
	}
	return g_hash_table_lookup(reporters->by_id, &id);
}

const GPtrArray *
reporters_all(const Reporters *reporters)
{
	return reporters->list;
}
