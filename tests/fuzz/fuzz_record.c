/* TXT records and MTA-STS policies: problems have their places, and a policy in its own form stays as it is. */
#include "fuzz.h"

#include "tlsrpt/mta_sts.h"
#include "tlsrpt/record.h"

static void
check_problems(const Record *record, size_t size)
{
	size_t before = 0;

	for (guint i = 0; i < record->problems->len; i++) {
		const RecordProblem *problem = &g_array_index(record->problems, RecordProblem, i);
		g_assert_cmpuint(problem->column, <=, size + 1);
		fuzz_text(problem->message, KIB);
		for (const char *byte = problem->message; *byte != '\0'; byte++)
			g_assert_true(g_ascii_isprint(*byte));
		if (problem->column == 0)
			continue;
		g_assert_cmpuint(problem->column, >=, before);
		before = problem->column;
	}
}

static void
check_rua(const Record *record, const char *data, size_t size)
{
	for (guint i = 0; i < record->rua->len; i++) {
		const RecordRua *rua = &g_array_index(record->rua, RecordRua, i);
		const size_t length = strlen(rua->uri);
		g_assert_true(rua->column > 0 && rua->column - 1 + length <= size);
		g_assert_cmpmem(data + rua->column - 1, length, rua->uri, length);
		g_assert_true(g_ascii_strncasecmp(rua->uri, rua->scheme, strlen(rua->scheme)) == 0);
	}
}

static void
check_record(RecordKind kind, const char *data, size_t size)
{
	g_autoptr(Record) record = record_check(kind, data, size, "example.com");
	g_autofree char *shown = record_presentation(data, size);
	g_autofree char *line = record_zone_line("_smtp._tls", data, size);

	check_problems(record, size);
	check_rua(record, data, size);
	g_assert_true(kind == RECORD_TLSRPT || record->rua->len == 0);
	for (const char *byte = shown; *byte != '\0'; byte++)
		g_assert_true(g_ascii_isprint(*byte));
	g_assert_cmpuint(strlen(shown), >=, size);
	g_assert_null(strchr(line, '\n'));
}

/* What the record asks for is what a record that was made of its addresses asks for. */
static void
check_generated(const char *data, size_t size)
{
	g_autoptr(Record) record = record_check(RECORD_TLSRPT, data, size, NULL);
	g_autoptr(GPtrArray) uris = g_ptr_array_new();
	const RecordProblem *worst = record_worst(record);

	for (guint i = 0; i < record->rua->len; i++) {
		const RecordRua *rua = &g_array_index(record->rua, RecordRua, i);
		/* No others are made. */
		if (strcmp(rua->scheme, "mailto") != 0 && strcmp(rua->scheme, "https") != 0)
			return;
		g_ptr_array_add(uris, rua->uri);
	}
	g_ptr_array_add(uris, NULL);
	if (uris->len == 1 || (worst != NULL && worst->severity == RECORD_ERROR))
		return;
	g_autoptr(GError) error = NULL;
	g_autofree char *made = record_generate((const char *const *)uris->pdata, &error);
	g_assert_no_error(error);
	g_autoptr(Record) again = record_check(RECORD_TLSRPT, made, strlen(made), NULL);
	const RecordProblem *problem = record_worst(again);
	g_assert_true(problem == NULL || problem->severity != RECORD_ERROR);
	g_assert_cmpuint(again->rua->len, ==, record->rua->len);
}

static void
check_policy(const char *text)
{
	g_autoptr(MtaSts) policy = mta_sts_parse(text);
	g_autofree char *own = mta_sts_text(policy);
	g_autoptr(MtaSts) again = mta_sts_parse(own);
	g_autofree char *same = mta_sts_text(again);
	g_autoptr(GArray) differences = mta_sts_compare(policy, again);

	g_assert_cmpstr(own, ==, same);
	g_assert_cmpstr(policy->mode, ==, again->mode);
	g_assert_cmpstr(policy->mode, ==, mta_sts_mode(text));
	g_assert_cmpint(policy->max_age, ==, again->max_age);
	g_assert_cmpuint(differences->len, ==, 0);
	for (guint i = 1; i < policy->mx->len; i++)
		g_assert_cmpint(strcmp(g_ptr_array_index(policy->mx, i - 1),
					g_ptr_array_index(policy->mx, i)),
			<, 0);
	for (guint i = 0; i < policy->mx->len; i++) {
		const char *pattern = g_ptr_array_index(policy->mx, i);
		if (strncmp(pattern, "*.", 2) != 0)
			g_assert_true(mta_sts_matches(pattern, pattern));
		else
			g_assert_false(mta_sts_matches(pattern, pattern + 2));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);

	check_record(RECORD_TLSRPT, (const char *)data, size);
	check_record(RECORD_MTA_STS, (const char *)data, size);
	check_generated((const char *)data, size);
	check_policy(text);
	return 0;
}
