#include "tlsrpt/mta_sts.h"

#include "util.h"

#define HEAD "version: STSv1\nmode: enforce\n"
#define SOUND HEAD "mx: mx.example\nmax_age: 86400\n"

/* "2 mode is none of ...!; max_age is missing!": with "!" where it is fatal; caller frees. */
static char *
problems_text(const MtaSts *policy)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < policy->problems->len; i++) {
		const MtaStsProblem *problem = &g_array_index(policy->problems, MtaStsProblem, i);
		g_string_append_printf(text, "%s%d %s %s%s", i > 0 ? "; " : "", problem->line,
			problem->key != NULL ? problem->key : "-", problem->what,
			problem->fatal ? "!" : "");
	}
	return g_string_free(text, FALSE);
}

/* One form for what is the same. */
static void
test_forms(void)
{
	static const char *const same[] = {
		"version: STSv1\nmode: enforce\nmx: a.example\nmx: b.example\nmax_age: 86400",
		"version: STSv1\r\nmode: enforce\r\nmx: a.example\r\nmx: b.example\r\nmax_age: 86400\r\n",
		"max_age: 86400\nmx: b.example\nmode: enforce\nmx: a.example\nversion: STSv1\n",
		"version:STSv1\nmode:enforce\nmx:a.example\nmx:b.example\nmax_age:86400",
		"version: \t STSv1 \nmode:   enforce\t\nmx: a.example  \nmx: b.example\nmax_age: 86400 \r",
		"Version: STSv1\nMODE: Enforce\nMx: A.Example\nmX: b.example.\nMax_Age: 86400",
		"version: STSv1\nmode: enforce\nmx: b.example\nmx: a.example\nmx: B.example\nmax_age: 0086400",
		"version: STSv1\nmode: enforce\nx-new: 1\nmx: a.example\nmx: b.example\nmax_age: 86400",
		/* The first one counts. */
		"version: STSv1\nmode: enforce\nmode: none\nmx: a.example\nmx: b.example\nmax_age: 86400\nmax_age: 1",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autoptr(MtaSts) policy = mta_sts_parse(same[i]);
		g_autofree char *text = mta_sts_text(policy);
		g_assert_cmpstr(text, ==, same[0]);
		g_assert_null(mta_sts_flaw(policy));
	}
}

static void
test_parts(void)
{
	static const struct {
		const char *text, *form;
	} rows[] = {
		{ "", "" },
		{ "\n\r\n", "" },
		{ "nothing of it", "" },
		{ "mode: enforce", "mode: enforce" },
		{ "mx: *.example", "mx: *.example" },
		{ "mx: a.example\r.", "mx: a.example\r." },
		{ "mx: a.example..", "mx: a.example.." },
		{ "mx: .", "" },
		{ "max_age: 0", "max_age: 0" },
		{ "max_age: -1", "" },
		{ "max_age: 1x", "" },
		{ "max_age: 12345678901", "" },
		{ "max_age: 9999999999", "max_age: 9999999999" },
		{ "version: STSv2", "" },
		{ "version: STSv1", "version: STSv1" },
		{ "mode: report", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MtaSts) policy = mta_sts_parse(rows[i].text);
		g_autofree char *text = mta_sts_text(policy);
		g_assert_cmpstr(text, ==, rows[i].form);
		g_assert_nonnull(mta_sts_flaw(policy));
	}
}

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_problems(void)
{
	static const struct {
		const char *text, *problems;
	} rows[] = {
		{ SOUND, "" },
		{ "version: STSv1\nmode: none\nmax_age: 1", "" },
		{ SOUND "future_key.2-x: any thing, at all", "" },
		{ HEAD "max_age: 1", "0 mx is missing!" },
		{ HEAD "mx: a", "0 max_age is missing!" },
		{ "version: STSv1\nmx: a\nmax_age: 1", "0 mode is missing!" },
		{ "mode: enforce\nmx: a\nmax_age: 1", "0 version is missing!" },
		{ "version: STSv2\nmode: enforce\nmx: a\nmax_age: 1", "1 version is not STSv1!" },
		{ "version: stsv1\nmode: enforce\nmx: a\nmax_age: 1",
			"1 version is not written STSv1" },
		{ "version: STSv1\nmode: on\nmx: a\nmax_age: 1",
			"2 mode is none of enforce, testing and none!" },
		{ "version: STSv1\nmode: enforce it\nmx: a\nmax_age: 1",
			"2 mode is none of enforce, testing and none!" },
		{ "version: STSv1\nmode:\nmx: a\nmax_age: 1",
			"2 mode is none of enforce, testing and none!" },
		{ "version: STSv1\nmode: Testing\nmx: a\nmax_age: 1", "2 mode is not in lower case" },
		{ "version: STSv1\nMode: testing\nmx: a\nmax_age: 1",
			"2 Mode is a key that is not in lower case" },
		{ HEAD "mx: a\nmax_age: a day", "4 max_age is not a number of seconds!" },
		{ HEAD "mx: a\nmax_age:", "4 max_age is not a number of seconds!" },
		{ HEAD "mx: a\nmax_age: 1 2", "4 max_age is not a number of seconds!" },
		{ HEAD "mx: a\nmax_age: 31557600", "" },
		{ HEAD "mx: a\nmax_age: 31557601", "4 max_age is over the maximum of 31557600" },
		{ HEAD "mx: a\nmx:\nmax_age: 1", "4 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: *\nmax_age: 1", "3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: *.\nmax_age: 1", "3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: .example\nmax_age: 1", "3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: a.*.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: *.*.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: a b\nmax_age: 1", "3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: a_b.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: -a.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: m\xc3\xbcller.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: " LABEL_63 ".example\nmax_age: 1", "" },
		{ HEAD "mx: " LABEL_63 "a.example\nmax_age: 1",
			"3 mx is neither a host name nor one after \"*.\"!" },
		{ HEAD "mx: a.example.\nmax_age: 1", "3 mx ends in a dot" },
		{ SOUND "mode: none", "5 mode is there twice; the first one counts" },
		{ SOUND "max_age: x", "5 max_age is there twice; the first one counts" },
		{ "version: STSv1\n\nmode: enforce\nmx: a\nmax_age: 1", "2 - the line is empty" },
		{ SOUND "mx mx2.example", "5 - the line is not \"key: value\"!" },
		{ SOUND ": value", "5 - the line is not \"key: value\"!" },
		{ SOUND "a key: value", "5 - the line is not \"key: value\"!" },
		{ SOUND " mx: value", "5 - the line is not \"key: value\"!" },
		{ SOUND "<p>mx: value", "5 - the line is not \"key: value\"!" },
		{ SOUND "abcdefghijklmnopqrstuvwxyz012345: 32 characters", "" },
		{ SOUND "abcdefghijklmnopqrstuvwxyz0123456: 33 characters",
			"5 - the line is not \"key: value\"!" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MtaSts) policy = mta_sts_parse(rows[i].text);
		g_autofree char *text = problems_text(policy);
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(text, ==, rows[i].problems);
		g_assert_cmpint(mta_sts_flaw(policy) != NULL, ==, strchr(text, '!') != NULL);
	}
}

