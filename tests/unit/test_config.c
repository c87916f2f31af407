#include "tlsrpt/config.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_STORE "/var/lib/tlsrpt"

static char *home;

/* Reads a configuration with this text in it. */
static Config *
read_text(const char *text, GError **error)
{
	g_autofree char *directory = make_directory();
	g_autofree char *path = g_build_filename(directory, "test.conf", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	Config *config = config_read(path, error);
	remove_tree(directory);
	return config;
}

static Config *
read_good(const char *text)
{
	g_autoptr(GError) error = NULL;
	Config *config = read_text(text, &error);

	g_test_message("%s", text);
	g_assert_no_error(error);
	g_assert_nonnull(config);
	return config;
}

static void
assert_defaults(const Config *config)
{
	const Limits limits = default_limits();

	g_assert_null(config->store_uri);
	g_assert_false(config->reject);
	g_assert_false(config->require_auth);
	g_assert_false(config->accept_https);
	g_assert_cmpuint(g_strv_length(config->own_domains), ==, 0);
	g_assert_cmpuint(g_strv_length(config->trusted_authserv_ids), ==, 0);
	g_assert_cmpuint(g_strv_length(config->trusted_hosts), ==, 0);
	g_assert_cmpint(config->log, ==, LOG_TO_EITHER);
	g_assert_cmpint(config->deadline_ms, ==, 8000);
	g_assert_cmpmem(&config->limits, sizeof(Limits), &limits, sizeof(Limits));
	g_assert_cmpint(config->window_days, ==, 7);
	g_assert_cmpint(config->baseline_days, ==, 28);
	g_assert_cmpint(config->learning_days, ==, 14);
	g_assert_cmpint(config->silence_days, ==, 4);
	g_assert_cmpint(config->keep_days, ==, 90);
	g_assert_cmpint(config->keep_totals_days, ==, 800);
	g_assert_null(config->digest_from);
	g_assert_null(config->digest_to);
	g_assert_cmpint(config->believe, ==, BELIEVE_ALL);
	g_assert_cmpuint(g_strv_length(config->reporters), ==, 0);
	g_assert_cmpuint(g_strv_length(config->ignore_reporters), ==, 0);
	g_assert_null(config->alert_from);
	g_assert_null(config->alert_to);
}

static void
test_defaults(void)
{
	static const char *const texts[] = { "", "\n# comment\n\n",
		"[store]\n[ingest]\n[limits]\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Config) config = read_good(texts[i]);
		assert_defaults(config);
	}
	config_free(NULL);
}

static void
test_all_keys(void)
{
	g_autoptr(Config) config = read_good(
		"[store]\nuri = /srv/x.db\n"
		"[ingest]\nreject=true\nrequire-auth = true\naccept-https=true\n"
		"own-domains = A.example, b.example;c.example  d.example\n"
		"trusted-authserv-ids=mx.example\ntrusted-hosts=h1.example h2.example\n"
		"log=stderr\ndeadline=500ms\n"
		"[incidents]\nwindow=1d\nbaseline=56d\nlearning=0d\nsilence=48h\n"
		"believe=listed\nreporters = Google.com, b\303\274cher.example.\n"
		"ignore-reporters = Spam.example; Foo Bar Gmb\303\204\n"
		"[retention]\nkeep=30d\nkeep-totals=3650d\n"
		"[digest]\nfrom=a@b.example\nto=c@d.example, e@f.example\n"
		"[alert]\nfrom=g@h.example\nto=i@j.example\n");

	g_assert_cmpstr(config->store_uri, ==, "/srv/x.db");
	g_assert_true(config->reject && config->require_auth && config->accept_https);
	g_autofree char *domains = g_strjoinv("|", config->own_domains);
	g_assert_cmpstr(domains, ==, "a.example|b.example|c.example|d.example");
	g_autofree char *ids = g_strjoinv("|", config->trusted_authserv_ids);
	g_assert_cmpstr(ids, ==, "mx.example");
	g_autofree char *hosts = g_strjoinv("|", config->trusted_hosts);
	g_assert_cmpstr(hosts, ==, "h1.example|h2.example");
	g_assert_cmpint(config->log, ==, LOG_TO_STDERR);
	g_assert_cmpint(config->deadline_ms, ==, 500);
	g_assert_cmpint(config->window_days, ==, 1);
	g_assert_cmpint(config->baseline_days, ==, 56);
	g_assert_cmpint(config->learning_days, ==, 0);
	g_assert_cmpint(config->silence_days, ==, 2);
	g_assert_cmpint(config->keep_days, ==, 30);
	g_assert_cmpint(config->keep_totals_days, ==, 3650);
	g_assert_cmpstr(config->digest_from, ==, "a@b.example");
	g_assert_cmpstr(config->digest_to, ==, "c@d.example, e@f.example");
	g_assert_cmpint(config->believe, ==, BELIEVE_LISTED);
	g_autofree char *reporters = g_strjoinv("|", config->reporters);
	g_assert_cmpstr(reporters, ==, "google.com|xn--bcher-kva.example");
	g_autofree char *ignored = g_strjoinv("|", config->ignore_reporters);
	g_assert_cmpstr(ignored, ==, "spam.example|foo bar gmb\303\244");
	g_assert_cmpstr(config->alert_from, ==, "g@h.example");
	g_assert_cmpstr(config->alert_to, ==, "i@j.example");
}

static void
test_trusted_hosts(void)
{
	g_autoptr(Config)
		config = read_good("[ingest]\ntrusted-authserv-ids=a.example b.example\n");
	g_autofree char *hosts = g_strjoinv("|", config->trusted_hosts);

	g_assert_cmpstr(hosts, ==, "a.example|b.example");
}

/* Whom to believe depends on whether anybody can be authenticated, unless it is said. */
static void
test_believe(void)
{
	static const struct {
		const char *text;
		Believe believe;
	} rows[] = {
		{ "", BELIEVE_ALL },
		{ "[incidents]\nbelieve=\n", BELIEVE_ALL },
		{ "[incidents]\nbelieve=all\n", BELIEVE_ALL },
		{ "[incidents]\nreporters=a.example\n", BELIEVE_ALL },
		{ "[ingest]\ntrusted-authserv-ids=mx.example\n", BELIEVE_AUTHENTICATED },
		{ "[ingest]\ntrusted-authserv-ids=mx.example\n[incidents]\nbelieve=\n",
			BELIEVE_AUTHENTICATED },
		{ "[incidents]\nbelieve=authenticated\n[ingest]\ntrusted-authserv-ids=mx.example\n",
			BELIEVE_AUTHENTICATED },
		{ "[incidents]\nbelieve=all\n[ingest]\ntrusted-authserv-ids=mx.example\n",
			BELIEVE_ALL },
		{ "[incidents]\nbelieve=listed\nreporters=a.example\n"
		  "[ingest]\ntrusted-authserv-ids=mx.example\n",
			BELIEVE_LISTED },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Config) config = read_good(rows[i].text);
		g_assert_cmpint(config->believe, ==, rows[i].believe);
	}
}

