/* What DNS says now of the MX and TLSA records of a domain, beside what senders last saw. */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/mail_hosts.h"

#include <string.h>

/* One domain: its policy, and what senders last saw of TLSA. */
typedef struct {
	const char *domain;
	const MtaSts *policy; /* the expected one, else the one that holds now; or NULL */
	const PolicyHistory *tlsa; /* or NULL */
} LiveDomain;

typedef struct {
	const Policies *policies;
	GArray *domains; /* of LiveDomain, by name */
	Table *hosts, *findings;
} Live;

static const char *
live_finding_name(LiveFinding finding)
{
	static const char *const names[] = {
		[LIVE_MX_NOT_COVERED] = "mx-not-covered",
		[LIVE_NULL_MX] = "null-mx",
		[LIVE_DNS_UNKNOWN] = "dns-unknown",
		[LIVE_TLSA_GONE] = "tlsa-gone",
		[LIVE_TLSA_NEW] = "tlsa-new",
		[LIVE_TLSA_REPLACED] = "tlsa-replaced",
	};

	return names[finding];
}

static const char *
covered_name(LiveCover covered)
{
	static const char *const names[] = {
		[LIVE_COVERED] = "yes",
		[LIVE_NOT_COVERED] = "no",
		[LIVE_NO_POLICY] = "no-policy",
	};

	return names[covered];
}

/* --- what is asked */

/* The histories are sorted by domain, so it is the last one, or a new one. */
static LiveDomain *
domain_of(const Live *live, const char *domain)
{
	const guint n = live->domains->len;
	LiveDomain *last = n > 0 ? &g_array_index(live->domains, LiveDomain, n - 1) : NULL;

	if (last != NULL && strcmp(last->domain, domain) == 0)
		return last;
	g_array_append_val(live->domains, ((LiveDomain){ .domain = domain }));
	return &g_array_index(live->domains, LiveDomain, n);
}

static void
find_domains(const Live *live)
{
	const Policies *policies = live->policies;
	const int64_t window = policies->question->rules->window;

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		const bool is_sts = policies_is_type(history, POLICY_TYPE_STS);
		if (*history->domain == '\0'
			|| (!is_sts && !policies_is_type(history, POLICY_TYPE_TLSA)))
			continue;
		LiveDomain *domain = domain_of(live, history->domain);
		const SeenPolicy *now = policy_now(history, window);
		if (!is_sts)
			domain->tlsa = history;
		else
			domain->policy = policies->question->expected != NULL
				? policies->question->expected
				: now != NULL ? now->sts
					      : NULL;
	}
}

static void
ask(const Live *live)
{
	Resolver *resolver = live->policies->question->resolver;

	for (guint i = 0; i < live->domains->len; i++)
		mail_hosts_want_mx(resolver, g_array_index(live->domains, LiveDomain, i).domain);
	resolver_ask(resolver);
	for (guint i = 0; i < live->domains->len; i++)
		mail_hosts_want(resolver, g_array_index(live->domains, LiveDomain, i).domain);
	resolver_ask(resolver);
}

/* --- what is said */

static Cell *
add_finding(const Live *live, const LiveDomain *domain, LiveFinding finding, const char *host)
{
	enum { DOMAIN, FINDING, MODE, HOST };
	Cell *cells = table_add_row(live->findings);

	cell_set_text(&cells[DOMAIN], domain->domain);
	cell_set_enum(&cells[FINDING], finding, live_finding_name(finding));
	cell_set_text(&cells[MODE], domain->policy != NULL ? domain->policy->mode : NULL);
	cell_set_text(&cells[HOST], host);
	return cells;
}

static void
set_records(Cell *cells, const GPtrArray *records, int64_t last_day)
{
	enum { RECORDS = 4, LAST };
	g_autofree char *last = last_day != DAY_NONE ? day_text(last_day) : NULL;

	policies_set_lines(&cells[RECORDS], records);
	cell_set_text(&cells[LAST], last);
}

static void
add_host(const Live *live, const LiveDomain *domain, const char *host)
{
	enum { DOMAIN, HOST, COVERED, TLSA };
	const GPtrArray *tlsa = mail_hosts_tlsa(live->policies->question->resolver, host)->values;
	const bool lists_mx = domain->policy != NULL && domain->policy->mx->len > 0;
	const LiveCover covered = !lists_mx	       ? LIVE_NO_POLICY
		: mta_sts_covers(domain->policy, host) ? LIVE_COVERED
						       : LIVE_NOT_COVERED;
	Cell *cells = table_add_row(live->hosts);

	cell_set_text(&cells[DOMAIN], domain->domain);
	cell_set_text(&cells[HOST], host);
	cell_set_enum(&cells[COVERED], covered, covered_name(covered));
	policies_set_lines(&cells[TLSA], tlsa);
	if (covered == LIVE_NOT_COVERED)
		add_finding(live, domain, LIVE_MX_NOT_COVERED, host);
}

