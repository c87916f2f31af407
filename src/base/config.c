#include "tlsrpt/config.h"

#include "tlsrpt/day.h"
#include "tlsrpt/domain_list.h"
#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/store_uri.h"
#include "tlsrpt/user.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_STORE_DIRECTORY "/var/lib/tlsrpt"
#define STORE_FILE "tlsrpt.db"
#define SECOND_MS INT64_C(1000)

typedef enum {
	KEY_STRING,
	KEY_BOOLEAN,
	KEY_LIST, /* separated by ";" or "," or blanks */
	KEY_DOMAINS, /* the same, of domains, which become stored form, and files of them */
	KEY_NAMES, /* separated by ";" or ",": names may have blanks in them */
	KEY_LOG,
	KEY_BELIEVE,
	KEY_MILLISECONDS,
	KEY_DAYS,
	KEY_LIMIT,
} KeyType;

typedef struct {
	const char *group, *name;
	KeyType type;
	size_t offset; /* in Config */
	int64_t lowest, highest; /* of the number that is the value */
} Key;

#define AT(member) offsetof(Config, member)

static const Key keys[] = {
	{ "store", "uri", KEY_STRING, AT(store_uri), 0, 0 },
	{ "ingest", "reject", KEY_BOOLEAN, AT(reject), 0, 0 },
	{ "ingest", "require-auth", KEY_BOOLEAN, AT(require_auth), 0, 0 },
	{ "ingest", "accept-https", KEY_BOOLEAN, AT(accept_https), 0, 0 },
	{ "ingest", "own-domains", KEY_DOMAINS, AT(own_domains), 0, 0 },
	{ "ingest", "trusted-authserv-ids", KEY_LIST, AT(trusted_authserv_ids), 0, 0 },
	{ "ingest", "trusted-hosts", KEY_LIST, AT(trusted_hosts), 0, 0 },
	{ "ingest", "log", KEY_LOG, AT(log), 0, 0 },
	{ "ingest", "deadline", KEY_MILLISECONDS, AT(deadline_ms), 100, 3600 * SECOND_MS },
	{ "incidents", "window", KEY_DAYS, AT(window_days), 1, 366 },
	{ "incidents", "baseline", KEY_DAYS, AT(baseline_days), 1, 3660 },
	{ "incidents", "learning", KEY_DAYS, AT(learning_days), 0, 366 },
	{ "incidents", "silence", KEY_DAYS, AT(silence_days), 1, 366 },
	{ "incidents", "believe", KEY_BELIEVE, AT(believe), 0, 0 },
	{ "incidents", "reporters", KEY_DOMAINS, AT(reporters), 0, 0 },
	{ "incidents", "ignore-reporters", KEY_NAMES, AT(ignore_reporters), 0, 0 },
	{ "retention", "keep", KEY_DAYS, AT(keep_days), 1, 36600 },
	{ "retention", "keep-totals", KEY_DAYS, AT(keep_totals_days), 1, 36600 },
	{ "digest", "from", KEY_STRING, AT(digest_from), 0, 0 },
	{ "digest", "to", KEY_STRING, AT(digest_to), 0, 0 },
	{ "alert", "from", KEY_STRING, AT(alert_from), 0, 0 },
	{ "alert", "to", KEY_STRING, AT(alert_to), 0, 0 },
};

/*
 * The line on which a group stands or, if key is not NULL, that key of it; 0 if it does not occur.
 */
static int
line_of(const char *text, const char *group, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *header = g_strdup_printf("[%s]", group);
	bool in_group = false;
	int found = 0;

	for (int i = 0; lines[i] != NULL; i++) {
		const char *line = g_strstrip(lines[i]);
		if (*line == '[') {
			in_group = strcmp(line, header) == 0;
			if (in_group && key == NULL)
				return i + 1;
			continue;
		}
		const char *equals = strchr(line, '=');
		if (!in_group || key == NULL || equals == NULL)
			continue;
		g_autofree char *name = g_strchomp(g_strndup(line, (gsize)(equals - line)));
		if (strcmp(name, key) == 0)
			found = i + 1; /* of a repeated key GKeyFile takes the last one */
	}
	return found;
}

static bool
bad_value(const char *wanted, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG, "is not %s", wanted);
	return false;
}

/* Reads a whole number; *unit is what follows it. */
static bool
parse_number(const char *text, int64_t *number, const char **unit)
{
	char *end;

	errno = 0;
	*number = g_ascii_strtoll(text, &end, 10);
	*unit = end;
	return errno == 0 && end != text && *number >= 0;
}

