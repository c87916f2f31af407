/* The records of a domain: what they are, and what is wrong with them. */
#include "record_view.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/day.h"
#include "tlsrpt/mail_hosts.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/view.h"

#include <string.h>

/* --- DNS */

/* What an answer without records means. */
static const struct {
	const char *status, *code, *message;
} failures[] = {
	[DNS_NO_NAME] = { "missing", "no-name", "there is nothing of that name in DNS (NXDOMAIN)" },
	[DNS_NO_DATA] = { "missing", "no-data", "there is no TXT record of that name in DNS" },
	[DNS_SERVER_FAILURE] = { "unknown", "server-failure",
		"the DNS server could not find out (SERVFAIL): the domain's servers or its DNSSEC" },
	[DNS_REFUSED] = { "unknown", "refused", "the DNS server does not answer this question" },
	[DNS_NO_TCP] = { "unknown", "no-tcp",
		"the answer is too long for UDP, and the DNS server does not answer by TCP" },
	[DNS_UNREACHABLE] = { "unknown", "unreachable", "there is no DNS server" },
	[DNS_TIMEOUT] = { "unknown", "timeout", "the DNS server did not answer in time" },
	[DNS_MALFORMED] = { "unknown", "malformed-answer",
		"what the DNS server sent is no answer" },
};

/* MTA-STS need not be there. */
static RecordSeverity
severity_of_failure(RecordKind kind, DnsStatus status)
{
	return kind == RECORD_MTA_STS && (status == DNS_NO_NAME || status == DNS_NO_DATA)
		? RECORD_NOTE
		: RECORD_ERROR;
}

/* What one without the other means. */
static void
add_twin_problem(Record *record, bool is_missing, bool has_twin)
{
	if (record->kind == RECORD_MTA_STS && is_missing && has_twin)
		record_add_problem(record, RECORD_NOTE, 0, "no-mta-sts",
			"without MTA-STS, reports are about DANE, or have the policy no-policy-found");
	if (record->kind == RECORD_TLSRPT && is_missing && has_twin)
		record_add_problem(record, RECORD_ERROR, 0, "no-tlsrpt",
			"there is an MTA-STS record, and nobody reports its failures");
	if (record->kind == RECORD_TLSRPT && is_missing && !has_twin)
		record_add_problem(record, RECORD_NOTE, 0, "no-reports",
			"nobody sends reports; tlsrpt record generate makes a record");
}

static void
add_missing(const RecordView *view, RecordKind kind, const DnsAnswer *answer, bool has_twin)
{
	/* Records that are none are as good as none. */
	const DnsStatus status = answer->status == DNS_FOUND ? DNS_NO_DATA : answer->status;
	const bool is_missing = status == DNS_NO_NAME || status == DNS_NO_DATA;
	g_autoptr(Record) record = record_new(kind);

	record_add_problem(record, severity_of_failure(kind, status), 0, failures[status].code,
		"%s",
		answer->status == DNS_FOUND ? "no TXT record there is of this kind"
			: answer->alias != NULL && status == DNS_NO_DATA
			? "it is a CNAME, and the DNS server has no TXT record for where that leads"
			: failures[status].message);
	add_twin_problem(record, is_missing, has_twin);
	Cell *cells = record_view_add(view, record, failures[status].status);
	cell_set_text(&cells[RECORD_ALIAS], answer->alias);
}

static bool
has_record(const GPtrArray *records)
{
	for (size_t i = 0; i < records->len; i++) {
		const Record *record = g_ptr_array_index(records, i);
		if (!record->discarded)
			return true;
	}
	return false;
}

static void
add_answer(const RecordView *view, RecordKind kind, const DnsAnswer *answer,
	const GPtrArray *records, bool has_twin)
{
	for (size_t i = 0; i < records->len; i++) {
		size_t length;
		const char *data = g_bytes_get_data(g_ptr_array_index(answer->texts, i), &length);
		g_autofree char *text = record_presentation(data, length);
		Cell *cells = record_view_add(view, g_ptr_array_index(records, i), NULL);
		cell_set_text(&cells[RECORD_TEXT], text);
		cell_set_text(&cells[RECORD_ALIAS], answer->alias);
	}
	if (!has_record(records))
		add_missing(view, kind, answer, has_twin);
}

/* --- records where no sender looks */

static const char *
version_of(RecordKind kind)
{
	return kind == RECORD_TLSRPT ? "v=TLSRPTv1" : "v=STSv1";
}

/*
 * Where a record is if it was put into the zone by mistake: at the domain itself, or at a name to
 * which the name of the zone was added though it was there already.  Caller unrefs.
 */
static GPtrArray *
wrong_names(RecordKind kind, const char *domain)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *name = record_name(kind, domain);

	g_ptr_array_add(names, g_strdup(domain));
	for (const char *zone = domain; zone != NULL && strchr(zone, '.') != NULL;
		zone = strchr(zone, '.') + 1)
		g_ptr_array_add(names, g_strconcat(name, ".", zone, NULL));
	return names;
}

