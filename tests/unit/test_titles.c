#include "view/titles.h"

#include "tlsrpt/day.h"

#include "util.h"

#include <string.h>

/* "a,b" as an array of texts. */
static GPtrArray *
names_of(const char *text)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) each = g_strsplit(text, ",", -1);

	for (char **name = each; *name != NULL; name++)
		g_ptr_array_add(names, g_strdup(*name));
	return names;
}

static void
test_problem(void)
{
	static const struct {
		const char *mx, *domains, *expected;
	} cases[] = {
		{ "mx.example.com", "example.com", "expired at mx.example.com (example.com)" },
		{ "a,b", "c,d,e", "expired at a, b (c and 2 more)" },
		{ "a,b,c", "d", "expired at a, b and 1 more (d)" },
		{ "", "example.com", "expired (example.com)" },
		{ "a", "", "expired at a" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) mx = names_of(cases[i].mx);
		g_autoptr(GPtrArray) domains = names_of(cases[i].domains);
		const Problem problem = { .kind = "expired", .mx_hosts = mx, .domains = domains };
		g_autofree char *title = problem_title(&problem);
		g_assert_cmpstr(title, ==, cases[i].expected);
	}
}

/* A name may have thousands of bytes; it is cut between two characters. */
static void
test_long(void)
{
	g_autoptr(GPtrArray) mx = g_ptr_array_new();
	g_autoptr(GPtrArray) domains = names_of("");
	GString *name = g_string_new(NULL);
	const Problem problem = { .kind = "expired", .mx_hosts = mx, .domains = domains };

	while (name->len < 4000)
		g_string_append(name, "\u6f22");
	g_ptr_array_add(mx, name->str);
	g_autofree char *title = problem_title(&problem);
	g_assert_true(g_utf8_validate(title, -1, NULL));
	g_assert_cmpint(strlen(title), ==, strlen("expired at ...") + 252);
	g_string_free(name, TRUE);
}

static void
test_silence(void)
{
	g_autoptr(GPtrArray) domains = names_of("example.com,example.net");
	const Silence silence = { .witness = "google.com", .name = "Google", .domains = domains };
	const Silence nobody = { .witness = "", .domains = domains };
	g_autofree char *one = silence_title(&silence), *other = silence_title(&nobody);

	g_assert_cmpstr(one, ==, "Google no longer reports about example.com and 1 more");
	g_assert_cmpstr(other, ==, "nobody reports any more about example.com and 1 more");
}

static void
test_arrivals(void)
{
	const Arrivals never = { .state = ARRIVALS_NEVER, .last_received = DAY_NONE };
	const Arrivals stopped = { .state = ARRIVALS_STOPPED, .last_received = 20777 };
	g_autofree char *one = arrivals_title(&never), *other = arrivals_title(&stopped);

	g_assert_cmpstr(one, ==, "no report ever came");
	g_assert_cmpstr(other, ==, "no reports since 2026-11-20");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/titles/problem", test_problem);
	g_test_add_func("/titles/long", test_long);
	g_test_add_func("/titles/silence", test_silence);
	g_test_add_func("/titles/arrivals", test_arrivals);
	return g_test_run();
}
