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
		/* A good place to break a word, unless it is in the first half of the line. */
		if (columns * 2 >= width && strchr(".,;/" LAYOUT_BLANKS, *at) != NULL)
			joint = *at == LAYOUT_BLANK ? at : at + 1;
	}
	/* Blanks at the end do not belong to the line. */
	while (at > text && at[-1] == ' ')
		at--;
	return (size_t)(at - text);
}

LayoutNeed
layout_need(const char *text)
{
	return (LayoutNeed){ layout_widest_word(text), layout_columns(text, strlen(text)) };
}

/* A table whose widths are being worked out. */
typedef struct {
	const LayoutTable *table;
	int *widths;
} Plan;

static const LayoutNeed *
need_of(const Plan *plan, size_t row, size_t column)
{
	return &plan->table->needs[row * plan->table->n_columns + column];
}

static int
sum_of(const Plan *plan)
{
	int sum = 0;

	for (size_t j = 0; j < plan->table->n_columns; j++)
		sum += plan->widths[j];
	return sum;
}

/* A column made narrower until one more cell spills: its new width, and how many cells spill then. */
typedef struct {
	int width, spilled;
} Step;

/* The next step of a column; false if it cannot be any narrower. */
static bool
step_down(const Plan *plan, size_t column, Step *step)
{
	const int width = plan->widths[column];

	*step = (Step){ need_of(plan, 0, column)->minimum, 0 };
	for (size_t i = 1; i < plan->table->n_rows; i++) {
		const int minimum = need_of(plan, i, column)->minimum;
		step->spilled += minimum == width;
		if (minimum < width)
			step->width = MAX(step->width, minimum);
	}
	return step->width < width;
}

/* Narrows the column that saves most for each cell that then spills; false if no column can. */
static bool
narrow(Plan *plan)
{
	size_t best = plan->table->n_columns;
	Step best_step = { 0 };

	for (size_t j = 0; j < plan->table->n_columns; j++) {
		Step step;
		if (!plan->table->may_spill[j] || !step_down(plan, j, &step))
			continue;
		const gint64 won = plan->widths[j] - step.width;
		if (best == plan->table->n_columns
			|| won * best_step.spilled
				> (gint64)(plan->widths[best] - best_step.width) * step.spilled) {
			best = j;
			best_step = step;
		}
	}
	if (best < plan->table->n_columns)
		plan->widths[best] = best_step.width;
	return best < plan->table->n_columns;
}

/* Makes room again for the spilling cell that needs least; false if there is no room for any. */
static bool
widen(Plan *plan, int room)
{
	size_t best = plan->table->n_columns;
	int least = room + 1;

	for (size_t j = 0; j < plan->table->n_columns; j++) {
		for (size_t i = 1; i < plan->table->n_rows; i++) {
			const int more = need_of(plan, i, j)->minimum - plan->widths[j];
			if (more > 0 && more < least) {
				least = more;
				best = j;
			}
		}
	}
	if (best < plan->table->n_columns)
		plan->widths[best] += least;
	return best < plan->table->n_columns;
}

/* How much wider a column would have to be for the cells that do not spill to stand in one line. */
static int
wanted_more(const Plan *plan, size_t column)
{
	int natural = 0;

	for (size_t i = 0; i < plan->table->n_rows; i++) {
		const LayoutNeed *need = need_of(plan, i, column);
		if (need->minimum <= plan->widths[column])
			natural = MAX(natural, need->natural);
	}
	return MAX(natural - plan->widths[column], 0);
}

/* Gives the room that is left to the columns that want more, in equal parts. */
static void
share_out(Plan *plan, int room)
{
	g_autofree int *wanted = g_new(int, plan->table->n_columns);
	int wanting = 0;

	for (size_t j = 0; j < plan->table->n_columns; j++) {
		wanted[j] = wanted_more(plan, j);
		wanting += wanted[j] > 0;
	}
	while (room > 0 && wanting > 0) {
		const int part = MAX(room / wanting, 1);
		for (size_t j = 0; j < plan->table->n_columns; j++) {
			const int more = MIN(MIN(wanted[j], part), room);
			plan->widths[j] += more;
			wanted[j] -= more;
			room -= more;
			wanting -= more > 0 && wanted[j] == 0;
		}
	}
}

bool
layout_widths(const LayoutTable *table, int available, int *widths)
{
	Plan plan = { table, widths };

	for (size_t j = 0; j < table->n_columns; j++) {
		widths[j] = 0;
		for (size_t i = 0; i < table->n_rows; i++)
			widths[j] = MAX(widths[j], need_of(&plan, i, j)->minimum);
	}
	while (sum_of(&plan) > available) {
		if (!narrow(&plan))
			return false;
	}
	while (widen(&plan, available - sum_of(&plan)))
		;
	share_out(&plan, available - sum_of(&plan));
	return true;
}
