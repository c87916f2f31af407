#include "scratch.h"

#include "fuzz.h"

#include "tlsrpt/store_read.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_US (10 * G_USEC_PER_SEC)

static char *folder, *path;
static sqlite3 *reader; /* NULL until somebody asks */
static char *empty; /* the bytes of an empty store */
static gsize empty_size;

static void
remove_all(void)
{
	g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
	const char *name;

	while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
		g_autofree char *file = g_build_filename(folder, name, NULL);
		g_unlink(file);
	}
}

static void
clean_up(void)
{
	sqlite3_close(reader);
	remove_all();
	g_rmdir(folder);
}

static Store *
open_writer(void)
{
	const StoreOptions options = { .wait_until = g_get_monotonic_time() + WAIT_US };
	g_autoptr(GError) error = NULL;
	Store *store = store_open(path, &options, NULL, &error);

	g_assert_no_error(error);
	return store;
}

/* An empty store without its -wal file. */
static void
make_empty(void)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *db;

	folder = g_dir_make_tmp("tlsrpt-scratch-XXXXXX", &error);
	g_assert_no_error(error);
	path = g_build_filename(folder, "store.db", NULL);
	atexit(clean_up);
	store_close(open_writer());
	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), ==,
		SQLITE_OK);
	sqlite3_close(db);
	g_file_get_contents(path, &empty, &empty_size, &error);
	g_assert_no_error(error);
}

Store *
scratch_open(void)
{
	if (path == NULL)
		make_empty();
	sqlite3_close(reader);
	reader = NULL;
	remove_all();
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	g_assert_cmpint(write(file, empty, empty_size), ==, (gssize)empty_size);
	close(file);
	return open_writer();
}

Store *
scratch_read(void)
{
	g_autoptr(GError) error = NULL;
	Store *store = store_open_reader(path, &error);

	g_assert_no_error(error);
	return store;
}

/* --- queries */

static sqlite3 *
connect_reader(void)
{
	if (reader == NULL)
		g_assert_cmpint(
			sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	return reader;
}

static void
append_row(GString *text, sqlite3_stmt *statement)
{
	for (int i = 0; i < sqlite3_column_count(statement); i++) {
		const char *value = (const char *)sqlite3_column_text(statement, i);
		g_string_append_printf(
			text, "%s%s", i > 0 ? "|" : "", value != NULL ? value : "NULL");
	}
	g_string_append_c(text, '\n');
}

char *
scratch_query(const char *sql)
{
	GString *text = g_string_new(NULL);
	sqlite3 *db = connect_reader();
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fuzz_fail("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(statement) == SQLITE_ROW)
		append_row(text, statement);
	g_assert_cmpint(sqlite3_finalize(statement), ==, SQLITE_OK);
	return g_string_free(text, FALSE);
}

static void
check_view(sqlite3 *db, const char *view)
{
	g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", view);
	sqlite3_stmt *statement;

	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			if (sqlite3_column_type(statement, i) != SQLITE_TEXT)
				continue;
			const char *text = (const char *)sqlite3_column_text(statement, i);
			g_assert_true(
				g_utf8_validate(text, sqlite3_column_bytes(statement, i), NULL));
		}
	}
	g_assert_cmpint(sqlite3_finalize(statement), ==, SQLITE_OK);
}

void
scratch_check_texts(void)
{
	g_autofree char *views = scratch_query(
		"SELECT name FROM sqlite_schema WHERE type = 'view'");
	g_auto(GStrv) names = g_strsplit(views, "\n", -1);
	sqlite3 *db = connect_reader();

	for (char **name = names; **name != '\0'; name++)
		check_view(db, *name);
}
