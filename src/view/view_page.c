/* The page: the story of how its parts are asked for. */
#include "view_page_parts.h"

#include "quarantine_rows.h"

#include "tlsrpt/day.h"
#include "tlsrpt/report.h"
#include "tlsrpt/view_digest.h"

static const Column page_columns[PAGE_COLUMNS] = {
	[PAGE_MADE_AT] = { "made_at", NULL, CELL_TIME },
	[PAGE_STALE_AT] = { "stale_at", NULL, CELL_TIME },
	[PAGE_FIRST_DAY] = { "first_day", NULL, CELL_DAY },
	[PAGE_WINDOW_DAY] = { "window_day", NULL, CELL_DAY },
	[PAGE_LAST_DAY] = { "last_day", NULL, CELL_DAY },
	[PAGE_SELECTED] = { "selected", NULL, CELL_COUNT }, /* domains asked about; 0: all */
	[PAGE_DOMAINS] = { "domains", NULL, CELL_COUNT },
	[PAGE_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[PAGE_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[PAGE_LEARNING] = { "learning", NULL, CELL_COUNT },
	[PAGE_WELL] = { "well", NULL, CELL_FLAG },
	[PAGE_RECEPTION] = { "reception", NULL, CELL_ENUM },
	[PAGE_LAST_RECEIVED] = { "last_received", NULL, CELL_TEXT }, /* a day */
	[PAGE_UNVERIFIED_REPORTS] = { "unverified_reports", NULL, CELL_COUNT },
	[PAGE_CRITICAL] = { "critical", NULL, CELL_COUNT },
	[PAGE_WARNINGS] = { "warnings", NULL, CELL_COUNT },
	[PAGE_SILENCES] = { "silences", NULL, CELL_COUNT },
	[PAGE_QUARANTINED] = { "quarantined", NULL, CELL_COUNT },
	[PAGE_QUARANTINE_FULL] = { "quarantine_full", NULL, CELL_FLAG },
	[PAGE_WAITING] = { "waiting", NULL, CELL_COUNT },
	[PAGE_WITH_HOSTS] = { "with_hosts", NULL, CELL_FLAG },
	[PAGE_STYLE] = { "style", NULL, CELL_TEXT },
};

/* What is wrong in W, in all domains or in one. */
static Problems *
read_answer(const PageQuestion *question, const char *domain, GError **error)
{
	const StoreFilter filter = {
		.domain = domain,
		.since_day = question->window_day,
		.until_day = question->today,
		.window_day = question->window_day,
		.today = question->today,
	};
	const ProblemsQuestion asked = {
		.store = question->store,
		.filter = &filter,
		.rules = question->rules,
		.believe = question->believe,
		.in_full = question->with_hosts,
		.quarantine = domain == NULL ? question->quarantine : 0,
	};

	return problems_read(&asked, error);
}

static bool
read_answers(PageView *view, GError **error)
{
	const char *const *domains = view->question->domains;
	const guint n = domains != NULL ? g_strv_length((char **)domains) : 1;

	for (guint i = 0; i < n; i++) {
		Problems *answer = read_answer(view->question, view_page_domain(view, i), error);
		if (answer == NULL)
			return false;
		g_ptr_array_add(view->answers, answer);
	}
	return true;
}

/* What the domains add up to. */
static void
sum_up(PageView *view)
{
	Cell *head = view->head;

	for (guint i = 0; i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		for (guint j = 0; j < answer->domains->len; j++) {
			const DomainTotal *total = g_ptr_array_index(answer->domains, j);
			head[PAGE_DOMAINS].number++;
			head[PAGE_LEARNING].number += total->learning;
			head[PAGE_SESSIONS].number = count_add(
				head[PAGE_SESSIONS].number, total->sessions);
			head[PAGE_FAILED].number = count_add(
				head[PAGE_FAILED].number, total->failed_sessions);
		}
	}
}

/* Whether reports come at all; that is of the whole store, whatever the domains. */
static void
set_reception(PageView *view)
{
	const Problems *answer = g_ptr_array_index(view->answers, 0);
	const Arrivals *arrivals = &answer->arrivals;
	Cell *head = view->head;
	const Reception reception = arrivals->state == ARRIVALS_NEVER ? RECEPTION_NEVER
		: arrivals->state == ARRIVALS_STOPPED		      ? RECEPTION_STOPPED
		: head[PAGE_SESSIONS].number == 0		      ? RECEPTION_NONE
								      : RECEPTION_REGULAR;

	cell_set_enum(&head[PAGE_RECEPTION], reception, NULL);
	cell_set_day_text(&head[PAGE_LAST_RECEIVED], arrivals->last_received);
	head[PAGE_UNVERIFIED_REPORTS].number = arrivals->unverified_reports;
	head[PAGE_QUARANTINE_FULL].number = answer->quarantine.is_full;
	head[PAGE_WAITING].number = answer->quarantine.waiting;
	head[PAGE_WELL].number = reception == RECEPTION_REGULAR
		&& head[PAGE_CRITICAL].number + head[PAGE_WARNINGS].number
				+ head[PAGE_SILENCES].number
			== 0;
}

static void
fill_head(PageView *view)
{
	const PageQuestion *question = view->question;
	Cell *head = view->head;

	head[PAGE_MADE_AT].number = question->now;
	head[PAGE_STALE_AT].number = question->now + PAGE_STALE_S;
	head[PAGE_FIRST_DAY].number = question->today - PAGE_DAYS + 1;
	head[PAGE_WINDOW_DAY].number = question->window_day;
	head[PAGE_LAST_DAY].number = question->today;
	head[PAGE_SELECTED].number = question->domains != NULL
		? g_strv_length((char **)question->domains)
		: 0;
	head[PAGE_WITH_HOSTS].number = question->with_hosts;
	cell_set_text(&head[PAGE_STYLE], question->style);
}

/* What is in quarantine is of nobody's domain. */
static bool
add_quarantine(PageView *view, GError **error)
{
	const PageQuestion *question = view->question;
	const Window week = { question->window_day, question->today };
	Table *table = quarantine_add_table(view->document);

	return question->domains != NULL
		|| quarantine_fill(
			table, question->store, &week, &view->head[PAGE_QUARANTINED].number, error);
}

static bool
fill(PageView *view, GError **error)
{
	fill_head(view);
	/* The policies take the most memory on the way, so they come before the answers. */
	if (!view_page_add_policies(view, error) || !read_answers(view, error))
		return false;
	sum_up(view);
	view_page_add_problems(view);
	view_page_add_silences(view);
	set_reception(view);
	view_page_add_matrix(view);
	return view_page_add_days(view, error) && view_page_add_reporters(view, error)
		&& view_page_add_findings(view, error) && add_quarantine(view, error);
}

Document *
view_page(const PageQuestion *question, GError **error)
{
	PageQuestion asked = *question;
	g_autoptr(Document) document = document_new("page");
	g_autoptr(GPtrArray)
		answers = g_ptr_array_new_with_free_func((GDestroyNotify)problems_free);

	if (asked.domains != NULL && *asked.domains == NULL)
		asked.domains = NULL;
	PageView view = {
		.question = &asked,
		.document = document,
		.head = table_add_row(
			document_add_table(document, "page", NULL, page_columns, PAGE_COLUMNS)),
		.left_out = view_page_left_out_table(document),
		.answers = answers,
	};
	return fill(&view, error) ? g_steal_pointer(&document) : NULL;
}