static void
want_wrong_names(Resolver *resolver, RecordKind kind, const char *domain)
{
	g_autoptr(GPtrArray) names = wrong_names(kind, domain);

	for (guint i = 0; i < names->len; i++)
		resolver_want(resolver, DNS_TXT, g_ptr_array_index(names, i));
}

static bool
is_record_text(RecordKind kind, GBytes *text)
{
	const char *version = version_of(kind);
	size_t length;
	const char *data = g_bytes_get_data(text, &length);

	return length >= strlen(version) && memcmp(data, version, strlen(version)) == 0;
}

/* Where there is no record at the right place, one at a wrong place is the reason. */
static void
add_misplaced(const RecordView *view, const Resolver *resolver, RecordKind kind, bool has_right_one)
{
	g_autofree char *right = record_name(kind, view->domain);
	g_autoptr(GPtrArray) names = wrong_names(kind, view->domain);

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const DnsAnswer *answer = resolver_answer(resolver, DNS_TXT, name);
		for (guint j = 0; j < answer->texts->len; j++) {
			GBytes *bytes = g_ptr_array_index(answer->texts, j);
			if (!is_record_text(kind, bytes))
				continue;
			size_t length;
			const char *data = g_bytes_get_data(bytes, &length);
			g_autofree char *text = record_presentation(data, length);
			g_autoptr(Record) record = record_new(kind);
			record_add_problem(record, has_right_one ? RECORD_NOTE : RECORD_WARNING, 0,
				"misplaced", "no sender looks here: the record belongs at %s",
				right);
			Cell *cells = record_view_add(view, record, "misplaced");
			cell_set_text(&cells[RECORD_NAME], name);
			cell_set_text(&cells[RECORD_TEXT], text);
		}
	}
}

/* --- who reported, as a proof that the record works */

/* What the store says of a domain. */
typedef struct {
	int64_t last_day;
	GHashTable *witnesses; /* the set of their names */
	int64_t unverified; /* reporters that are not believed */
} Proof;

static void
proof_free(gpointer data)
{
	Proof *proof = data;

	g_hash_table_unref(proof->witnesses);
	g_free(proof);
}

static Proof *
proof_of(GHashTable *proofs, const char *domain)
{
	Proof *proof = g_hash_table_lookup(proofs, domain);

	if (proof == NULL) {
		proof = g_new0(Proof, 1);
		proof->last_day = DAY_NONE;
		proof->witnesses = text_table_new(g_free, NULL);
		g_hash_table_insert(proofs, g_strdup(domain), proof);
	}
	return proof;
}

/* The Proof of each domain about which anybody reported. */
static GHashTable *
read_proofs(Store *store, const RecordQuestion *question, GError **error)
{
	g_autoptr(GHashTable) proofs = text_table_new(g_free, proof_free);
	g_autoptr(Reporters) reporters = reporters_read(store, question->believe, error);
	g_autoptr(StoreRows) rows = reporters != NULL
		? store_ask(store, STORE_LAST_SEEN_BY, question->filter, error)
		: NULL;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		Proof *proof = proof_of(proofs, store_rows_text(rows, LAST_SEEN_NAME));
		const Reporter *reporter = reporters_find(
			reporters, store_rows_int(rows, LAST_SEEN_REPORTER));
		if (reporter == NULL || !reporter->believed) {
			proof->unverified++;
			continue;
		}
		g_hash_table_insert(proof->witnesses, g_strdup(reporter->witness), NULL);
		proof->last_day = MAX(proof->last_day, store_rows_int(rows, LAST_SEEN_DAY));
	}
	return ok ? g_steal_pointer(&proofs) : NULL;
}

static void
set_proof(Cell *cells, const RecordQuestion *question, GHashTable *proofs, const char *domain)
{
	const Proof *proof = proofs != NULL ? g_hash_table_lookup(proofs, domain) : NULL;

	if (proofs != NULL) {
		g_autofree char *since = day_text(question->filter->since_day);
		cell_set_text(&cells[DOMAIN_SINCE], since);
	}
	if (proof == NULL)
		return;
	cells[DOMAIN_ORGANIZATIONS].number = g_hash_table_size(proof->witnesses);
	cells[DOMAIN_UNVERIFIED].number = proof->unverified;
	if (proof->last_day != DAY_NONE) {
		g_autofree char *last = day_text(proof->last_day);
		cell_set_text(&cells[DOMAIN_LAST], last);
	}
}

/* --- all that DNS says of a domain */

/* The records of one kind at the right place; caller unrefs. */
static GPtrArray *
read_records(const Resolver *resolver, RecordKind kind, const char *domain)
{
	g_autofree char *name = record_name(kind, domain);

	return record_check_set(kind, resolver_answer(resolver, DNS_TXT, name)->texts, domain);
}

