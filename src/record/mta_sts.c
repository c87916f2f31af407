#include "tlsrpt/mta_sts.h"

#include "tlsrpt/compare.h"

#include <string.h>

#define MAX_AGE_MAX INT64_C(31557600) /* about a year */
#define AGE_DIGITS 10
#define KEY_MAX 32
#define LABEL_MAX 63
#define NAME_MAX_BYTES 253

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* In the order of MtaStsMode, from MTA_STS_ENFORCE on. */
static const char *const modes[] = { "enforce", "testing", "none" };

/* One line: key and value are borrowed, and do not end with a NUL. */
typedef struct {
	int line;
	const char *key, *value;
	size_t key_length, value_length;
	bool has_key;
} Field;

/*
 * Reads the next line; *text is the rest behind it.  Blanks at the end of the line do not belong to
 * the value.
 */
static bool
next_field(const char **text, Field *field)
{
	if (*text == NULL || **text == '\0')
		return false;

	const char *line = *text, *end = strchrnul(line, '\n');
	*text = *end != '\0' ? end + 1 : end;
	while (end > line && strchr(" \t\r", end[-1]) != NULL)
		end--;
	const char *colon = memchr(line, ':', (size_t)(end - line));
	field->line++;
	field->has_key = colon != NULL;
	field->key = line;
	field->key_length = (size_t)((colon != NULL ? colon : end) - line);
	field->value = colon != NULL ? colon + 1 : end;
	while (field->value < end && strchr(" \t", *field->value) != NULL)
		field->value++;
	field->value_length = (size_t)(end - field->value);
	return true;
}

static bool
is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && g_ascii_strncasecmp(text, word, length) == 0;
}

/* The mode that the first word of a value names, in upper or lower case; "" if it names none. */
static const char *
mode_of(const Field *field)
{
	size_t length = 0;

	while (length < field->value_length && strchr(" \t\r", field->value[length]) == NULL)
		length++;
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (is_word(field->value, length, modes[i]))
			return modes[i];
	}
	return "";
}

MtaStsMode
mta_sts_mode_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (strcmp(name, modes[i]) == 0)
			return (MtaStsMode)(MTA_STS_ENFORCE + i);
	}
	return MTA_STS_NO_MODE;
}

const char *
mta_sts_mode_name(MtaStsMode mode)
{
	return mode == MTA_STS_NO_MODE ? "" : modes[mode - MTA_STS_ENFORCE];
}

const char *
mta_sts_mode(const char *text)
{
	Field field = { 0 };

	while (next_field(&text, &field)) {
		if (field.has_key && is_word(field.key, field.key_length, "mode")) {
			const char *mode = mode_of(&field);
			if (*mode != '\0')
				return mode;
		}
	}
	return "";
}

static void
clear_problem(gpointer data)
{
	g_free(((MtaStsProblem *)data)->key);
}

static void
add_problem(MtaSts *policy, int line, const char *key, size_t key_length, bool fatal,
	const char *what)
{
	const MtaStsProblem problem = { line, key != NULL ? g_strndup(key, key_length) : NULL, what,
		fatal };

	g_array_append_val(policy->problems, problem);
}

static void
refuse(MtaSts *policy, const Field *field, const char *what)
{
	add_problem(policy, field->line, field->key, field->key_length, true, what);
}

static void
mind(MtaSts *policy, const Field *field, const char *what)
{
	add_problem(policy, field->line, field->key, field->key_length, false, what);
}

/* Whether a text is a host name of letters, digits and hyphens, maybe after "*.". */
static bool
is_pattern(const char *text)
{
	const char *name = g_str_has_prefix(text, "*.") ? text + 2 : text;
	size_t length = strlen(name);

	if (length == 0 || length > NAME_MAX_BYTES)
		return false;
	for (const char *label = name; label != NULL;) {
		const char *dot = strchr(label, '.');
		length = dot != NULL ? (size_t)(dot - label) : strlen(label);
		if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-'
			|| strspn(label, LETTERS DIGITS "-") < length)
			return false;
		label = dot != NULL ? dot + 1 : NULL;
	}
	return true;
}

/*
 * A pattern in lower case without its final dot, if it is one: after white space or another dot it
 * stays, since more would be lost whenever the result is read again.  Caller frees.
 */
