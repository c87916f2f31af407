/* The table of alarms: what is critical, a warning, unknown or none. */
#include "tlsrpt/day.h"
#include "tlsrpt/view_check.h"

#include "incidents.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/threshold.h"

#include <string.h>

enum { STATUS, DOMAINS_CHECKED, DOMAINS_LEARNING, LAST_RECEIVED, CHECK_COLUMNS };

static const Column check_columns[CHECK_COLUMNS] = {
	[STATUS] = { "status", "Status", CELL_WORD },
	[DOMAINS_CHECKED] = { "domains", "Domains", CELL_COUNT },
	[DOMAINS_LEARNING] = { "learning", "Learning", CELL_COUNT },
	[LAST_RECEIVED] = { "last_received", "Last received", CELL_TIME },
};

enum { SEVERITY, KIND, DOMAIN, RESULT_TYPE, MX_HOSTS, STATE, INCIDENTS, FAILED, ORGANIZATION, SINCE,
	SHARE, NOTE, COMMAND, PROBLEM_COLUMNS };

static const Column problem_columns[PROBLEM_COLUMNS] = {
	[SEVERITY] = { "severity", "Severity", CELL_WORD },
	[KIND] = { "kind", "Problem", CELL_WORD },
	[DOMAIN] = { "policy_domains", "Domain", CELL_TEXT }, /* a line each */
	[RESULT_TYPE] = { "result_type", "Failure", CELL_TEXT },
	[MX_HOSTS] = { "receiving_mx_hostnames", "MX", CELL_TEXT }, /* a line each */
	[STATE] = { "state", "State", CELL_WORD },
	[INCIDENTS] = { "incidents", NULL, CELL_TEXT }, /* ids, separated by commas */
	[FAILED] = { "failed_sessions", "Sessions", CELL_COUNT },
	[ORGANIZATION] = { "organization", NULL, CELL_TEXT },
	[SINCE] = { "since", NULL, CELL_TEXT },
	[SHARE] = { "failed_share", NULL, CELL_SHARE },
	[NOTE] = { "note", NULL, CELL_TEXT },
	[COMMAND] = { "command", NULL, CELL_TEXT }, /* that shows more */
};

enum { LABEL, VALUE, UNIT, WARNING, CRITICAL, MINIMUM, MAXIMUM, PERFDATA_COLUMNS };

static const Column perfdata_columns[PERFDATA_COLUMNS] = {
	[LABEL] = { "label", NULL, CELL_WORD },
	[VALUE] = { "value", NULL, CELL_WORD },
	[UNIT] = { "unit", NULL, CELL_WORD },
	[WARNING] = { "warning", NULL, CELL_WORD },
	[CRITICAL] = { "critical", NULL, CELL_WORD },
	[MINIMUM] = { "minimum", NULL, CELL_WORD },
	[MAXIMUM] = { "maximum", NULL, CELL_WORD },
};

/* What a domain had in the window. */
typedef struct {
	int64_t sessions, failed;
	bool may_be_silent; /* an organization is; then the totals of the domain were read */
} DomainSum;

typedef struct {
	const StoreFilter *filter;
	const IncidentRules *rules;
	const CheckOptions *options;
	Threshold warning, critical;
	const Table *rows; /* incidents */
	Incidents *incidents;
	GHashTable *sums; /* domain to DomainSum */
	Table *problems;
	int64_t last_received_at; /* of all reports; 0 if there are none */
	int64_t regular_days; /* of those that reports_have_stopped() looks at, with reports */
	double worst_share; /* of failed sessions in the window, by domain; or CELL_NOTHING */
} Check;

const char *
check_status_name(CheckStatus status)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

	return names[status];
}

static Cell *
add_problem(Check *check, CheckStatus severity, const char *kind, const char *command)
{
	Cell *problem = table_add_row(check->problems);

	problem[SEVERITY].number = severity;
	cell_set_text(&problem[SEVERITY], check_status_name(severity));
	cell_set_text(&problem[KIND], kind);
	cell_set_text(&problem[COMMAND], command);
	problem[SHARE].share = CELL_NOTHING;
	return problem;
}

/* What an incident is worth. */
static CheckStatus
severity_of(const Check *check, const Cell *row, const char **kind)
{
	switch (incidents_alarm(check->incidents, row, check->rules, check->filter->today)) {
	case ALARM_NONE:
		break;
	case ALARM_UNUSUAL:
		*kind = "unusual";
		return CHECK_WARNING;
	case ALARM_PATTERN:
		*kind = "failure";
		return strcmp(incidents_mode(check->incidents, row), "enforce") == 0
				|| strcmp(row_text(row, INCIDENT_POLICY_TYPE), POLICY_TYPE_TLSA) == 0
			? CHECK_CRITICAL
			: CHECK_WARNING;
	}
	return CHECK_OK;
}