static void
test_mode(void)
{
	static const struct {
		const char *text, *mode;
	} rows[] = {
		{ SOUND, "enforce" },
		{ "version: STSv1\nmode: testing\nmx: mx.example", "testing" },
		{ "version: STSv1\nmode: none", "none" },
		{ "mode:enforce", "enforce" },
		{ "mode: \t enforce \t", "enforce" },
		{ "Mode: Enforce\r\nmx: a", "enforce" },
		{ "mode: enforce\r", "enforce" },
		/* RFC 8461 section 3.2: of a repeated field the first one counts. */
		{ "mode: testing\nmode: enforce", "testing" },
		{ "mode: enforce or so", "enforce" },
		{ "mode: enforced", "" },
		{ "mode: strict", "" },
		{ "mode:", "" },
		{ "mode", "" },
		{ "mode : enforce", "" },
		{ "xmode: enforce", "" },
		{ "mx: mode: enforce", "" },
		{ "3 1 1 aa", "" },
		{ "\n\nmode: enforce\n", "enforce" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MtaSts) policy = mta_sts_parse(rows[i].text);
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(mta_sts_mode(rows[i].text), ==, rows[i].mode);
		g_assert_cmpstr(policy->mode, ==, rows[i].mode);
	}
	g_assert_cmpint(mta_sts_mode_of("enforce"), ==, MTA_STS_ENFORCE);
	g_assert_cmpint(mta_sts_mode_of("testing"), ==, MTA_STS_TESTING);
	g_assert_cmpint(mta_sts_mode_of("none"), ==, MTA_STS_NONE);
	g_assert_cmpint(mta_sts_mode_of(""), ==, MTA_STS_NO_MODE);
	g_assert_cmpint(mta_sts_mode_of("Enforce"), ==, MTA_STS_NO_MODE);
}

/* "mode enforce testing; mx a -; mx - b"; caller frees. */
static char *
differences_text(const char *expected, const char *seen)
{
	g_autoptr(MtaSts) one = mta_sts_parse(expected);
	g_autoptr(MtaSts) other = mta_sts_parse(seen);
	g_autoptr(GArray) differences = mta_sts_compare(one, other);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < differences->len; i++) {
		const MtaStsDifference *difference =
			&g_array_index(differences, MtaStsDifference, i);
		g_string_append_printf(text, "%s%s %s %s", i > 0 ? "; " : "", difference->key,
			difference->expected != NULL ? difference->expected : "-",
			difference->seen != NULL ? difference->seen : "-");
	}
	return g_string_free(text, FALSE);
}

