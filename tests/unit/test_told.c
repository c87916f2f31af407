#include "tlsrpt/store_told.h"

#include "tlsrpt/store_read.h"

#include "util.h"

#define NOW INT64_C(1795176000)

typedef struct {
	char *directory, *path;
	Store *store;
} Fixture;

static const StoreAlert alice = { "alice@example.com", "" };

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreOptions options = { .wait_until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC };
	g_autoptr(GError) error = NULL;

	fixture->directory = make_directory();
	fixture->path = g_build_filename(fixture->directory, "test.db", NULL);
	fixture->store = store_open(fixture->path, &options, NULL, &error);
	g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	store_close(fixture->store);
	remove_tree(fixture->directory);
	g_free(fixture->path);
	g_free(fixture->directory);
}

static bool
begins(const Fixture *fixture, const StoreAlert *alert, int64_t now, StoreTelling *telling)
{
	g_autoptr(GError) error = NULL;
	bool begun = false;

	g_assert_true(store_begin_telling(fixture->store, alert, now, telling, &begun, &error));
	g_assert_no_error(error);
	return begun;
}

/* Ends with one thing told, or with nothing new if level is 0. */
static void
ends(const Fixture *fixture, const StoreTelling *telling, const char *subject, int level)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	StoreTold told = { (char *)subject, level, telling->at, (char *)"expired" };

	g_ptr_array_add(list, &told);
	g_assert_true(store_end_telling(fixture->store, telling, level > 0 ? list : NULL, &error));
	g_assert_no_error(error);
}

/* What a reader finds: "p12 2 expired", "nothing" or "never"; caller frees. */
static char *
told_to(const Fixture *fixture, const StoreAlert *alert)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) reader = store_open_reader(fixture->path, &error);
	GString *text = g_string_new(NULL);
	bool ever;

	g_assert_no_error(error);
	g_autoptr(GPtrArray) list = store_read_told(reader, alert, &ever, &error);
	g_assert_no_error(error);
	for (size_t i = 0; i < list->len; i++) {
		const StoreTold *told = g_ptr_array_index(list, i);
		g_string_append_printf(text, "%s%s %d %s", i > 0 ? ", " : "", told->subject,
			told->level, told->title);
	}
	if (list->len == 0)
		g_string_append(text, ever ? "nothing" : "never");
	return g_string_free(text, FALSE);
}

static void
assert_told(const Fixture *fixture, const StoreAlert *alert, const char *expected)
{
	g_autofree char *told = told_to(fixture, alert);

	g_assert_cmpstr(told, ==, expected);
}

static void
test_told(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	StoreTelling telling;

	assert_told(fixture, &alice, "never");
	g_assert_true(begins(fixture, &alice, NOW, &telling));
	assert_told(fixture, &alice, "never");
	ends(fixture, &telling, "p12", 2);
	assert_told(fixture, &alice, "p12 2 expired");
	/* What could not be sent changes nothing. */
	g_assert_true(begins(fixture, &alice, NOW + 1, &telling));
	ends(fixture, &telling, "", 0);
	assert_told(fixture, &alice, "p12 2 expired");
	/* What is told later takes the place of what was told before. */
	g_assert_true(begins(fixture, &alice, NOW + 2, &telling));
	ends(fixture, &telling, "s7", 1);
	assert_told(fixture, &alice, "s7 1 expired");
	g_autoptr(GPtrArray) nothing = g_ptr_array_new();
	g_assert_true(begins(fixture, &alice, NOW + 3, &telling));
	g_assert_true(store_end_telling(fixture->store, &telling, nothing, NULL));
	assert_told(fixture, &alice, "nothing");
}

/* Each recipient is told by himself, and each selection. */
static void
test_apart(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreAlert others[] = { { "bob@example.com", "" },
		{ "alice@example.com", "example.com" } };
	StoreTelling telling, other;

	g_assert_true(begins(fixture, &alice, NOW, &telling));
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_assert_true(begins(fixture, &others[i], NOW, &other));
		ends(fixture, &other, "p3", 1);
		assert_told(fixture, &others[i], "p3 1 expired");
	}
	assert_told(fixture, &alice, "never");
}

/* One at a time, until he is taken for dead; he then does not end what another has begun. */
static void
test_alone(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	StoreTelling dead, telling, other;

	g_assert_true(begins(fixture, &alice, NOW, &dead));
	g_assert_false(begins(fixture, &alice, NOW, &other));
	g_assert_false(begins(fixture, &alice, NOW + TELLING_S, &other));
	/* The clock of another host may be behind. */
	g_assert_false(begins(fixture, &alice, NOW - TELLING_S, &other));
	g_assert_true(begins(fixture, &alice, NOW + TELLING_S + 1, &telling));
	ends(fixture, &dead, "", 0);
	g_assert_false(begins(fixture, &alice, NOW + TELLING_S + 2, &other));
	ends(fixture, &telling, "p12", 2);
	g_assert_true(begins(fixture, &alice, NOW + TELLING_S + 2, &other));
	/* A clock that was far ahead keeps nobody from it. */
	ends(fixture, &other, "", 0);
	g_assert_true(begins(fixture, &alice, NOW + 1000000, &other));
	g_assert_true(begins(fixture, &alice, NOW + TELLING_S + 3, &telling));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/told/told", Fixture, NULL, set_up, test_told, tear_down);
	g_test_add("/told/apart", Fixture, NULL, set_up, test_apart, tear_down);
	g_test_add("/told/alone", Fixture, NULL, set_up, test_alone, tear_down);
	return g_test_run();
}
