#include "tlsrpt/layout.h"

#include <string.h>

static int
columns_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

int
layout_columns(const char *text, size_t length)
{
	int columns = 0;

	for (const char *at = text; at < text + length; at = g_utf8_next_char(at))
		columns += *at == LAYOUT_BLANK ? 1 : columns_of(g_utf8_get_char(at));
	return columns;
}

int
layout_widest_word(const char *text)
{
	int widest = 0;

	while (*text != '\0') {
		const size_t length = strcspn(text, " ");
		widest = MAX(widest, layout_columns(text, length));
		text += length;
		text += strspn(text, " ");
	}
	return widest;
}

size_t
layout_line(const char *text, int width)
{
	const size_t indent = strspn(text, " ");
	const char *blank = NULL, *joint = NULL, *at = text;
	int columns = 0;

	for (; *at != '\0'; at = g_utf8_next_char(at)) {
		if (*at == ' ' && at > text + indent && at[-1] != ' ')
			blank = at;
		columns += layout_columns(at, 1);
		if (columns > width && at > text) {
			const char *part = joint != NULL ? joint : at;
			return (size_t)((blank != NULL ? blank : part) - text);
		}
		/* Rather not in the middle of a label, or right at the beginning. */
		if (columns * 2 >= width && strchr(".,;/" LAYOUT_BLANKS, *at) != NULL)
			joint = *at == LAYOUT_BLANK ? at : at + 1;
	}
	/* Not the blanks at the end. */
	while (at > text && at[-1] == ' ')
		at--;
	return (size_t)(at - text);
}

LayoutNeed
layout_need(const char *text)
{
	return (LayoutNeed){ layout_widest_word(text), layout_columns(text, strlen(text)) };
}

/* All that the steps below work on. */
typedef struct {
	const LayoutNeed *needs;
	size_t n_rows, n;
	int *widths;
} Plan;

static const LayoutNeed *
need_of(const Plan *plan, size_t row, size_t column)
{
	return &plan->needs[row * plan->n + column];
}

static int
sum_of(const Plan *plan)
{
	int sum = 0;

	for (size_t j = 0; j < plan->n; j++)
		sum += plan->widths[j];
	return sum;
}

/* A column made narrower by as little as helps: to which width, and how many cells spill by it. */
typedef struct {
	int width, spilled;
} Step;

/* false if it must not be narrower. */
static bool
step_down(const Plan *plan, size_t column, Step *step)
{
	const int width = plan->widths[column];

	*step = (Step){ need_of(plan, 0, column)->minimum, 0 };
	for (size_t i = 1; i < plan->n_rows; i++) {
		const int minimum = need_of(plan, i, column)->minimum;
		step->spilled += minimum == width;
		if (minimum < width)
			step->width = MAX(step->width, minimum);
	}
	return step->width < width;
}

/* Narrows the column that wins most for each cell that then spills; false if there is none. */
static bool
narrow(Plan *plan, const bool *may_spill)
{
	size_t best = plan->n;
	Step best_step = { 0 };

	for (size_t j = 0; j < plan->n; j++) {
		Step step;
		if (!may_spill[j] || !step_down(plan, j, &step))
			continue;
		const gint64 won = plan->widths[j] - step.width;
		if (best == plan->n
			|| won * best_step.spilled
				> (gint64)(plan->widths[best] - best_step.width) * step.spilled) {
			best = j;
			best_step = step;
		}
	}
	if (best < plan->n)
		plan->widths[best] = best_step.width;
	return best < plan->n;
}

/* Takes back the cheapest of what was narrowed too much; false if there is no room for any. */
static bool
widen(Plan *plan, int room)
{
	size_t best = plan->n;
	int least = room + 1;

	for (size_t j = 0; j < plan->n; j++) {
		for (size_t i = 1; i < plan->n_rows; i++) {
			const int more = need_of(plan, i, j)->minimum - plan->widths[j];
			if (more > 0 && more < least) {
				least = more;
				best = j;
			}
		}
	}
	if (best < plan->n)
		plan->widths[best] += least;
	return best < plan->n;
}

/* How much wider the cells that do not spill would have the column. */
static int
wanted_more(const Plan *plan, size_t column)
{
	int natural = 0;

	for (size_t i = 0; i < plan->n_rows; i++) {
		const LayoutNeed *need = need_of(plan, i, column);
		if (need->minimum <= plan->widths[column])
			natural = MAX(natural, need->natural);
	}
	return MAX(natural - plan->widths[column], 0);
}

/* The room, in equal parts, to the columns that want more. */
static void
share_out(Plan *plan, int room)
{
	g_autofree int *wanted = g_new(int, plan->n);
	int wanting = 0;

	for (size_t j = 0; j < plan->n; j++) {
		wanted[j] = wanted_more(plan, j);
		wanting += wanted[j] > 0;
	}
	while (room > 0 && wanting > 0) {
		const int part = MAX(room / wanting, 1);
		for (size_t j = 0; j < plan->n; j++) {
			const int more = MIN(MIN(wanted[j], part), room);
			plan->widths[j] += more;
			wanted[j] -= more;
			room -= more;
			wanting -= more > 0 && wanted[j] == 0;
		}
	}
}

bool
layout_widths(const LayoutNeed *needs, size_t n_rows, size_t n, const bool *may_spill,
	int available, int *widths)
{
	Plan plan = { needs, n_rows, n, widths };

	for (size_t j = 0; j < n; j++) {
		widths[j] = 0;
		for (size_t i = 0; i < n_rows; i++)
			widths[j] = MAX(widths[j], need_of(&plan, i, j)->minimum);
	}
	while (sum_of(&plan) > available) {
		if (!narrow(&plan, may_spill))
			return false;
	}
	while (widen(&plan, available - sum_of(&plan)))
		;
	share_out(&plan, available - sum_of(&plan));
	return true;
}