static char *
fold_name(const char *name, size_t length)
{
	if (length > 0 && name[length - 1] == '.'
		&& (length == 1 || g_ascii_isalnum(name[length - 2])))
		length--;
	return g_ascii_strdown(name, (gssize)length);
}

static void
take_version(MtaSts *policy, const Field *field)
{
	static const char version[] = "STSv1";

	policy->has_version = is_word(field->value, field->value_length, version);
	if (!policy->has_version)
		refuse(policy, field, "is not STSv1");
	else if (strncmp(field->value, version, field->value_length) != 0)
		mind(policy, field, "is not written STSv1");
}

static void
take_mode(MtaSts *policy, const Field *field)
{
	const char *mode = mode_of(field);

	if (*mode == '\0' || field->value_length > strlen(mode))
		refuse(policy, field, "is none of enforce, testing and none");
	else if (strncmp(field->value, mode, field->value_length) != 0)
		mind(policy, field, "is not in lower case");
}

static void
take_max_age(MtaSts *policy, const Field *field)
{
	const size_t length = field->value_length;

	if (length == 0 || length > AGE_DIGITS || strspn(field->value, DIGITS) < length) {
		refuse(policy, field, "is not a number of seconds");
		return;
	}
	policy->max_age = g_ascii_strtoll(field->value, NULL, 10);
	if (policy->max_age > MAX_AGE_MAX)
		mind(policy, field, "is over the maximum of 31557600");
}

static void
take_mx(MtaSts *policy, const Field *field)
{
	g_autofree char *pattern = fold_name(field->value, field->value_length);

	if (!is_pattern(pattern))
		refuse(policy, field, "is neither a host name nor one after \"*.\"");
	else if (field->value[field->value_length - 1] == '.')
		mind(policy, field, "ends in a dot");
	if (*pattern != '\0')
		g_ptr_array_add(policy->mx, g_steal_pointer(&pattern));
}

/* The known keys.  A bit of seen for each of them says whether it was there. */
static const struct {
	const char *name;
	void (*take)(MtaSts *policy, const Field *field);
	bool repeats;
} keys[] = {
	{ "version", take_version, false },
	{ "mode", take_mode, false },
	{ "max_age", take_max_age, false },
	{ "mx", take_mx, true },
};

enum { KEY_VERSION, KEY_MODE, KEY_MAX_AGE, KEY_MX };

static bool
is_key(const Field *field)
{
	return field->has_key && field->key_length > 0 && field->key_length <= KEY_MAX
		&& strspn(field->key, LETTERS DIGITS "_-.") >= field->key_length
		&& g_ascii_isalnum(field->key[0]);
}

static void
take_field(MtaSts *policy, const Field *field, unsigned *seen)
{
	if (field->key_length == 0 && !field->has_key) {
		add_problem(policy, field->line, NULL, 0, false, "the line is empty");
		return;
	}
	if (!is_key(field)) {
		add_problem(policy, field->line, NULL, 0, true, "the line is not \"key: value\"");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (!is_word(field->key, field->key_length, keys[i].name))
			continue;
		if ((*seen & 1U << i) != 0 && !keys[i].repeats) {
			mind(policy, field, "is there twice; the first one counts");
			return;
		}
		*seen |= 1U << i;
		if (strncmp(field->key, keys[i].name, field->key_length) != 0)
			mind(policy, field, "is a key that is not in lower case");
		keys[i].take(policy, field);
		return;
	}
}

static void
check_missing(MtaSts *policy, unsigned seen)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		/* A policy of mode none needs no mx. */
		const bool needed = i != KEY_MX || strcmp(policy->mode, "none") != 0;
		if (needed && (seen & 1U << i) == 0)
			add_problem(policy, 0, keys[i].name, strlen(keys[i].name), true,
				"is missing");
	}
}

static void
sort_mx(GPtrArray *mx)
{
	g_ptr_array_sort(mx, compare_texts);
	for (guint i = mx->len; i-- > 1;) {
		if (strcmp(g_ptr_array_index(mx, i), g_ptr_array_index(mx, i - 1)) == 0)
			g_ptr_array_remove_index(mx, i);
	}
}