static void
test_durations(void)
{
	static const struct {
		const char *text;
		int64_t milliseconds;
	} rows[] = {
		{ "100ms", 100 },
		{ "8s", 8000 },
		{ "2m", 120000 },
		{ "1h", 3600000 },
		{ "0008s", 8000 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("[ingest]\ndeadline=%s\n", rows[i].text);
		g_autoptr(Config) config = read_good(text);
		g_assert_cmpint(config->deadline_ms, ==, rows[i].milliseconds);
	}
}

/* Every limit, set to its bounds, and past them. */
static void
test_limits(void)
{
	for (const LimitKey *key = limit_keys; key->key != NULL; key++) {
		const int64_t bounds[] = { key->lowest, key->highest };
		for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
			g_autofree char *text = g_strdup_printf(
				"[limits]\n%s=%" G_GINT64_FORMAT "\n", key->key, bounds[i]);
			g_autoptr(Config) config = read_good(text);
			const Limits limits = limits_with(key->offset, bounds[i]);
			g_assert_cmpmem(&config->limits, sizeof(Limits), &limits, sizeof(Limits));
		}
		const int64_t past[] = { key->lowest - 1, key->highest };
		for (size_t i = 0; i < G_N_ELEMENTS(past); i++) {
			g_autoptr(GError) error = NULL;
			/* One digit more is past the highest for sure. */
			g_autofree char *text = g_strdup_printf("[limits]\n%s=%" G_GINT64_FORMAT
								"%s\n",
				key->key, past[i], i == 0 ? "" : "0");
			g_autoptr(Config) config = read_text(text, &error);
			g_assert_null(config);
			g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		}
	}
}

static void
test_sizes(void)
{
	static const struct {
		const char *text;
		int64_t size;
	} rows[] = {
		{ "4096", 4096 },
		{ "64K", 64 * KIB },
		{ "3M", 3 * MIB },
		{ "1G", 1024 * MIB },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("[limits]\nmessage=%s\n", rows[i].text);
		g_autoptr(Config) config = read_good(text);
		g_assert_cmpint(config->limits.message, ==, rows[i].size);
	}
}