static void
ask_first(Resolver *resolver, const GPtrArray *domains)
{
	for (guint i = 0; i < domains->len; i++) {
		const char *domain = g_ptr_array_index(domains, i);
		for (RecordKind kind = RECORD_TLSRPT; kind <= RECORD_MTA_STS; kind++) {
			g_autofree char *name = record_name(kind, domain);
			resolver_want(resolver, DNS_TXT, name);
			want_wrong_names(resolver, kind, domain);
		}
		mail_hosts_want_mx(resolver, domain);
	}
	resolver_ask(resolver);
}

static void
ask_next(Resolver *resolver, const GPtrArray *domains)
{
	for (guint i = 0; i < domains->len; i++) {
		const char *domain = g_ptr_array_index(domains, i);
		g_autoptr(GPtrArray) records = read_records(resolver, RECORD_TLSRPT, domain);
		mail_hosts_want(resolver, domain);
		for (guint j = 0; j < records->len; j++)
			record_mail_want_rua(resolver, g_ptr_array_index(records, j));
	}
	resolver_ask(resolver);
}

static void
add_kind(const RecordView *view, const Resolver *resolver, RecordKind kind,
	const GPtrArray *records, bool has_twin)
{
	g_autofree char *name = record_name(kind, view->domain);

	add_answer(view, kind, resolver_answer(resolver, DNS_TXT, name), records, has_twin);
	add_misplaced(view, resolver, kind, has_record(records));
}

static void
add_domain(const RecordView *view, const RecordQuestion *question, GHashTable *proofs)
{
	const Resolver *resolver = question->resolver;
	g_autoptr(GPtrArray) tlsrpt = read_records(resolver, RECORD_TLSRPT, view->domain);
	g_autoptr(GPtrArray) mta_sts = read_records(resolver, RECORD_MTA_STS, view->domain);
	Cell *cells = table_add_row(view->domains);

	for (guint i = 0; i < tlsrpt->len; i++)
		record_mail_judge_rua(resolver, g_ptr_array_index(tlsrpt, i));
	add_kind(view, resolver, RECORD_TLSRPT, tlsrpt, has_record(mta_sts));
	add_kind(view, resolver, RECORD_MTA_STS, mta_sts, has_record(tlsrpt));
	cell_set_text(&cells[DOMAIN_NAME], view->domain);
	record_mail_add_hosts(view, resolver, &cells[DOMAIN_MAIL]);
	set_proof(cells, question, proofs, view->domain);
}

/* The domains about which somebody who is believed reported, sorted; caller unrefs. */
static GPtrArray *
reported_domains(GHashTable *proofs)
{
	GPtrArray *domains = g_ptr_array_new();
	GHashTableIter iter;
	gpointer domain, proof;

	g_hash_table_iter_init(&iter, proofs);
	while (g_hash_table_iter_next(&iter, &domain, &proof)) {
		if (*(const char *)domain != '\0' && ((const Proof *)proof)->last_day != DAY_NONE)
			g_ptr_array_add(domains, domain);
	}
	g_ptr_array_sort(domains, compare_texts);
	return domains;
}

Document *
view_record_dns(Store *store, const RecordQuestion *question, GError **error)
{
	g_autoptr(GHashTable) proofs = store != NULL ? read_proofs(store, question, error) : NULL;

	if (store != NULL && proofs == NULL)
		return NULL;
	g_autoptr(GPtrArray) all = question->domain == NULL ? reported_domains(proofs)
							    : g_ptr_array_new();
	if (question->domain != NULL)
		g_ptr_array_add(all, (gpointer)question->domain);
	ask_first(question->resolver, all);
	ask_next(question->resolver, all);

	RecordView view = record_view_new(NULL);
	for (guint i = 0; i < all->len; i++) {
		view.domain = g_ptr_array_index(all, i);
		add_domain(&view, question, proofs);
	}
	return view.document;
}
/* --- a text */

Document *
view_record_text(const char *domain, const char *text)
{
	const RecordView view = record_view_new(domain);
	const size_t length = strlen(text);
	g_autoptr(Record) record = record_check(RECORD_TLSRPT, text, length, domain);
	g_autofree char *shown = record_presentation(text, length);

	cell_set_text(&record_view_add(&view, record, NULL)[RECORD_TEXT], shown);
	return view.document;
}

Document *
view_record_made(const char *domain, const char *text, bool is_own_choice)
{
	Document *document = view_record_text(is_own_choice ? NULL : domain, text);
	const Table *records = document_table(document, "records");
	Cell *cells = g_ptr_array_index(records->rows, 0);
	g_autofree char *absolute = domain != NULL ? g_strconcat(domain, ".", NULL) : NULL;
	g_autofree char *name = record_name(RECORD_TLSRPT, absolute);
	g_autofree char *line = record_zone_line(name, text, strlen(text));

	g_autofree char *full_name = record_name(RECORD_TLSRPT, domain);
	cell_set_text(&cells[RECORD_NAME], full_name);
	cell_set_text(&cells[RECORD_ZONE_LINE], line);
	return document;
}