/* The problem of the same domain and result type, if there is one: rows of a group come together. */
static Cell *
problem_of_group(Check *check, const Cell *row)
{
	const GPtrArray *rows = check->problems->rows;
	Cell *last = rows->len > 0 ? g_ptr_array_index(rows, rows->len - 1) : NULL;

	return last != NULL && strcmp(row_text(last, DOMAIN), row_text(row, INCIDENT_DOMAIN)) == 0
			&& strcmp(row_text(last, RESULT_TYPE), row_text(row, INCIDENT_RESULT_TYPE)) == 0
		? last
		: NULL;
}

static void
check_incident(Check *check, const Cell *row)
{
	const char *kind = "";
	const CheckStatus severity = severity_of(check, row, &kind);

	if (severity == CHECK_OK)
		return;
	Cell *problem = problem_of_group(check, row);
	if (problem == NULL) {
		g_autofree char *command = *row_text(row, INCIDENT_DOMAIN) != '\0'
			? g_strdup_printf("tlsrpt failures --domain %s", row_text(row, INCIDENT_DOMAIN))
			: g_strdup("tlsrpt failures");
		problem = add_problem(check, severity, kind, command);
		cell_set_text(&problem[DOMAIN], row_text(row, INCIDENT_DOMAIN));
		cell_set_text(&problem[RESULT_TYPE], row_text(row, INCIDENT_RESULT_TYPE));
	}
	if (severity > (CheckStatus)problem[SEVERITY].number) {
		problem[SEVERITY].number = severity;
		cell_set_text(&problem[SEVERITY], check_status_name(severity));
		cell_set_text(&problem[KIND], kind);
	}
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row[INCIDENT_ID].number);
	cell_append_text(&problem[INCIDENTS], ",", id);
	cell_append_text(&problem[MX_HOSTS], "\n", row_text(row, INCIDENT_MX));
	/* The first one of a group is the largest; a recurring one has something to tell. */
	if (problem[STATE].text == NULL || strcmp(row_text(row, INCIDENT_STATE), "recurring") == 0)
		cell_set_text(&problem[STATE], row_text(row, INCIDENT_STATE));
	cell_append_text(&problem[NOTE], "; ", row_text(row, INCIDENT_NOTE));
	problem[FAILED].number = count_add(problem[FAILED].number, row[INCIDENT_FAILED].number);
}

/* One problem for each organization, with all the domains on which it is silent. */
static void
add_silent(Check *check, GHashTable *silent, const char *domain, const ReportDay *last)
{
	Cell *problem = g_hash_table_lookup(silent, &last->organization);

	if (problem == NULL) {
		g_autofree char *since = day_text(last->received_day);
		problem = add_problem(check, CHECK_WARNING, "silent", "tlsrpt summary --since 28d");
		cell_set_text(&problem[ORGANIZATION],
			g_hash_table_lookup(check->incidents->organizations, &last->organization));
		cell_set_text(&problem[SINCE], since);
		g_hash_table_insert(silent, g_memdup2(&last->organization, sizeof(int64_t)), problem);
	}
	cell_append_text(&problem[DOMAIN], "\n", domain);
}

static void
check_reporters(Check *check, GHashTable *silent, const char *domain, const GArray *totals)
{
	const ReportDay *days = (const ReportDay *)(const void *)totals->data;

	/* They come by organization. */
	for (size_t first = 0, next; first < totals->len; first = next) {
		for (next = first; next < totals->len
			&& days[next].organization == days[first].organization;)
			next++;
		if (reporter_is_silent(days + first, next - first, check->rules, check->filter->today))
			add_silent(check, silent, domain, &days[next - 1]);
	}
}

/* The share of a domain in the window, against the ranges of the operator. */
static void
check_share(Check *check, const char *domain, const DomainSum *sum)
{
	const double share = share_of(sum->failed, sum->sessions);

	if (share == CELL_NOTHING)
		return;
	check->worst_share = MAX(check->worst_share, share);
	const bool critical = check->options->critical != NULL
		&& threshold_alerts(&check->critical, share * 100);
	const bool warning = check->options->warning != NULL
		&& threshold_alerts(&check->warning, share * 100);
	if (!critical && !warning)
		return;
	g_autofree char *command = g_strdup_printf("tlsrpt trend --domain %s", domain);
	Cell *problem =
		add_problem(check, critical ? CHECK_CRITICAL : CHECK_WARNING, "share", command);
	cell_set_text(&problem[DOMAIN], domain);
	problem[SHARE].share = share;
	problem[FAILED].number = sum->failed;
}

