/*
 * What a monitoring system is told of the policy that a domain serves: whether it is the one that senders
 * see, and whether mail gets to every MX under it.
 */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/view_check.h"

#include <string.h>

enum { VERDICT_DOMAIN, VERDICT_STATUS, VERDICT_MESSAGE, VERDICT_COLUMNS };

static const Column verdict_columns[VERDICT_COLUMNS] = {
	[VERDICT_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[VERDICT_STATUS] = { "status", NULL, CELL_ENUM },
	[VERDICT_MESSAGE] = { "message", NULL, CELL_TEXT },
};

static const char *const status_names[] = {
	[CHECK_OK] = "OK",
	[CHECK_WARNING] = "WARNING",
	[CHECK_CRITICAL] = "CRITICAL",
};

typedef struct {
	CheckStatus status;
	GString *message;
} Verdict;

static void worsen(Verdict *verdict, CheckStatus status, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static void
worsen(Verdict *verdict, CheckStatus status, const char *format, ...)
{
	va_list arguments;

	verdict->status = MAX(verdict->status, status);
	if (verdict->message->len > 0)
		g_string_append(verdict->message, "; ");
	va_start(arguments, format);
	g_string_append_vprintf(verdict->message, format, arguments);
	va_end(arguments);
}

/*
 * Since when the expected policy is served: since the file was written or, if that is not known, since
 * anybody saw it.  DAY_NONE if nobody did.
 */
static int64_t
served_since(const Policies *policies, const PolicyHistory *history)
{
	const PolicyQuestion *question = policies->question;
	const SeenPolicy *seen = policy_equal(history, question->expected);

	if (question->expected_since != DAY_NONE)
		return question->expected_since;
	return seen != NULL ? seen->first_day : DAY_NONE;
}

/* The last day on which a sender may still have another policy that it fetched before the day. */
static int64_t
due_day(const SeenPolicy *other, int64_t since)
{
	const int64_t max_age = other->sts->max_age;

	return since + (MAX(max_age, 0) + DAY_SECONDS - 1) / DAY_SECONDS;
}

/* Who still reports, and saw another policy when it should not have had it any more. */
static void
judge_drift(const Policies *policies, const PolicyHistory *history, Verdict *verdict)
{
	const MtaSts *expected = policies->question->expected;
	const int64_t since = served_since(policies, history);
	const int64_t from = policies->filter->until_day - policies->question->rules->window;

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		int64_t last_day;
		g_autoptr(GPtrArray) names = policies_last_seen_by(history, policy, &last_day);
		if (policy->sts == NULL || names->len == 0 || last_day < from)
			continue;
		g_autoptr(GArray) differences = mta_sts_compare(expected, policy->sts);
		if (differences->len == 0
			|| (since != DAY_NONE && last_day <= due_day(policy, since)))
			continue;
		g_autofree char *last = day_text(last_day);
		worsen(verdict, CHECK_WARNING, "%s%s saw another policy (mode %s) on %s",
			(const char *)g_ptr_array_index(names, 0),
			names->len > 1 ? " and others" : "",
			*policy->sts->mode != '\0' ? policy->sts->mode : "unknown", last);
	}
}

/* Who once saw a policy and found none since. */
static void
judge_lost(const Policies *policies, const PolicyHistory *history, Verdict *verdict)
{
	const PolicyHistory *none = policies_without(policies, history->domain);
	const int64_t from = policies->filter->until_day - policies->question->rules->window;
	g_autoptr(GPtrArray) names = policy_organizations(history);
	const char *first = NULL;
	guint n = 0;

	for (guint i = 0; none != NULL && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const Sight *sight = NULL, *without = NULL;
		policy_latest(history, name, &sight);
		policy_latest(none, name, &without);
		if (sight == NULL || without == NULL || without->last_day <= sight->last_day
			|| without->last_day < from)
			continue;
		first = first != NULL ? first : name;
		n++;
	}
	if (n > 0)
		worsen(verdict, CHECK_WARNING, "%s%s found no policy any more", first,
			n > 1 ? " and others" : "");
}

/* MX in DNS that the policy does not list; only with --live. */
static void
judge_live(const Policies *policies, const PolicyHistory *history, Verdict *verdict)
{
	const Table *findings = document_table(policies->document, "live_findings");
	const bool enforced = mta_sts_mode_of(policies->question->expected->mode)
		== MTA_STS_ENFORCE;

	for (size_t i = 0; i < findings->rows->len; i++) {
		if (strcmp(table_text(findings, i, "policy_domain"), history->domain) != 0)
			continue;
		switch ((LiveFinding)table_number(findings, i, "finding")) {
		case LIVE_MX_NOT_COVERED:
			worsen(verdict, enforced ? CHECK_CRITICAL : CHECK_WARNING,
				"no mx of the policy matches the MX %s%s",
				table_text(findings, i, "host"),
				enforced ? ", so senders keep back mail to it" : "");
			break;
		case LIVE_DNS_UNKNOWN:
			worsen(verdict, CHECK_WARNING, "DNS does not say which MX there are");
			break;
		case LIVE_TLSA_REPLACED:
			worsen(verdict, CHECK_WARNING,
				"none of the TLSA records that senders last saw is in DNS");
			break;
		case LIVE_NULL_MX:
		case LIVE_TLSA_GONE:
		case LIVE_TLSA_NEW:
			break;
		}
	}
}

static void
add_verdict(Table *table, const char *domain, const Verdict *verdict)
{
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[VERDICT_DOMAIN], domain);
	cell_set_enum(&cells[VERDICT_STATUS], verdict->status, status_names[verdict->status]);
	cell_set_text(&cells[VERDICT_MESSAGE], verdict->message->str);
}

static void
judge(const Policies *policies, const PolicyHistory *history, Table *table)
{
	const MtaSts *expected = policies->question->expected;
	g_autoptr(GString) message = g_string_new(NULL);
	Verdict verdict = { CHECK_OK, message };

	judge_live(policies, history, &verdict);
	judge_drift(policies, history, &verdict);
	judge_lost(policies, history, &verdict);
	if (message->len == 0)
		g_string_append_printf(
			message, "the policy is the one that senders see, mode %s", expected->mode);
	add_verdict(table, history->domain, &verdict);
}

/* The worst first; rows that are alike stay in the order of their domains. */
static int
compare_verdicts(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	if (one[VERDICT_STATUS].number != other[VERDICT_STATUS].number)
		return one[VERDICT_STATUS].number > other[VERDICT_STATUS].number ? -1 : 1;
	return strcmp(row_text(one, VERDICT_DOMAIN), row_text(other, VERDICT_DOMAIN));
}

void
policies_add_verdict(const Policies *policies)
{
	Table *table = document_add_table(
		policies->document, "verdict", NULL, verdict_columns, VERDICT_COLUMNS);

	if (!policies->question->is_check)
		return;
	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (policies_is_type(history, POLICY_TYPE_STS))
			judge(policies, history, table);
	}
	if (table->rows->len == 0) {
		g_autoptr(GString) message = g_string_new(
			"no sender that is believed has seen an MTA-STS policy yet");
		add_verdict(table, policies->filter->domain, &(Verdict){ CHECK_OK, message });
	}
	g_ptr_array_sort(table->rows, compare_verdicts);
	policies->document->exit_code = (int)table_number(table, 0, "status");
}