typedef struct {
	const char *text, *message;
} BadRow;

static void
assert_bad(const BadRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].text);
		g_autoptr(Config) config = read_text(rows[i].text, &error);
		g_assert_null(config);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		if (rows[i].message != NULL)
			g_assert_cmpstr(error->message, ==, rows[i].message);
	}
}

/* The message names the line, and no directory. */
static void
test_bad(void)
{
	static const BadRow rows[] = {
		{ "[ingest]\nreject=yes\n",
			"test.conf line 2: [ingest] reject is not true or false" },
		{ "[ingest]\nreject=True\n",
			"test.conf line 2: [ingest] reject is not true or false" },
		{ "# c\n\n[ingest]\n# d\nlog = file\n",
			"test.conf line 5: [ingest] log is not syslog or stderr" },
		{ "[ingest]\ndeadline=8\n",
			"test.conf line 2: [ingest] deadline is not a time such as 8s or 500ms" },
		{ "[ingest]\ndeadline=8 s\n",
			"test.conf line 2: [ingest] deadline is not a time such as 8s or 500ms" },
		{ "[ingest]\ndeadline=-8s\n",
			"test.conf line 2: [ingest] deadline is not a time such as 8s or 500ms" },
		{ "[ingest]\ndeadline=99999999999999999999s\n",
			"test.conf line 2: [ingest] deadline is not a time such as 8s or 500ms" },
		{ "[ingest]\ndeadline=9223372036854775807d\n",
			"test.conf line 2: [ingest] deadline is not a time such as 8s or 500ms" },
		{ "[ingest]\ndeadline=99ms\n",
			"test.conf line 2: [ingest] deadline is not between 100 and 3600000" },
		{ "[incidents]\nwindow=7\n",
			"test.conf line 2: [incidents] window is not a number of days such as 7d" },
		{ "[incidents]\nwindow=36h\n",
			"test.conf line 2: [incidents] window is not a number of days such as 7d" },
		{ "[incidents]\nwindow=0d\n",
			"test.conf line 2: [incidents] window is not between 1 and 366" },
		{ "[retention]\nkeep=\n",
			"test.conf line 2: [retention] keep is not a number of days such as 7d" },
		{ "[limits]\nreports=many\n",
			"test.conf line 2: [limits] reports is not a number such as 20000, 64K or"
			" 32M" },
		{ "[limits]\nreports=1k\n",
			"test.conf line 2: [limits] reports is not a number such as 20000, 64K or"
			" 32M" },
		{ "[limits]\nreports=1KB\n",
			"test.conf line 2: [limits] reports is not a number such as 20000, 64K or"
			" 32M" },
		{ "[limits]\nreports=9223372036854775807K\n",
			"test.conf line 2: [limits] reports is not a number such as 20000, 64K or"
			" 32M" },
		{ "[limits]\nreports=1001\n",
			"test.conf line 2: [limits] reports is not between 1 and 1000" },
		{ "[ingest]\nrejct=true\n",
			"test.conf line 2: [ingest] rejct is not a key of this group" },
		{ "[store]\nreject=true\n",
			"test.conf line 2: [store] reject is not a key of this group" },
		{ "[limits]\nuri=x\n",
			"test.conf line 2: [limits] uri is not a key of this group" },
		{ "[store]\nuri=x\n\n[stores]\nuri=y\n",
			"test.conf line 4: unknown group [stores]" },
		{ "[Store]\n", "test.conf line 1: unknown group [Store]" },
		{ "[ingest]\nrequire-auth=true\n",
			"test.conf line 2: [ingest] require-auth needs trusted-authserv-ids" },
		{ "[incidents]\nbelieve=some\n",
			"test.conf line 2: [incidents] believe is not authenticated, listed or all" },
		{ "[incidents]\nbelieve=authenticated\n",
			"test.conf line 2: [incidents] believe needs trusted-authserv-ids in"
			" [ingest], or to be all" },
		{ "[incidents]\nbelieve=listed\nreporters=a.example\n",
			"test.conf line 2: [incidents] believe needs trusted-authserv-ids in"
			" [ingest], or to be all" },
		{ "[ingest]\ntrusted-authserv-ids=mx.example\n[incidents]\nbelieve=listed\n",
			"test.conf line 4: [incidents] believe needs reporters if it is listed" },
		{ "[incidents]\nreporters=a.example b@c.example\n",
			"test.conf line 2: [incidents] reporters must be a list of domains: \"b@c.example\" is not a domain" },
		/* Of a key that stands twice the last one counts. */
		{ "[ingest]\nlog=syslog\nlog=x\n",
			"test.conf line 3: [ingest] log is not syslog or stderr" },
		{ "[ingest]\nlog=stderr\n[store]\nlog=x\n[ingest]\nlog=y\n",
			"test.conf line 6: [ingest] log is not syslog or stderr" },
		/* Not a key file at all. */
		{ "uri=x\n", NULL },
		{ "[store\n", NULL },
		{ "[store]\nuri\n", NULL },
	};

	assert_bad(rows, G_N_ELEMENTS(rows));
}