/* That nothing ever came of what is to be judged by. */
static void
add_no_reports(Check *check)
{
	const char *domain = check->filter->domain;
	const bool unauthenticated =
		check->filter->authenticated_only && check->last_received_at != 0;
	g_autofree char *command = domain != NULL
		? g_strdup_printf("tlsrpt record check %s", domain)
		: g_strdup("tlsrpt status");

	if (check->options->learning_ok)
		return;
	Cell *problem = add_problem(check, CHECK_UNKNOWN,
		unauthenticated ? "unauthenticated" : "no-reports", command);
	cell_set_text(&problem[DOMAIN], domain);
}

/* Whether there is anything to judge by. */
static void
check_reception(Check *check)
{
	const int64_t last_day = day_of(check->last_received_at);

	if (g_hash_table_size(check->incidents->report_days) == 0) {
		add_no_reports(check);
	} else if (reports_have_stopped((size_t)check->regular_days, last_day,
			   check->filter->today)) {
		g_autofree char *since = day_text(last_day);
		Cell *problem = add_problem(check, CHECK_UNKNOWN, "stopped", "tlsrpt status");
		cell_set_text(&problem[SINCE], since);
	}
}

static int
rank(CheckStatus status)
{
	static const int ranks[] = { [CHECK_OK] = 0, [CHECK_WARNING] = 1, [CHECK_UNKNOWN] = 2,
		[CHECK_CRITICAL] = 3 };

	return ranks[status];
}

static int
compare_problems(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
	const int order = rank((CheckStatus)other[SEVERITY].number)
		- rank((CheckStatus)one[SEVERITY].number);

	if (order != 0)
		return order;
	return one[FAILED].number != other[FAILED].number
		? (one[FAILED].number < other[FAILED].number ? 1 : -1)
		: g_strcmp0(one[DOMAIN].text, other[DOMAIN].text);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

static void
find_problems(Check *check)
{
	g_autoptr(GList) domains = g_hash_table_get_keys(check->sums);
	g_autoptr(GHashTable) silent =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	check_reception(check);
	const bool stopped = check->problems->rows->len > 0;
	for (size_t i = 0; i < check->rows->rows->len; i++)
		check_incident(check, g_ptr_array_index(check->rows->rows, i));
	domains = g_list_sort(domains, compare_names);
	for (const GList *domain = domains; domain != NULL; domain = domain->next) {
		const DomainSum *sum = g_hash_table_lookup(check->sums, domain->data);
		check_share(check, domain->data, sum);
		/* If nothing comes at all, that is one problem, not one of each reporter. */
		if (sum->may_be_silent && !stopped)
			check_reporters(check, silent, domain->data,
				incidents_totals(check->incidents, domain->data));
	}
	g_ptr_array_sort(check->problems->rows, compare_problems);
}

static int64_t
count_severity(const Check *check, CheckStatus severity)
{
	int64_t n = 0;

	for (size_t i = 0; i < check->problems->rows->len; i++) {
		const Cell *problem = g_ptr_array_index(check->problems->rows, i);
		n += problem[SEVERITY].number == (int64_t)severity;
	}
	return n;
}

static Cell *
add_perfdata(Table *table, const char *label, const char *value, const char *unit)
{
	Cell *row = table_add_row(table);

	cell_set_text(&row[LABEL], label);
	cell_set_text(&row[VALUE], value);
	cell_set_text(&row[UNIT], unit);
	cell_set_text(&row[MINIMUM], "0");
	return row;
}

static void
add_count(Table *table, const char *label, int64_t count)
{
	g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, count);

	add_perfdata(table, label, value, NULL);
}

static void
measure(const Check *check, Table *table)
{
	char share[G_ASCII_DTOSTR_BUF_SIZE];

	add_count(table, "critical", count_severity(check, CHECK_CRITICAL));
	add_count(table, "warning", count_severity(check, CHECK_WARNING));
	add_count(table, "domains", g_hash_table_size(check->incidents->report_days));
	if (check->worst_share != CELL_NOTHING) {
		g_ascii_formatd(share, sizeof(share), "%.3f", check->worst_share * 100);
		Cell *row = add_perfdata(table, "failed_share", share, "%");
		cell_set_text(&row[WARNING], check->options->warning);
		cell_set_text(&row[CRITICAL], check->options->critical);
		cell_set_text(&row[MAXIMUM], "100");
	}
	if (check->last_received_at != 0) {
		g_autofree char *age = g_strdup_printf("%" G_GINT64_FORMAT,
			MAX(check->options->now - check->last_received_at, 0));
		add_perfdata(table, "last_report", age, "s");
	}
}

