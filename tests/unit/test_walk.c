#include "ingest/walk.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a walk has told: "name:size" and "name!code", below the test's directory. */
typedef struct {
	char *root;
	GPtrArray *told;
	guint limit; /* after which it ends */
} Told;

static const char *
below(const Told *told, const char *name)
{
	return g_str_has_prefix(name, told->root) ? name + strlen(told->root) : name;
}

static bool
on_file(const char *name, int64_t size, gpointer data)
{
	Told *told = data;

	g_ptr_array_add(
		told->told, g_strdup_printf("%s:%" G_GINT64_FORMAT, below(told, name), size));
	return told->told->len < told->limit;
}

static bool
on_problem(const char *name, const GError *error, gpointer data)
{
	Told *told = data;
	const bool never = g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT);

	g_assert_true(never || g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_IO));
	g_ptr_array_add(
		told->told, g_strdup_printf("%s!%s", below(told, name), never ? "never" : "again"));
	return told->told->len < told->limit;
}

static void
set_up(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	told->root = make_directory();
	told->told = g_ptr_array_new_with_free_func(g_free);
	told->limit = G_MAXUINT;
}

static void
tear_down(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *command = g_strdup_printf("rm -rf '%s'", told->root);

	g_ptr_array_unref(told->told);
	g_assert_cmpint(system(command), ==, 0);
	g_free(told->root);
}

/* Makes a file of so many bytes, with its directories; none if the name ends in "/". */
static void
make(const Told *told, const char *name, size_t size)
{
	static const char bytes[100];
	g_autofree char *path = g_strconcat(told->root, name, NULL);
	g_autofree char *directory = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	g_assert_true(g_str_has_suffix(name, "/")
		|| g_file_set_contents(path, bytes, (gssize)size, NULL));
}

static void
make_link(const Told *told, const char *target, const char *name)
{
	g_autofree char *path = g_strconcat(told->root, name, NULL);

	g_assert_cmpint(symlink(target, path), ==, 0);
}

static gint
compare(gconstpointer one, gconstpointer other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Everything that was told, sorted, with blanks between. */
static void
assert_told(Told *told, const char *expected)
{
	g_ptr_array_sort(told->told, compare);
	g_ptr_array_add(told->told, NULL);
	g_autofree char *all = g_strjoinv(" ", (char **)told->told->pdata);
	g_assert_cmpstr(all, ==, expected);
	g_ptr_array_set_size(told->told, 0);
}

static bool
walk_below(Told *told, const char *name)
{
	const WalkVisitor visitor = { on_file, on_problem, told };
	g_autofree char *path = g_strconcat(told->root, name, NULL);

	return walk(path, &visitor);
}

static void
test_tree(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	make(told, "/a", 1);
	make(told, "/b/c", 2);
	make(told, "/b/d/e", 3);
	make(told, "/b/.f", 0);
	make(told, "/b/g/", 0);
	make(told, "/tmp/h", 4);
	g_assert_true(walk_below(told, ""));
	assert_told(told, "/a:1 /b/.f:0 /b/c:2 /b/d/e:3 /tmp/h:4");
	g_assert_true(walk_below(told, "/"));
	assert_told(told, "/a:1 /b/.f:0 /b/c:2 /b/d/e:3 /tmp/h:4");
	g_assert_true(walk_below(told, "/a"));
	assert_told(told, "/a:1");
	g_assert_true(walk_below(told, "/z"));
	assert_told(told, "/z!again");
	g_assert_true(walk_below(told, "/a/z"));
	assert_told(told, "/a/z!again");
}

static void
test_maildir(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	make(told, "/new/1", 1);
	make(told, "/cur/2:2,S", 2);
	make(told, "/tmp/3", 3);
	make(told, "/.Sub/cur/4", 4);
	make(told, "/.Sub/new/", 0);
	make(told, "/.Sub/tmp/5", 5);
	make(told, "/.Sub/maildirfolder", 0);
	g_assert_true(walk_below(told, ""));
	assert_told(told, "/.Sub/cur/4:4 /.Sub/maildirfolder:0 /cur/2:2,S:2 /new/1:1");
	g_assert_true(walk_below(told, "/new"));
	assert_told(told, "/new/1:1");
}

static void
test_links(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	make(told, "/d/file", 1);
	make_link(told, "d/file", "/to-file");
	make_link(told, "d", "/to-directory");
	make_link(told, "..", "/d/up");
	make_link(told, "nothing", "/dangling");
	make_link(told, "loop", "/loop");
	g_assert_true(walk_below(told, ""));
	assert_told(told,
		"/d/file:1 /d/up!never /dangling!never /loop!never /to-directory/file:1 "
		"/to-directory/up!never /to-file:1");
	g_assert_true(walk_below(told, "/to-directory/file"));
	assert_told(told, "/to-directory/file:1");
}

static void
test_special(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *path = g_strconcat(told->root, "/fifo", NULL);
	g_assert_cmpint(mkfifo(path, 0600), ==, 0);

	g_assert_true(walk_below(told, ""));
	assert_told(told, "/fifo!never");

	/* A device, however deep the folder for temporary files is. */
	g_autoptr(GString) device = g_string_new("");
	for (const char *c = told->root; *c != '\0'; c++)
		g_string_append(device, *c == '/' ? "/.." : "");
	g_string_append(device, "/dev/null");
	g_autofree char *expected = g_strconcat(device->str, "!never", NULL);
	g_assert_true(walk_below(told, device->str));
	assert_told(told, expected);
}

static void
test_deep(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (int i = 0; i < 199; i++)
		g_string_append(name, "/d");
	g_string_append(name, "/f");
	make(told, name->str, 1);
	g_assert_true(walk_below(told, ""));
	g_assert_cmpuint(told->told->len, ==, 1);
	g_assert_true(g_str_has_suffix(told->told->pdata[0], "/d/f:1"));
	g_ptr_array_set_size(told->told, 0);

	g_string_truncate(name, name->len - 1);
	g_string_append(name, "d/f");
	make(told, name->str, 1);
	g_assert_true(walk_below(told, ""));
	g_assert_cmpuint(told->told->len, ==, 2);
	g_ptr_array_sort(told->told, compare);
	g_assert_true(g_str_has_suffix(told->told->pdata[0], "/d/d!again"));
}

static void
test_end(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	make(told, "/a/b/1", 1);
	make(told, "/a/b/2", 2);
	make(told, "/a/3", 3);
	told->limit = 1;
	g_assert_false(walk_below(told, ""));
	g_assert_cmpuint(told->told->len, ==, 1);
}

static void
assert_list(Told *told, const char *list, size_t size, const char *expected)
{
	const WalkVisitor visitor = { on_file, on_problem, told };
	g_autoptr(GError) error = NULL;
	int ends[2];

	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], list, size), ==, (gssize)size);
	close(ends[1]);
	g_assert_true(walk_list(ends[0], &visitor, &error));
	g_assert_no_error(error);
	close(ends[0]);
	assert_told(told, expected);
}

