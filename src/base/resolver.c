#include "tlsrpt/resolver.h"

#include "tlsrpt/text_table.h"

#define TYPES (DNS_SOA + 1)

/* What is wanted; its name belongs to the table of answers. */
typedef struct {
	DnsType type;
	const char *name;
} Want;

struct Resolver {
	DnsServer server;
	bool has_server;
	GHashTable
		*answers[TYPES]; /* of DnsAnswer by name; those that are wanted are DNS_TIMEOUT */
	GArray *wanted; /* of Want */
};

Resolver *
resolver_new(const DnsServer *server)
{
	Resolver *resolver = g_new0(Resolver, 1);

	resolver->has_server = server != NULL;
	if (server != NULL)
		resolver->server = *server;
	for (size_t i = 0; i < TYPES; i++)
		resolver->answers[i] = text_table_new(g_free, (GDestroyNotify)dns_answer_free);
	resolver->wanted = g_array_new(FALSE, FALSE, sizeof(Want));
	return resolver;
}

void
resolver_free(Resolver *resolver)
{
	if (resolver == NULL)
		return;
	for (size_t i = 0; i < TYPES; i++)
		g_hash_table_unref(resolver->answers[i]);
	g_array_unref(resolver->wanted);
	g_free(resolver);
}

void
resolver_want(Resolver *resolver, DnsType type, const char *name)
{
	if (g_hash_table_contains(resolver->answers[type], name))
		return;
	const Want want = { type, g_strdup(name) };
	g_hash_table_insert(resolver->answers[type], (gpointer)want.name, NULL);
	g_array_append_val(resolver->wanted, want);
}

/* Asks some of what is wanted at the same time, from an index on; returns the index after them. */
static guint
ask_some(Resolver *resolver, guint from)
{
	const guint until = MIN(from + RESOLVER_AT_ONCE, resolver->wanted->len);
	const gint64 deadline = g_get_monotonic_time() + (gint64)RESOLVER_WAIT_S * G_USEC_PER_SEC;
	DnsQuery *queries[RESOLVER_AT_ONCE];

	for (guint i = from; i < until; i++) {
		const Want *want = &g_array_index(resolver->wanted, Want, i);
		queries[i - from] = dns_start(
			resolver->has_server ? &resolver->server : NULL, want->type, want->name);
	}
	for (guint i = from; i < until; i++) {
		const Want *want = &g_array_index(resolver->wanted, Want, i);
		g_hash_table_insert(resolver->answers[want->type], g_strdup(want->name),
			dns_finish(queries[i - from], deadline));
	}
	return until;
}

void
resolver_ask(Resolver *resolver)
{
	for (guint i = 0; i < resolver->wanted->len;)
		i = ask_some(resolver, i);
	g_array_set_size(resolver->wanted, 0);
}

const DnsAnswer *
resolver_answer(const Resolver *resolver, DnsType type, const char *name)
{
	static const DnsAnswer never_asked = { .status = DNS_TIMEOUT };
	const DnsAnswer *answer = g_hash_table_lookup(resolver->answers[type], name);

	g_return_val_if_fail(answer != NULL, &never_asked);
	return answer;
}
