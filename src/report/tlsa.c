#include "tlsrpt/tlsa.h"

#include "tlsrpt/compare.h"

#include <glib.h>
#include <string.h>

#define BLANKS " \t\r"

/* The names of RFC 7218, and the fields that have them. */
typedef struct {
	const char *name;
	int value;
} Acronym;

#define FIELDS 3

static const Acronym acronyms[FIELDS][6] = {
	{ { "PKIX-TA", 0 }, { "PKIX-EE", 1 }, { "DANE-TA", 2 }, { "DANE-EE", 3 }, { "PrivCert", 255 } },
	{ { "Cert", 0 }, { "SPKI", 1 }, { "PrivSel", 255 } },
	{ { "Full", 0 }, { "SHA2-256", 1 }, { "SHA2-512", 2 }, { "PrivMatch", 255 } },
};

/* The number of a usage, selector or matching type; -1 if the word is none. */
static int
field_value(size_t field, const char *word)
{
	guint64 number;

	if (g_ascii_string_to_unsigned(word, 10, 0, 255, &number, NULL))
		return (int)number;
	for (const Acronym *acronym = acronyms[field]; acronym->name != NULL; acronym++) {
		if (g_ascii_strcasecmp(word, acronym->name) == 0)
			return acronym->value;
	}
	return -1;
}

/* The association data, which may be in several words, in one; NULL if they are none. */
static char *
join_data(char **words)
{
	g_autofree char *joined = g_strjoinv("", words);
	g_autofree char *data = g_ascii_strdown(joined, -1);
	const size_t length = strlen(data);

	if (length == 0 || length % 2 != 0 || strspn(data, "0123456789abcdef") < length)
		return NULL;
	return g_steal_pointer(&data);
}

/* The words of a line, none of them empty. */
static GPtrArray *
words_of(const char *line)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (line += strspn(line, BLANKS); *line != '\0'; line += strspn(line, BLANKS)) {
		const size_t length = strcspn(line, BLANKS);
		g_ptr_array_add(words, g_strndup(line, length));
		line += length;
	}
	g_ptr_array_add(words, NULL);
	return words;
}

#define ZONE_WORDS_MAX 4 /* owner, TTL, class, type */

/* Where the data begins in the words of a line of a zone file: behind the type; 0 if there is none. */
static size_t
data_start(char **words)
{
	for (size_t i = 0; i < ZONE_WORDS_MAX && words[i] != NULL; i++) {
		if (g_ascii_strcasecmp(words[i], "TLSA") == 0
			|| g_ascii_strcasecmp(words[i], "TYPE52") == 0)
			return i + 1;
	}
	return 0;
}

/* Data after RFC 3597 section 5, from behind its length on; NULL if it is too short. */
static char *
generic_data(char **words)
{
	g_autofree char *hex = join_data(words);
	char bytes[FIELDS][3];

	const size_t length = (size_t)2 * FIELDS; /* of the fields, before the data */

	if (hex == NULL || strlen(hex) <= length)
		return NULL;
	for (size_t i = 0; i < FIELDS; i++)
		g_strlcpy(bytes[i], hex + 2 * i, sizeof(bytes[i]));
	return g_strdup_printf("%d %d %d %s", (int)g_ascii_strtoll(bytes[0], NULL, 16),
		(int)g_ascii_strtoll(bytes[1], NULL, 16), (int)g_ascii_strtoll(bytes[2], NULL, 16),
		hex + length);
}

char *
tlsa_data(const char *line)
{
	g_autofree char *plain = g_strdelimit(g_strdup(line), "()", ' ');
	g_autoptr(GPtrArray) words = words_of(plain);
	char **all = (char **)words->pdata;
	const size_t start = data_start(all);

	if (start == 0 && strcmp(plain, line) == 0)
		return NULL;
	char **data = all + start;
	const guint n = g_strv_length(data);
	if (n > 2 && strcmp(data[0], "\\#") == 0)
		return generic_data(data + 2);
	if (n <= FIELDS)
		return NULL;
	g_autofree char *joined = g_strjoinv("", data + FIELDS);
	return g_strdup_printf("%s %s %s %s", data[0], data[1], data[2], joined);
}

/* The record of a line in normal form; NULL for a line of blanks. */
static char *
record_of(const char *text)
{
	g_autofree char *zone_data = tlsa_data(text);
	const char *line = zone_data != NULL ? zone_data : text;
	g_autoptr(GPtrArray) words = words_of(line);
	char **all = (char **)words->pdata;
	int values[FIELDS] = { 0 };
	bool sound = words->len - 1 > FIELDS;

	if (all[0] == NULL)
		return NULL;
	for (size_t i = 0; sound && i < FIELDS; i++) {
		values[i] = field_value(i, all[i]);
		sound = values[i] >= 0;
	}
	g_autofree char *data = sound ? join_data(all + FIELDS) : NULL;
	return data != NULL ? g_strdup_printf("%d %d %d %s", values[0], values[1], values[2], data)
			    : g_strjoinv(" ", all);
}

char **
tlsa_records(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *records = g_ptr_array_new();
	const char *previous = NULL;

	for (char **line = lines; *line != NULL; line++) {
		char *record = record_of(*line);
		if (record != NULL)
			g_ptr_array_add(all, record);
	}
	g_ptr_array_sort(all, compare_texts);
	for (guint i = 0; i < all->len; i++) {
		const char *record = g_ptr_array_index(all, i);
		if (previous == NULL || strcmp(record, previous) != 0)
			g_ptr_array_add(records, g_strdup(record));
		previous = record;
	}
	g_ptr_array_add(records, NULL);
	return (char **)g_ptr_array_free(records, FALSE);
}

bool
tlsa_has(const char *const *records, const char *record)
{
	return g_strv_contains(records, record);
}

bool
tlsa_overlap(const char *const *one, const char *const *other)
{
	for (; *one != NULL; one++) {
		if (tlsa_has(other, *one))
			return true;
	}
	return false;
}