/* "8s", "500ms", "5m", "2h", "7d" in milliseconds. */
static bool
parse_duration(const char *text, int64_t *milliseconds)
{
	static const struct {
		const char *name;
		int64_t milliseconds;
	} units[] = {
		{ "ms", 1 },
		{ "s", SECOND_MS },
		{ "m", 60 * SECOND_MS },
		{ "h", 3600 * SECOND_MS },
		{ "d", DAY_SECONDS * SECOND_MS },
	};
	int64_t number;
	const char *unit;

	if (!parse_number(text, &number, &unit))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(unit, units[i].name) == 0
			&& number <= INT64_MAX / units[i].milliseconds) {
			*milliseconds = number * units[i].milliseconds;
			return true;
		}
	}
	return false;
}

/* "4096", "64K", "32M", "1G". */
static bool
parse_size(const char *text, int64_t *size)
{
	static const char units[] = "KMG";
	const char *unit;

	if (!parse_number(text, size, &unit))
		return false;
	if (*unit == '\0')
		return true;

	const char *at = strchr(units, *unit);
	if (at == NULL || unit[1] != '\0')
		return false;
	const int shift = 10 * (int)(at - units + 1);
	if (*size > (INT64_MAX >> shift))
		return false;
	*size <<= shift;
	return true;
}

static bool
set_believe(Believe *target, const char *text, GError **error)
{
	static const char *const words[] = {
		[BELIEVE_AUTHENTICATED] = "authenticated",
		[BELIEVE_LISTED] = "listed",
		[BELIEVE_ALL] = "all",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(words[i], text) == 0) {
			*target = (Believe)i;
			return true;
		}
	}
	return bad_value("authenticated, listed or all", error);
}

/* Replaces *target with domains, and those of files, whose names start in the root: "@/etc/domains". */
static bool
set_domains(char ***target, const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, ";, \t", -1);
	g_autoptr(GPtrArray) given = g_ptr_array_new();
	g_autoptr(GError) problem = NULL;

	for (char **word = words; *word != NULL; word++) {
		if (**word == '@' && (*word)[1] != '/')
			return bad_value(
				"a list of domains, or @ and the absolute path of a file", error);
		if (**word != '\0')
			g_ptr_array_add(given, *word);
	}
	g_ptr_array_add(given, NULL);
	char **domains = domain_list_read((const char *const *)given->pdata, false, &problem);
	if (domains == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"must be a list of domains: %s", problem->message);
		return false;
	}
	g_strfreev(*target);
	*target = domains;
	return true;
}

/* Replaces *target with the words of the text between separators. */
static bool
set_list(char ***target, KeyType type, const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, type == KEY_NAMES ? ";," : ";, \t", -1);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	for (char **word = words; *word != NULL; word++) {
		const char *name = g_strstrip(*word);
		if (*name == '\0')
			continue;
		g_ptr_array_add(list,
			type == KEY_NAMES ? g_utf8_strdown(name, -1) : g_ascii_strdown(name, -1));
	}
	g_strfreev(*target);
	g_ptr_array_add(list, NULL);
	*target = (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
	return true;
}

static bool
set_value(void *target, KeyType type, int64_t lowest, int64_t highest, const char *text,
	GError **error)
{
	int64_t number = 0;

	switch (type) {
	case KEY_STRING:
		g_free(*(char **)target);
		*(char **)target = g_strdup(text);
		return true;
	case KEY_BOOLEAN:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return bad_value("true or false", error);
		*(bool *)target = strcmp(text, "true") == 0;
		return true;
	case KEY_DOMAINS:
		return set_domains(target, text, error);
	case KEY_LIST:
	case KEY_NAMES:
		return set_list(target, type, text);
	case KEY_LOG:
		if (*text != '\0' && strcmp(text, "syslog") != 0 && strcmp(text, "stderr") != 0)
			return bad_value("syslog or stderr", error);
		*(LogTarget *)target = *text == '\0'  ? LOG_TO_EITHER
			: strcmp(text, "syslog") == 0 ? LOG_TO_SYSLOG
						      : LOG_TO_STDERR;
		return true;
	case KEY_BELIEVE:
		return *text == '\0' || set_believe(target, text, error);
	case KEY_MILLISECONDS:
		if (!parse_duration(text, &number))
			return bad_value("a time such as 8s or 500ms", error);
		break;
	case KEY_DAYS:
		if (!parse_duration(text, &number) || number % (DAY_SECONDS * SECOND_MS) != 0)
			return bad_value("a number of days such as 7d", error);
		number /= DAY_SECONDS * SECOND_MS;
		break;
	case KEY_LIMIT:
		if (!parse_size(text, &number))
			return bad_value("a number such as 20000, 64K or 32M", error);
		break;
	}
	if (number < lowest || number > highest) {
		g_autofree char *range = g_strdup_printf(
			"between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, lowest, highest);
		return bad_value(range, error);
	}
	*(int64_t *)target = number;
	return true;
}

static bool
set_key(Config *config, const char *group, const char *name, const char *text, GError **error)
{
	if (strcmp(group, "limits") == 0) {
		for (const LimitKey *limit = limit_keys; limit->key != NULL; limit++) {
			if (strcmp(limit->key, name) == 0)
				return set_value((char *)&config->limits + limit->offset, KEY_LIMIT,
					limit->lowest, limit->highest, text, error);
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].group, group) == 0 && strcmp(keys[i].name, name) == 0)
			return set_value((char *)config + keys[i].offset, keys[i].type,
				keys[i].lowest, keys[i].highest, text, error);
	}
	return bad_value("a key of this group", error);
}

