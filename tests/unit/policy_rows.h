/* Policies that organizations saw, for the tests of what follows from them. */
#ifndef TLSRPT_TESTS_POLICY_ROWS_H
#define TLSRPT_TESTS_POLICY_ROWS_H

#include "tlsrpt/day.h"
#include "tlsrpt/policy_history.h"

#define WINDOW 7
#define LEARNING 14

#define ENFORCE "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 86400"
#define ENFORCE_2 "version: STSv1\nmode: enforce\nmx: mx.example\nmx: mx2.example\nmax_age: 86400"
#define TESTING "version: STSv1\nmode: testing\nmx: mx.example\nmax_age: 86400"
#define TESTING_2 "version: STSv1\nmode: testing\nmx: *.example\nmax_age: 86400"
#define NONE "version: STSv1\nmode: none\nmax_age: 86400"

/* That an organization saw a text. */
typedef struct {
	const char *text, *organization;
	int64_t first_day, last_day;
} SeenRow;

#define SEEN_MAX 8

static inline PolicyHistory *
make_history(const char *type, const SeenRow *rows)
{
	PolicyHistory *history = policy_history_new("example", type);

	for (size_t i = 0; i < SEEN_MAX && rows[i].text != NULL; i++)
		policy_history_add(history, rows[i].text, rows[i].organization, rows[i].first_day,
			rows[i].last_day);
	policy_history_sort(history);
	return history;
}

static inline void
append_day(GString *text, int64_t day)
{
	if (day == DAY_NONE)
		g_string_append(text, " -");
	else
		g_string_append_printf(text, " %d", (int)day);
}

#endif
