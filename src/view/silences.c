/*
 * Finds who fell silent.  Of several domains of one witness it is one silence; a domain about which nobody
 * reports any more, though those who did still report on others, is one of its own.
 */
#include "problem_parts.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/store_note.h"

#include <string.h>

/* A domain on which somebody has not reported for a while. */
typedef struct {
	int64_t number;
	const char *name;
	GArray *totals; /* of ReporterDay: of believed reporters, by witness and day */
	int64_t last_received; /* from anybody who is believed */
	bool is_given_up;
	Silence *silence; /* of the domain; or NULL */
} QuietDomain;

/* A witness that is silent about a domain. */
typedef struct {
	QuietDomain *domain;
	const Reporter *reporter;
	int64_t last_received;
} Pair;

/* What was written on a silence. */
typedef struct {
	int64_t number;
	const char *note;
	bool is_accepted;
	int64_t decided_day, until_day; /* of the acceptance */
} Written;

typedef struct {
	ProblemsOwn *own;
	Problems *problems;
	GHashTable *domains; /* int64_t * to QuietDomain */
	GHashTable *last_received; /* witness number to day: of all domains */
	GArray *pairs; /* of Pair */
	GHashTable *n_domains; /* witness number to the number of its pairs */
	GHashTable *silences; /* witness number (int64_t *) to Silence */
	GHashTable *written; /* witness and domain to Written */
} Search;

static void
quiet_domain_free(gpointer data)
{
	QuietDomain *domain = data;

	g_array_unref(domain->totals);
	g_free(domain);
}

/* --- where to look */

/* A pair of a domain and a reporter that may be a silence, by the last day that it is known to have. */
static bool
may_be_silent(const Search *search, const Reporter *reporter, int64_t last_day)
{
	const ProblemsOwn *own = search->own;

	/* A report is received after its day, but maybe not long. */
	return reporter != NULL && reporter->believed && !reporter->first_timer
		&& last_day < own->today - own->question->rules->silence;
}

static bool
read_quiet_domains(Search *search, GError **error)
{
	ProblemsOwn *own = search->own;
	/*
	 * A report may have been received long after its day; this is enough for one day a week.  Of all
	 * domains, since it matters whether somebody is silent about others, too.
	 */
	const StoreFilter filter = { .since_day = own->today - 2 * SILENCE_DAYS,
		.until_day = own->today };
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_LAST_SEEN_BY, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t number = store_rows_int(rows, LAST_SEEN_DOMAIN);
		const Reporter *reporter = reporters_find(
			own->reporters, store_rows_int(rows, LAST_SEEN_REPORTER));
		if (!may_be_silent(search, reporter, store_rows_int(rows, LAST_SEEN_DAY))
			|| g_hash_table_contains(search->domains, &number))
			continue;
		QuietDomain *domain = g_new0(QuietDomain, 1);
		domain->number = number;
		domain->name = text_pool_add(own->texts, store_rows_text(rows, LAST_SEEN_NAME));
		domain->totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		domain->last_received = DAY_NONE;
		g_hash_table_insert(search->domains, &domain->number, domain);
	}
	return ok;
}

static int
compare_totals(gconstpointer a, gconstpointer b)
{
	const ReporterDay *one = a, *other = b;
	const int64_t witness = one->reporter->witness_number;
	const int64_t other_witness = other->reporter->witness_number;

	if (witness != other_witness)
		return witness < other_witness ? -1 : 1;
	return one->day < other->day ? -1 : one->day > other->day;
}

/* Reads the totals of a domain, as far back as gaps are looked for. */
static bool
read_totals(Search *search, QuietDomain *domain, GError **error)
{
	ProblemsOwn *own = search->own;
	g_autoptr(StoreRows) rows = store_ask_about(own->question->store, STORE_TOTALS_OF,
		domain->number, own->today - 2 * SILENCE_DAYS - 1, own->today, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const ReporterDay total = {
			.reporter = reporters_find(
				own->reporters, store_rows_int(rows, TOTAL_REPORTER)),
			.day = store_rows_int(rows, TOTAL_DAY),
			.sessions = store_rows_int(rows, TOTAL_SESSIONS),
			.failed_sessions = store_rows_int(rows, TOTAL_FAILED_SESSIONS),
			.received_day = store_rows_int(rows, TOTAL_RECEIVED_DAY),
		};
		if (total.reporter == NULL || !total.reporter->believed)
			continue;
		g_array_append_val(domain->totals, total);
		domain->last_received = MAX(domain->last_received, total.received_day);
	}
	g_array_sort(domain->totals, compare_totals);
	return ok;
}