static void
test_duplicate_keys(void)
{
	g_autoptr(Config)
		config = read_good("[ingest]\nlog=stderr\nlog=syslog\nreject=true\n"
				   "[store]\nuri=a\nuri=b\n[ingest]\nreject=false\nlog=stderr\n");

	g_assert_cmpint(config->log, ==, LOG_TO_STDERR);
	g_assert_false(config->reject);
	g_assert_cmpstr(config->store_uri, ==, "b");
}

static void
test_missing_file(void)
{
	g_autofree char *path = g_build_filename(home, "secret", "absent.conf", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_read(path, &error);

	g_assert_null(config);
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "absent.conf"));
	g_assert_null(strstr(error->message, "secret"));
}

/* The default file may be absent. */
static void
test_default_file(void)
{
	g_autoptr(GError) error = NULL;

	if (g_file_test(CONFIG_DEFAULT_FILE, G_FILE_TEST_EXISTS)) {
		skip_case("this machine has a " CONFIG_DEFAULT_FILE);
		return;
	}
	g_autoptr(Config) config = config_read(NULL, &error);
	g_assert_no_error(error);
	assert_defaults(config);
}

static char *
store_uri(const Config *config, const char *option, const char *environment, bool *is_default)
{
	g_autoptr(GError) error = NULL;

	if (environment != NULL)
		g_setenv("TLSRPT_DB", environment, TRUE);
	else
		g_unsetenv("TLSRPT_DB");
	char *uri = config_store_uri(config, option, false, is_default, &error);
	g_unsetenv("TLSRPT_DB");
	g_assert_no_error(error);
	return uri;
}

static void
test_store_uri(void)
{
	static const struct {
		const char *option, *environment, *uri;
	} rows[] = {
		{ "/option.db", "/environment.db", "/option.db" },
		{ NULL, "/environment.db", "/environment.db" },
		{ "", "/environment.db", "/environment.db" },
		{ NULL, NULL, "/config.db" },
		{ NULL, "", "/config.db" },
		{ "sqlite:/option.db", NULL, "/option.db" },
		{ "/a/../b/./option.db", NULL, "/b/option.db" },
		{ "sqlite:///option.db", NULL, "sqlite:///option.db" },
		{ "pgsql://host/base", NULL, "pgsql://host/base" },
	};
	g_autoptr(Config) config = read_good("[store]\nuri=/config.db\n");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bool is_default = true;
		g_autofree char *uri = store_uri(
			config, rows[i].option, rows[i].environment, &is_default);
		g_assert_cmpstr(uri, ==, rows[i].uri);
		g_assert_false(is_default);
	}
}

static void
test_relative_uri(void)
{
	static const char *const names[] = { "x.db", "sqlite:x.db", "./x.db" };
	g_autoptr(Config) config = read_good("");
	g_autofree char *current = g_get_current_dir();
	g_autofree char *expected = g_build_filename(current, "x.db", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		bool is_default;
		g_autofree char *uri = store_uri(config, names[i], NULL, &is_default);
		g_assert_cmpstr(uri, ==, expected);
	}
}

/* Nobody names a store: the system's, else one below HOME, else none. */
static void
test_default_uri(void)
{
	g_autoptr(Config) config = read_good("");
	g_autoptr(GError) error = NULL;
	bool is_default = false;

	if (g_file_test(SYSTEM_STORE, G_FILE_TEST_IS_DIR)) {
		g_autofree char *system = store_uri(config, NULL, NULL, &is_default);
		g_assert_cmpstr(system, ==, SYSTEM_STORE "/tlsrpt.db");
		g_assert_true(is_default);
		return;
	}
	g_autofree char *expected = g_build_filename(
		home, ".local", "share", "tlsrpt", "tlsrpt.db", NULL);
	g_autofree char *uri = store_uri(config, NULL, NULL, &is_default);
	g_assert_cmpstr(uri, ==, expected);
	g_assert_true(is_default);

	g_unsetenv("HOME");
	g_assert_null(config_store_uri(config, NULL, false, &is_default, &error));
	g_setenv("HOME", home, TRUE);
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
	g_assert_cmpstr(error->message, ==,
		"no store configured: give --db, TLSRPT_DB, or uri= in the group [store] of the configuration");
}