static void
test_compare(void)
{
	static const char expected[] = HEAD "mx: b.example\nmx: *.example\nmax_age: 86400";
	static const struct {
		const char *seen, *differences;
	} rows[] = {
		{ expected, "" },
		{ "Max_age: 86400 \r\nmx: *.EXAMPLE\r\nmode: enforce\r\nmx: b.example.\r\nversion: STSv1\r\n",
			"" },
		{ HEAD "mx: b.example\nmx: *.example\nmax_age: 86401", "max_age 86400 86401" },
		{ "version: STSv1\nmode: testing\nmx: b.example\nmx: *.example\nmax_age: 86400",
			"mode enforce testing" },
		{ HEAD "mx: b.example\nmax_age: 86400", "mx *.example -" },
		{ HEAD "mx: b.example\nmx: *.example\nmx: c.example\nmax_age: 86400", "mx - c.example" },
		{ HEAD "mx: c.example\nmx: a.example\nmax_age: 86400",
			"mx *.example -; mx - a.example; mx b.example -; mx - c.example" },
		{ "version: STSv1\nmode: none\nmax_age: 1", "mode enforce none; max_age 86400 1" },
		/* What is not quoted does not differ. */
		{ "mode: enforce", "" },
		{ "mx: b.example", "mx *.example -" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = differences_text(expected, rows[i].seen);
		g_test_message("%s", rows[i].seen);
		g_assert_cmpstr(text, ==, rows[i].differences);
	}
}

/* RFC 8461 section 4.1. */
static void
test_match(void)
{
	static const struct {
		const char *pattern, *host;
		bool matches;
	} rows[] = {
		{ "mx.example.com", "mx.example.com", true },
		{ "MX.example.com", "mx.EXAMPLE.com.", true },
		{ "mx.example.com.", "mx.example.com", true },
		{ "mx.example.com", "mx2.example.com", false },
		{ "mx.example.com", "a.mx.example.com", false },
		{ "example.com", "mx.example.com", false },
		/* One left-most label, and there must be one. */
		{ "*.example.com", "mail.example.com", true },
		{ "*.example.com", "MAIL.Example.Com.", true },
		{ "*.example.com", "example.com", false },
		{ "*.example.com", ".example.com", false },
		{ "*.example.com", "foo.bar.example.com", false },
		{ "*.example.com", "mailexample.com", false },
		{ "*.example.com", "mail.example.org", false },
		{ "*.example.com", "mail.example.com.org", false },
		{ "*.com", "example.com", true },
		{ "*.", "a.", false },
		{ "*", "mx", false },
		/* Only the whole label. */
		{ "mx*.example.com", "mx1.example.com", false },
		{ "*mx.example.com", "1mx.example.com", false },
		{ "mx.*.com", "mx.example.com", false },
		{ "", "", false },
		{ "mx", "", false },
		{ "", "mx", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s %s", rows[i].pattern, rows[i].host);
		g_assert_cmpint(mta_sts_matches(rows[i].pattern, rows[i].host), ==, rows[i].matches);
	}

	g_autoptr(MtaSts) policy = mta_sts_parse(HEAD "mx: mx1.example\nmx: *.mx.example\nmax_age: 1");
	g_assert_true(mta_sts_covers(policy, "mx1.example"));
	g_assert_true(mta_sts_covers(policy, "a.mx.example"));
	g_assert_false(mta_sts_covers(policy, "mx.example"));
	g_assert_false(mta_sts_covers(policy, "mx2.example"));
}

/* Cut at any byte, in memory of just that size. */
static void
test_cut(void)
{
	static const char text[] = "version: STSv1\r\nmode: enforce \nmx: *.example\n\nmax_age: 86400\nx";

	for (size_t i = 0; i < sizeof(text); i++) {
		g_autofree char *cut = g_strndup(text, i);
		g_autoptr(MtaSts) policy = mta_sts_parse(cut);
		g_assert_nonnull(policy);
		g_assert_cmpint(mta_sts_flaw(policy) == NULL, ==,
			i > strlen(text) - strlen(" 86400\nx") + 1 && i < strlen(text));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mta-sts/forms", test_forms);
	g_test_add_func("/mta-sts/parts", test_parts);
	g_test_add_func("/mta-sts/problems", test_problems);
	g_test_add_func("/mta-sts/mode", test_mode);
	g_test_add_func("/mta-sts/compare", test_compare);
	g_test_add_func("/mta-sts/match", test_match);
	g_test_add_func("/mta-sts/cut", test_cut);
	return g_test_run();
}