/* --- what was written on silences */

static char *
written_key(const char *witness, const char *domain)
{
	return g_strjoin("\n", witness, domain, NULL);
}

static bool
read_written(Search *search, GError **error)
{
	const StoreFilter all = { 0 };
	ProblemsOwn *own = search->own;
	g_autoptr(StoreRows) rows = store_ask(own->question->store, STORE_NOTES, &all, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (store_rows_int(rows, STORED_NOTE_SILENCE) == 0)
			continue;
		char *key = written_key(store_rows_text(rows, STORED_NOTE_WITNESS),
			store_rows_text(rows, STORED_NOTE_DOMAIN));
		const char *text = store_rows_text(rows, STORED_NOTE_TEXT);
		const NoteKind kind = note_kind_of(store_rows_text(rows, STORED_NOTE_KIND));
		Written *written = g_hash_table_lookup(search->written, key);
		if (written == NULL)
			g_hash_table_insert(search->written, key, written = g_new0(Written, 1));
		else
			g_free(key);
		written->number = store_rows_int(rows, STORED_NOTE_SILENCE);
		if (*text != '\0')
			written->note = text_pool_add(own->texts, text);
		if (kind == NOTE_NOTE)
			continue;
		/* To resolve a silence is to accept it for good. */
		written->is_accepted = kind != NOTE_REOPEN;
		written->decided_day = day_of(store_rows_int(rows, STORED_NOTE_AT));
		written->until_day = store_rows_is_null(rows, STORED_NOTE_UNTIL_DAY)
			? G_MAXINT64
			: store_rows_int(rows, STORED_NOTE_UNTIL_DAY);
	}
	return ok;
}

/* An acceptance holds for the silence in which it was decided, and not for a later one. */
static void
apply_written(const Search *search, Silence *silence)
{
	g_autofree char *key = written_key(silence->witness, silence->domain);
	const Written *written = g_hash_table_lookup(search->written, key);

	if (written == NULL)
		return;
	silence->number = written->number;
	silence->note = written->note;
	silence->accepted = written->is_accepted && written->until_day > search->own->today
		&& written->decided_day >= silence->last_received;
}

/* --- the silences */

static Silence *
add_silence(const Search *search, int64_t number)
{
	Silence *silence = g_new0(Silence, 1);

	silence->number = number;
	silence->witness = silence->domain = silence->name = "";
	silence->domains = g_ptr_array_new();
	silence->last_received = DAY_NONE;
	g_ptr_array_add(search->problems->silences, silence);
	return silence;
}

/* The numbers of witnesses are even, and those of domains odd. */
static Silence *
silence_of_witness(const Search *search, const Reporter *reporter)
{
	Silence *silence = g_hash_table_lookup(search->silences, &reporter->witness_number);

	if (silence == NULL) {
		silence = add_silence(search, 2 * reporter->witness_number);
		silence->witness = reporter->witness;
		silence->name = reporter->name;
		g_hash_table_insert(search->silences, (gpointer)&reporter->witness_number, silence);
	}
	return silence;
}

static void
add_to(Silence *silence, const QuietDomain *domain, int64_t received)
{
	g_ptr_array_add(silence->domains, (gpointer)domain->name);
	silence->last_received = MAX(silence->last_received, received);
}

static bool
is_wholly_silent(const Search *search, const Reporter *reporter)
{
	const int64_t *last = g_hash_table_lookup(search->last_received, &reporter->witness_number);

	return last != NULL && search->own->today - *last > search->own->question->rules->silence;
}