static int64_t
count_learning(const Check *check)
{
	GHashTableIter iter;
	gpointer domain;
	int64_t n = 0;

	g_hash_table_iter_init(&iter, check->incidents->report_days);
	while (g_hash_table_iter_next(&iter, &domain, NULL))
		n += incidents_is_learning(check->incidents, domain, check->rules);
	return n;
}

static bool
parse_thresholds(Check *check, GError **error)
{
	const CheckOptions *options = check->options;

	return (options->warning == NULL
		       || threshold_parse("--warning", options->warning, &check->warning, error))
		&& (options->critical == NULL
			|| threshold_parse("--critical", options->critical, &check->critical, error));
}

static bool
read_reception(Check *check, Store *store, GError **error)
{
	const StoreFilter regular = { .since_day = REGULAR_SINCE(check->filter->today),
		.until_day = REGULAR_UNTIL(check->filter->today) };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_RECEPTION, &regular, error);
	bool has = false;

	if (rows == NULL || !store_rows_next(rows, &has, error))
		return false;
	check->last_received_at = store_rows_int(rows, 0);
	check->regular_days = store_rows_int(rows, 1);
	return true;
}

static DomainSum *
sum_of(Check *check, const char *domain)
{
	DomainSum *sum = g_hash_table_lookup(check->sums, domain);

	if (sum == NULL) {
		sum = g_new0(DomainSum, 1);
		g_hash_table_insert(check->sums, g_strdup(domain), sum);
	}
	return sum;
}

static bool
read_sums(Check *check, Store *store, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DOMAIN_DAYS, check->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		DomainSum *sum = sum_of(check, store_rows_text(rows, 0));
		sum->sessions = count_add(sum->sessions, store_rows_int(rows, 2));
		sum->failed = count_add(sum->failed, store_rows_int(rows, 3));
	}
	return ok;
}

/* What silence is judged by, of the few domains where there may be any. */
static bool
read_reporters(Check *check, Store *store, GError **error)
{
	const StoreFilter again = { .domain = check->filter->domain,
		.authenticated_only = check->filter->authenticated_only,
		.since_day = REGULAR_AGAIN_SINCE(check->filter->today),
		.until_day = REGULAR_UNTIL(check->filter->today),
		.window_day = check->filter->today - check->rules->silence };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_QUIET_DOMAINS, &again, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = store_rows_text(rows, 0);
		sum_of(check, domain)->may_be_silent = true;
		ok = incidents_read_totals(check->incidents, store, check->filter, check->rules,
			domain, error);
	}
	return ok;
}

Document *
view_check(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const CheckOptions *options, GError **error)
{
	g_autoptr(Document) document = document_new("check");
	Table *table = document_add_table(document, "check", NULL, check_columns, CHECK_COLUMNS);
	Table *problems =
		document_add_table(document, "problems", NULL, problem_columns, PROBLEM_COLUMNS);
	Table *perfdata =
		document_add_table(document, "perfdata", NULL, perfdata_columns, PERFDATA_COLUMNS);
	g_autoptr(Document) rows = document_new("failures");
	g_autoptr(GHashTable) sums = text_table_new(g_free, g_free);
	StoreFilter window = *filter;
	Check check = { .filter = &window, .rules = rules, .options = options, .sums = sums,
		.problems = problems, .worst_share = CELL_NOTHING };

	window.since_day = filter->window_day;
	window.until_day = filter->today;
	Table *incident_rows =
		document_add_table(rows, "failures", NULL, incident_columns, INCIDENT_COLUMNS);
	if (!parse_thresholds(&check, error) || !read_reception(&check, store, error))
		return NULL;
	g_autoptr(Incidents) incidents =
		incidents_read(store, &window, rules, INCIDENTS_WEIGHED, incident_rows, error);
	if (incidents == NULL)
		return NULL;
	check.rows = incident_rows;
	check.incidents = incidents;
	if (!read_sums(&check, store, error) || !read_reporters(&check, store, error))
		return NULL;
	find_problems(&check);
	measure(&check, perfdata);

	const Cell *worst =
		problems->rows->len > 0 ? g_ptr_array_index(problems->rows, 0) : NULL;
	document->exit_code = worst != NULL ? (int)worst[SEVERITY].number : CHECK_OK;
	Cell *row = table_add_row(table);
	cell_set_text(&row[STATUS], check_status_name((CheckStatus)document->exit_code));
	row[DOMAINS_CHECKED].number = g_hash_table_size(incidents->report_days);
	row[DOMAINS_LEARNING].number = count_learning(&check);
	row[LAST_RECEIVED].number = check.last_received_at;
	return g_steal_pointer(&document);
}