static void
test_list(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	make(told, "/a", 1);
	make(told, "/b\nc", 2);
	g_assert_cmpint(chdir(told->root), ==, 0);
	assert_list(told, "", 0, "");
	assert_list(told, "a", 1, "a:1");
	assert_list(told, "a\n", 2, "a:1");
	assert_list(told, "a\n\nz\n", 5, "a:1 z!again");
	assert_list(told, "a\0b\nc\0", 6, "a:1 b\nc:2");
	assert_list(told, "a\0\0b\nc", 6, "a:1 b\nc:2");
	assert_list(told, "b\nc\0", 4, "b\nc:2");

	g_autoptr(GString) many = g_string_new(NULL);
	for (int i = 0; i < 20000; i++)
		g_string_append(many, "a\n");
	const WalkVisitor visitor = { on_file, on_problem, told };
	g_autofree char *list = g_strconcat(told->root, "/list", NULL);
	g_assert_true(g_file_set_contents(list, many->str, -1, NULL));
	const int descriptor = g_open(list, O_RDONLY, 0);
	g_assert_true(walk_list(descriptor, &visitor, NULL));
	g_assert_cmpuint(told->told->len, ==, 20000);
	close(descriptor);
	g_assert_cmpint(chdir("/"), ==, 0);
}

static void
test_bad_list(Told *told, G_GNUC_UNUSED gconstpointer data)
{
	const WalkVisitor visitor = { on_file, on_problem, told };
	g_autofree char *list = g_strconcat(told->root, "/list", NULL);
	g_autofree char *name = g_strnfill(100000, 'x');
	g_autoptr(GError) error = NULL;

	g_assert_false(walk_list(-1, &visitor, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	g_clear_error(&error);

	g_assert_true(g_file_set_contents(list, name, -1, NULL));
	const int descriptor = g_open(list, O_RDONLY, 0);
	g_assert_false(walk_list(descriptor, &visitor, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	close(descriptor);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(Told *, gconstpointer);
	} tests[] = {
		{ "/walk/tree", test_tree },
		{ "/walk/maildir", test_maildir },
		{ "/walk/links", test_links },
		{ "/walk/special", test_special },
		{ "/walk/deep", test_deep },
		{ "/walk/end", test_end },
		{ "/walk/list", test_list },
		{ "/walk/bad-list", test_bad_list },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, Told, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