/* root sets up the system's store where it is not there yet. */
static void
test_init_uri(void)
{
	g_autoptr(Config) config = read_good("");
	g_autoptr(GError) error = NULL;
	bool is_default;

	if (geteuid() != 0) {
		skip_case("not root");
		return;
	}
	g_autofree char *uri = config_store_uri(config, NULL, true, &is_default, &error);
	g_assert_cmpstr(uri, ==, SYSTEM_STORE "/tlsrpt.db");
}

/* A value that GKeyFile cannot read is a bad value like any other. */
static void
test_unreadable_value(void)
{
	static const BadRow rows[] = {
		{ "[store]\nuri=\xff\n", NULL }, /* not UTF-8 */
	};

	assert_bad(rows, G_N_ELEMENTS(rows));
}

/* It is said what failed, and not what some call after it had to say. */
static void
test_unreadable(void)
{
	g_autofree char *directory = make_directory();
	g_autofree char *loop = g_build_filename(directory, "loop.conf", NULL);
	g_autofree char *secret = g_build_filename(directory, "secret.conf", NULL);
	const struct {
		const char *path;
		int problem;
	} rows[] = {
		{ loop, ELOOP },
		{ directory, EISDIR },
		{ "/nowhere/tlsrpt.conf", ENOENT },
		{ "/dev/null/tlsrpt.conf", ENOTDIR },
		{ secret, EACCES },
	};

	g_assert_cmpint(symlink("loop.conf", loop), ==, 0);
	g_assert_true(g_file_set_contents(secret, "", 0, NULL));
	g_assert_cmpint(chmod(secret, 0), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *reason = g_strdup_printf(": %s", g_strerror(rows[i].problem));
		/* To root, every file is open. */
		if (rows[i].problem == EACCES && access(rows[i].path, R_OK) == 0)
			continue;
		g_assert_null(config_read(rows[i].path, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		g_assert_true(g_str_has_suffix(error->message, reason));
	}
	remove_tree(directory);
}

/* What is in disorder is not quoted: it may have a password in it. */
static void
test_secret(void)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "[store]\nuri postgresql://user:secret@host/db\n", " line 2: neither a group" },
		{ "\n[store]\nuri=postgresql://user:\nsecret@host/db\n",
			" line 4: neither a group" },
		{ "[store]\nuri postgresql:/user:secret@host/db", " line 2: neither a group" },
		{ "[store]\npostgresql://user:secret@host/db?sslmode=require\n",
			" line 2: [store] (not a word) is not a key of this group" },
		{ "[store postgresql://user:secret@host/db]\n",
			" line 1: unknown group [(not a word)]" },
		{ "[store:secret\n", " line 1: neither a group" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(read_text(rows[i].text, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		g_assert_null(strstr(error->message, "secret"));
		if (strstr(error->message, rows[i].said) == NULL)
			g_error("%s", error->message);
	}
}

int
main(int argc, char **argv)
{
	/* Before anybody asks for it, since GLib keeps the answer. */
	home = make_directory();
	g_setenv("HOME", home, TRUE);
	g_unsetenv("XDG_DATA_HOME");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/unreadable", test_unreadable);
	g_test_add_func("/config/secret", test_secret);
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/all-keys", test_all_keys);
	g_test_add_func("/config/trusted-hosts", test_trusted_hosts);
	g_test_add_func("/config/believe", test_believe);
	g_test_add_func("/config/durations", test_durations);
	g_test_add_func("/config/limits", test_limits);
	g_test_add_func("/config/sizes", test_sizes);
	g_test_add_func("/config/bad", test_bad);
	g_test_add_func("/config/duplicate-keys", test_duplicate_keys);
	g_test_add_func("/config/missing-file", test_missing_file);
	g_test_add_func("/config/default-file", test_default_file);
	g_test_add_func("/config/store-uri", test_store_uri);
	g_test_add_func("/config/relative-uri", test_relative_uri);
	g_test_add_func("/config/default-uri", test_default_uri);
	g_test_add_func("/config/init-uri", test_init_uri);
	g_test_add_func("/config/unreadable-value", test_unreadable_value);
	const int result = run_tests();
	remove_tree(home);
	g_free(home);
	return result;
}