static int64_t
last_received_of(const GArray *days)
{
	int64_t last = DAY_NONE;

	for (guint i = 0; i < days->len; i++)
		last = MAX(last, g_array_index(days, ReporterDay, i).received_day);
	return last;
}

/* What a witness of a domain does now. */
typedef struct {
	const Reporter *reporter;
	WitnessState state;
	int64_t last_received, last_day;
} DomainWitness;

/* Those of a domain, an array of DomainWitness; first-timers are none. */
static GArray *
find_witnesses(const Search *search, const QuietDomain *domain)
{
	const ProblemsOwn *own = search->own;
	const GArray *totals = domain->totals;
	GArray *witnesses = g_array_new(FALSE, FALSE, sizeof(DomainWitness));

	for (guint first = 0, next; first < totals->len; first = next) {
		const Reporter *reporter = g_array_index(totals, ReporterDay, first).reporter;
		g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		for (next = first; next < totals->len
			&& g_array_index(totals, ReporterDay, next).reporter->witness_number
				== reporter->witness_number;
			next++)
			g_array_append_val(days, g_array_index(totals, ReporterDay, next));
		const DomainWitness witness = { reporter,
			witness_state(days, own->question->rules, own->today),
			last_received_of(days),
			g_array_index(days, ReporterDay, days->len - 1).day };
		if (!reporter->first_timer)
			g_array_append_val(witnesses, witness);
	}
	return witnesses;
}

/*
 * Whether several used to report about a domain, and none of them does.  Who never did so regularly does not
 * count: the report of a week comes days after the last of the others, and each of these would be an alarm
 * meanwhile.  Nor does a report that was late: it is about a day on which the others reported, too.
 */
static bool
is_given_up(const GArray *witnesses, int64_t last_day)
{
	guint n = 0;

	for (guint i = 0; i < witnesses->len; i++) {
		const DomainWitness *one = &g_array_index(witnesses, DomainWitness, i);
		if (one->state == WITNESS_REPORTS && one->last_day > last_day)
			return false;
		n += one->state != WITNESS_IRREGULAR;
	}
	return n > 1;
}

static gsize
count_of(GHashTable *counts, const Reporter *reporter)
{
	return GPOINTER_TO_SIZE(g_hash_table_lookup(counts, &reporter->witness_number));
}

/* Adds a pair for each witness that is silent about a domain. */
static void
judge_domain(Search *search, QuietDomain *domain)
{
	g_autoptr(GArray) witnesses = find_witnesses(search, domain);

	/* A report is mostly received on the day after its own. */
	domain->is_given_up = is_given_up(
		witnesses, search->own->today - search->own->question->rules->silence - 2);
	for (guint i = 0; i < witnesses->len; i++) {
		const DomainWitness *one = &g_array_index(witnesses, DomainWitness, i);
		const Pair pair = { domain, one->reporter, one->last_received };
		if (one->state != WITNESS_SILENT)
			continue;
		g_array_append_val(search->pairs, pair);
		g_hash_table_insert(search->n_domains, (gpointer)&one->reporter->witness_number,
			GSIZE_TO_POINTER(count_of(search->n_domains, one->reporter) + 1));
	}
}

/*
 * Whether it is the domain that was given up.  A witness that tells nothing of anything is silent itself, and
 * not about this domain alone.
 */
static bool
is_of_domain(const Search *search, const Pair *pair)
{
	return pair->domain->is_given_up
		&& !(is_wholly_silent(search, pair->reporter)
			&& count_of(search->n_domains, pair->reporter) > 1);
}

/* Makes silences of the pairs that were asked for. */
static void
place_pairs(Search *search)
{
	const char *asked = search->own->question->filter->domain;

	for (guint i = 0; i < search->pairs->len; i++) {
		const Pair *pair = &g_array_index(search->pairs, Pair, i);
		QuietDomain *domain = pair->domain;
		if (asked != NULL && strcmp(domain->name, asked) != 0)
			continue;
		if (!is_of_domain(search, pair)) {
			add_to(silence_of_witness(search, pair->reporter), domain,
				pair->last_received);
		} else if (domain->silence == NULL) {
			domain->silence = add_silence(search, 2 * domain->number + 1);
			domain->silence->domain = domain->name;
			add_to(domain->silence, domain, domain->last_received);
		}
	}
}