/* Adds the records of one list that the other does not have. */
static GPtrArray *
without(const GPtrArray *records, const GPtrArray *others)
{
	GPtrArray *left = g_ptr_array_new();

	for (guint i = 0; i < records->len; i++) {
		const char *record = g_ptr_array_index(records, i);
		bool known = false;
		for (guint j = 0; j < others->len && !known; j++)
			known = strcmp(record, g_ptr_array_index(others, j)) == 0;
		if (!known)
			g_ptr_array_add(left, (gpointer)record);
	}
	return left;
}

/* The records of all sets that hold now, of char * that the history owns; caller unrefs. */
static GPtrArray *
seen_records(const Live *live, const PolicyHistory *history, int64_t *last_day)
{
	const int64_t window = live->policies->question->rules->window;
	GPtrArray *records = g_ptr_array_new();

	*last_day = DAY_NONE;
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (policy->tlsa == NULL || !policy_is_current(history, NULL, policy, window))
			continue;
		*last_day = MAX(*last_day, policy->last_day);
		for (char **record = policy->tlsa; *record != NULL; record++)
			g_ptr_array_add(records, *record);
	}
	return records;
}

/* The records of all hosts; NULL if DNS does not say of any of them. */
static GPtrArray *
live_records(const Live *live, const GPtrArray *hosts)
{
	g_autoptr(GPtrArray) records = g_ptr_array_new();

	for (guint i = 0; i < hosts->len; i++) {
		const DnsAnswer *answer = mail_hosts_tlsa(
			live->policies->question->resolver, g_ptr_array_index(hosts, i));
		if (answer->status > DNS_NO_DATA)
			return NULL;
		for (guint j = 0; j < answer->values->len; j++)
			g_ptr_array_add(records, g_ptr_array_index(answer->values, j));
	}
	return g_steal_pointer(&records);
}

static void
compare_tlsa(const Live *live, const LiveDomain *domain, const GPtrArray *hosts)
{
	int64_t last_day;

	if (domain->tlsa == NULL)
		return;
	g_autoptr(GPtrArray) seen = seen_records(live, domain->tlsa, &last_day);
	g_autoptr(GPtrArray) now = live_records(live, hosts);
	if (now == NULL) {
		add_finding(live, domain, LIVE_DNS_UNKNOWN, NULL);
		return;
	}
	g_autoptr(GPtrArray) gone = without(seen, now);
	g_autoptr(GPtrArray) added = without(now, seen);
	if (gone->len > 0)
		set_records(add_finding(live, domain,
				    gone->len == seen->len && added->len > 0 ? LIVE_TLSA_REPLACED
									     : LIVE_TLSA_GONE,
				    NULL),
			gone, last_day);
	if (added->len > 0 && seen->len > 0)
		set_records(add_finding(live, domain, LIVE_TLSA_NEW, NULL), added, DAY_NONE);
}

static void
add_domain(const Live *live, const LiveDomain *domain)
{
	const Resolver *resolver = live->policies->question->resolver;
	const MailWay way = mail_hosts_way(resolver, domain->domain);
	g_autoptr(GPtrArray) hosts = mail_hosts(resolver, domain->domain);

	if (way == MAIL_UNKNOWN)
		add_finding(live, domain, LIVE_DNS_UNKNOWN, NULL);
	if (way == MAIL_REFUSED)
		add_finding(live, domain, LIVE_NULL_MX, NULL);
	for (guint i = 0; i < hosts->len; i++)
		add_host(live, domain, g_ptr_array_index(hosts, i));
	if (way != MAIL_UNKNOWN)
		compare_tlsa(live, domain, hosts);
}

void
policies_add_live(const Policies *policies)
{
	static const Column host_columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "host", NULL, CELL_TEXT },
		{ "covered", NULL, CELL_ENUM },
		{ "tlsa_records", NULL, CELL_TEXT },
	};
	static const Column finding_columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "finding", NULL, CELL_ENUM },
		{ "mode", NULL, CELL_WORD },
		{ "host", NULL, CELL_TEXT },
		{ "records", NULL, CELL_TEXT },
		{ "last_seen", NULL, CELL_TEXT },
	};
	g_autoptr(GArray) domains = g_array_new(FALSE, FALSE, sizeof(LiveDomain));
	const Live live = {
		.policies = policies,
		.domains = domains,
		.hosts = document_add_table(
			policies->document, "live", NULL, host_columns, G_N_ELEMENTS(host_columns)),
		.findings = document_add_table(policies->document, "live_findings", NULL,
			finding_columns, G_N_ELEMENTS(finding_columns)),
	};

	if (policies->question->resolver == NULL)
		return;
	find_domains(&live);
	ask(&live);
	for (guint i = 0; i < domains->len; i++)
		add_domain(&live, &g_array_index(domains, LiveDomain, i));
}