static bool
is_group(const char *group)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].group, group) == 0)
			return true;
	}
	return strcmp(group, "limits") == 0;
}

/*
 * A group or a key as it may be told: what is not a plain word may be a URI that stands where a key
 * should, with a password in it.
 */
static const char *
tell_name(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return name[strspn(name, plain)] == '\0' ? name : "(not a word)";
}

static bool
set_all(Config *config, GKeyFile *key_file, const char *file, const char *text, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(key_file, NULL);

	for (char **group = groups; *group != NULL; group++) {
		if (!is_group(*group)) {
			g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
				"%s line %d: unknown group [%s]", file, line_of(text, *group, NULL),
				tell_name(*group));
			return false;
		}
		g_auto(GStrv) names = g_key_file_get_keys(key_file, *group, NULL, NULL);
		for (char **name = names; *name != NULL; name++) {
			g_autofree char *value = g_key_file_get_string(
				key_file, *group, *name, NULL);
			if (value == NULL)
				bad_value("readable text", error);
			else if (set_key(config, *group, *name, value, error))
				continue;
			g_prefix_error(error, "%s line %d: [%s] %s ", file,
				line_of(text, *group, *name), *group, tell_name(*name));
			return false;
		}
	}
	return true;
}

static Config *
config_new(void)
{
	Config *config = g_new0(Config, 1);

	config->own_domains = g_new0(char *, 1);
	config->trusted_authserv_ids = g_new0(char *, 1);
	config->trusted_hosts = g_new0(char *, 1);
	config->believe = BELIEVE_ALL;
	config->reporters = g_new0(char *, 1);
	config->ignore_reporters = g_new0(char *, 1);
	config->deadline_ms = 8 * SECOND_MS;
	limits_init(&config->limits);
	config->window_days = 7;
	config->baseline_days = 28;
	config->learning_days = 14;
	config->silence_days = 4;
	config->keep_days = 90;
	config->keep_totals_days = 800;
	return config;
}

void
config_free(Config *config)
{
	if (config == NULL)
		return;
	g_free(config->store_uri);
	g_strfreev(config->own_domains);
	g_strfreev(config->trusted_authserv_ids);
	g_strfreev(config->trusted_hosts);
	g_strfreev(config->reporters);
	g_strfreev(config->ignore_reporters);
	g_free(config->digest_from);
	g_free(config->digest_to);
	g_free(config->alert_from);
	g_free(config->alert_to);
	g_free(config);
}

/*
 * Reads a whole file and puts a NUL after it; caller frees *text.  Returns 0, or the errno of what
 * failed, which later calls would overwrite.
 */
static int
read_file(const char *path, char **text, gsize *length)
{
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno;

	g_autoptr(GString) content = g_string_new(NULL);
	char bytes[4096];
	ssize_t got = -1;
	int problem = 0;

	while (problem == 0 && got != 0) {
		got = read(descriptor, bytes, sizeof(bytes));
		if (got > 0)
			g_string_append_len(content, bytes, got);
		else if (got < 0 && errno != EINTR)
			problem = errno;
	}
	close(descriptor);
	if (problem == 0) {
		*length = content->len;
		*text = g_string_free(g_steal_pointer(&content), FALSE);
	}
	return problem;
}

/* The first line that GLib does not take. */
static int
bad_line(const char *text, gsize length)
{
	const char *end = text;
	bool ok = true;
	int line = 0;

	while (ok && end < text + length) {
		g_autoptr(GKeyFile) key_file = g_key_file_new();
		const char *newline = memchr(end, '\n', (size_t)(text + length - end));
		end = newline != NULL ? newline + 1 : text + length;
		ok = g_key_file_load_from_data(
			key_file, text, (gsize)(end - text), G_KEY_FILE_NONE, NULL);
		line++;
	}
	return line;
}