/* When something was last received of each believed witness. */
static void
find_last_received(Search *search)
{
	const GPtrArray *list = reporters_all(search->own->reporters);

	for (guint i = 0; i < list->len; i++) {
		const Reporter *reporter = g_ptr_array_index(list, i);
		const int64_t *last = g_hash_table_lookup(
			search->last_received, &reporter->witness_number);
		if (reporter->believed && (last == NULL || *last < reporter->last_received))
			g_hash_table_insert(search->last_received,
				(gpointer)&reporter->witness_number,
				(gpointer)&reporter->last_received);
	}
}

/* Those that are accepted last; else who has been silent for longest first. */
static int
compare_silences(gconstpointer a, gconstpointer b)
{
	const Silence *one = *(const Silence *const *)a, *other = *(const Silence *const *)b;

	if (one->accepted != other->accepted)
		return one->accepted ? 1 : -1;
	if (one->last_received != other->last_received)
		return one->last_received < other->last_received ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

/* Judges the domain that was asked about, or all but that one. */
static bool
judge_domains(Search *search, bool that_was_asked, GError **error)
{
	const char *asked = search->own->question->filter->domain;
	GHashTableIter iter;
	gpointer domain;

	g_hash_table_iter_init(&iter, search->domains);
	while (g_hash_table_iter_next(&iter, NULL, &domain)) {
		const bool is_asked = asked != NULL
			&& strcmp(((const QuietDomain *)domain)->name, asked) == 0;
		if (is_asked != that_was_asked)
			continue;
		if (!read_totals(search, domain, error))
			return false;
		judge_domain(search, domain);
	}
	return true;
}

/*
 * Whether it matters if others are quiet besides the domain that was asked about: if it may have been given up
 * by somebody who is silent altogether.
 */
static bool
depends_on_others(const Search *search)
{
	for (guint i = 0; i < search->pairs->len; i++) {
		const Pair *pair = &g_array_index(search->pairs, Pair, i);
		if (pair->domain->is_given_up && is_wholly_silent(search, pair->reporter))
			return true;
	}
	return search->own->question->filter->domain == NULL;
}

static bool
search_domains(Search *search, GError **error)
{
	if (!read_quiet_domains(search, error))
		return false;
	find_last_received(search);
	if (!judge_domains(search, true, error)
		|| (depends_on_others(search) && !judge_domains(search, false, error)))
		return false;
	place_pairs(search);
	return search->problems->silences->len == 0 || read_written(search, error);
}

bool
silences_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	Search search = {
		.own = own,
		.problems = problems,
		.domains = g_hash_table_new_full(
			g_int64_hash, g_int64_equal, NULL, quiet_domain_free),
		.last_received = g_hash_table_new(g_int64_hash, g_int64_equal),
		.pairs = g_array_new(FALSE, FALSE, sizeof(Pair)),
		.n_domains = g_hash_table_new(g_int64_hash, g_int64_equal),
		.silences = g_hash_table_new(g_int64_hash, g_int64_equal),
		.written = text_table_new(g_free, g_free),
	};
	/* If nothing comes at all, that is one alarm, and not one for each. */
	const bool ok = problems->arrivals.state != ARRIVALS_OK || search_domains(&search, error);

	for (guint i = 0; i < problems->silences->len; i++) {
		Silence *silence = g_ptr_array_index(problems->silences, i);
		apply_written(&search, silence);
		g_ptr_array_sort(silence->domains, compare_texts);
	}
	g_ptr_array_sort(problems->silences, compare_silences);
	g_hash_table_unref(search.domains);
	g_hash_table_unref(search.last_received);
	g_array_unref(search.pairs);
	g_hash_table_unref(search.n_domains);
	g_hash_table_unref(search.silences);
	g_hash_table_unref(search.written);
	return ok;
}