MtaSts *
mta_sts_parse(const char *text)
{
	MtaSts *policy = g_new0(MtaSts, 1);
	Field field = { 0 };
	unsigned seen = 0;

	policy->mode = mta_sts_mode(text);
	policy->max_age = MTA_STS_NO_AGE;
	policy->mx = g_ptr_array_new_with_free_func(g_free);
	policy->problems = g_array_new(FALSE, FALSE, sizeof(MtaStsProblem));
	g_array_set_clear_func(policy->problems, clear_problem);
	while (next_field(&text, &field))
		take_field(policy, &field, &seen);
	check_missing(policy, seen);
	sort_mx(policy->mx);
	return policy;
}

void
mta_sts_free(MtaSts *policy)
{
	if (policy == NULL)
		return;
	g_ptr_array_unref(policy->mx);
	g_array_unref(policy->problems);
	g_free(policy);
}

const MtaStsProblem *
mta_sts_flaw(const MtaSts *policy)
{
	for (guint i = 0; i < policy->problems->len; i++) {
		const MtaStsProblem *problem = &g_array_index(policy->problems, MtaStsProblem, i);
		if (problem->fatal)
			return problem;
	}
	return NULL;
}

char *
mta_sts_text(const MtaSts *policy)
{
	GString *text = g_string_new(policy->has_version ? "version: STSv1\n" : NULL);

	if (*policy->mode != '\0')
		g_string_append_printf(text, "mode: %s\n", policy->mode);
	for (guint i = 0; i < policy->mx->len; i++)
		g_string_append_printf(text, "mx: %s\n", (char *)g_ptr_array_index(policy->mx, i));
	if (policy->max_age != MTA_STS_NO_AGE)
		g_string_append_printf(text, "max_age: %" G_GINT64_FORMAT "\n", policy->max_age);
	if (text->len > 0)
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static void
clear_difference(gpointer data)
{
	MtaStsDifference *difference = data;

	g_free(difference->expected);
	g_free(difference->seen);
}

static void
add_difference(GArray *differences, const char *key, const char *expected, const char *seen)
{
	const MtaStsDifference difference = { key, g_strdup(expected), g_strdup(seen) };

	g_array_append_val(differences, difference);
}

static void
compare_ages(GArray *differences, int64_t expected, int64_t seen)
{
	g_autofree char *one = g_strdup_printf("%" G_GINT64_FORMAT, expected);
	g_autofree char *other = g_strdup_printf("%" G_GINT64_FORMAT, seen);

	if (seen != MTA_STS_NO_AGE && seen != expected)
		add_difference(differences, "max_age", one, other);
}

/* Both lists are sorted, so they can be walked through side by side. */
static void
compare_mx(GArray *differences, const GPtrArray *expected, const GPtrArray *seen)
{
	for (guint i = 0, j = 0; i < expected->len || j < seen->len;) {
		const char *one = i < expected->len ? g_ptr_array_index(expected, i) : NULL;
		const char *other = j < seen->len ? g_ptr_array_index(seen, j) : NULL;
		const int order = one == NULL ? 1 : other == NULL ? -1 : strcmp(one, other);
		if (order < 0)
			add_difference(differences, "mx", one, NULL);
		else if (order > 0)
			add_difference(differences, "mx", NULL, other);
		i += order <= 0;
		j += order >= 0;
	}
}

GArray *
mta_sts_compare(const MtaSts *expected, const MtaSts *seen)
{
	GArray *differences = g_array_new(FALSE, FALSE, sizeof(MtaStsDifference));

	g_array_set_clear_func(differences, clear_difference);
	if (*seen->mode != '\0' && strcmp(seen->mode, expected->mode) != 0)
		add_difference(differences, "mode", expected->mode, seen->mode);
	compare_ages(differences, expected->max_age, seen->max_age);
	if (seen->mx->len > 0)
		compare_mx(differences, expected->mx, seen->mx);
	return differences;
}

bool
mta_sts_matches(const char *pattern, const char *host)
{
	g_autofree char *wanted = fold_name(pattern, strlen(pattern));
	g_autofree char *name = fold_name(host, strlen(host));

	if (*name == '\0' || !g_str_has_prefix(wanted, "*."))
		return *name != '\0' && strcmp(wanted, name) == 0;
	const char *dot = strchr(name, '.');
	return dot != NULL && dot > name && dot[1] != '\0' && strcmp(wanted + 1, dot) == 0;
}

bool
mta_sts_covers(const MtaSts *policy, const char *host)
{
	for (guint i = 0; i < policy->mx->len; i++) {
		if (mta_sts_matches(g_ptr_array_index(policy->mx, i), host))
			return true;
	}
	return false;
}