/* GLib quotes the line, which may have the store's password in it. */
static void
fail_syntax(const char *name, const char *text, gsize length, const GError *problem, GError **error)
{
	if (g_error_matches(problem, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE))
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"%s line %d: neither a group, nor a key with a value, nor a comment", name,
			bad_line(text, length));
	else
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG, "%s: %s", name, problem->message);
}

static bool
fail_needs(const char *file, const char *text, const char *group, const char *key, const char *what,
	GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG, "%s line %d: [%s] %s needs %s", file,
		line_of(text, group, key), group, key, what);
	return false;
}

/* Settles what depends on more than one key. */
static bool
settle(Config *config, GKeyFile *key_file, const char *file, const char *text, GError **error)
{
	const bool trusting = *config->trusted_authserv_ids != NULL;
	g_autofree char *believe = g_key_file_get_string(key_file, "incidents", "believe", NULL);

	if (config->require_auth && !trusting)
		return fail_needs(
			file, text, "ingest", "require-auth", "trusted-authserv-ids", error);
	if (believe == NULL || *believe == '\0')
		config->believe = trusting ? BELIEVE_AUTHENTICATED : BELIEVE_ALL;
	if (config->believe != BELIEVE_ALL && !trusting)
		return fail_needs(file, text, "incidents", "believe",
			"trusted-authserv-ids in [ingest], or to be all", error);
	if (config->believe == BELIEVE_LISTED && *config->reporters == NULL)
		return fail_needs(
			file, text, "incidents", "believe", "reporters if it is listed", error);
	if (*config->trusted_hosts == NULL) {
		g_strfreev(config->trusted_hosts);
		config->trusted_hosts = g_strdupv(config->trusted_authserv_ids);
	}
	return true;
}

Config *
config_read(const char *file, GError **error)
{
	g_autoptr(Config) config = config_new();
	const char *path = file != NULL ? file : CONFIG_DEFAULT_FILE;
	g_autoptr(GError) problem = NULL;
	g_autofree char *text = NULL;
	gsize length = 0;

	/*
	 * Messages about it may reach the sender of a report in a bounce, so they name no directory;
	 * but where the permission is missing, nothing can be repaired without its name.
	 */
	g_autofree char *name = g_path_get_basename(path);
	const int trouble = read_file(path, &text, &length);
	if (trouble != 0) {
		if (file == NULL && trouble == ENOENT)
			return g_steal_pointer(&config);
		g_autofree char *why = user_refusal(path, trouble);
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"cannot read the configuration %s: %s", trouble == EACCES ? path : name,
			why);
		return NULL;
	}

	g_autoptr(GKeyFile) key_file = g_key_file_new();
	if (!g_key_file_load_from_data(key_file, text, length, G_KEY_FILE_NONE, &problem)) {
		fail_syntax(name, text, length, problem, error);
		return NULL;
	}
	if (!set_all(config, key_file, name, text, error)
		|| !settle(config, key_file, name, text, error))
		return NULL;
	return g_steal_pointer(&config);
}

/* Makes a path, or a URI that is one, absolute; URIs of other schemes stay as they are. */
static char *
absolute_uri(const char *uri)
{
	static const char sqlite[] = "sqlite:";

	if (g_str_has_prefix(uri, sqlite) && strstr(uri, "://") == NULL)
		return g_canonicalize_filename(uri + strlen(sqlite), NULL);
	return store_uri_is_path(uri) ? g_canonicalize_filename(uri, NULL) : g_strdup(uri);
}

char *
config_store_uri(
	const Config *config, const char *option, bool init, bool *is_default, GError **error)
{
	const char *const named[] = { option, g_getenv("TLSRPT_DB"), config->store_uri };

	*is_default = false;
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
		if (named[i] != NULL && *named[i] != '\0')
			return absolute_uri(named[i]);
	}
	*is_default = true;
	if ((init && geteuid() == 0) || g_file_test(SYSTEM_STORE_DIRECTORY, G_FILE_TEST_IS_DIR))
		return g_build_filename(SYSTEM_STORE_DIRECTORY, STORE_FILE, NULL);
	if (g_getenv("HOME") != NULL)
		return g_build_filename(g_get_user_data_dir(), "tlsrpt", STORE_FILE, NULL);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
		"no store configured: give --db, TLSRPT_DB, or uri= in the group [store] of the configuration");
	return NULL;
}
