#include "tlsrpt/explain.h"

#include "advice.h"

#include <stdbool.h>
#include <string.h>

/* In the order in which they are listed. */
static const Advice *const vocabularies[] = {
	&advice_result_types,
	&advice_policy_types,
	&advice_kinds,
	&advice_reasons_standard,
	&advice_reasons_x509,
	&advice_reasons_go,
	&advice_reasons_openssl,
	&advice_reasons_mox,
	&advice_reasons_stalwart,
};

/* Postfix writes the texts of OpenSSL with '_' in place of blanks, so both are the same here. */
static char
folded(char c)
{
	if (c == '_')
		return ' ';
	return g_ascii_tolower(c);
}

/* What follows name in a text that begins with it; NULL if the text does not begin with it. */
static const char *
rest_after(const char *text, const char *name)
{
	for (; *name != '\0'; name++, text++)
		if (folded(*text) != folded(*name))
			return NULL;
	return text;
}

/*
 * Whether the name of the entry stands here in a text: it is the whole rest of it.  The name of a
 * reason code may also be only the beginning of the rest, unless it would end in the middle of a word.
 */
static bool
stands_at(const Explanation *entry, const char *text)
{
	const size_t length = strlen(entry->name);
	const char *rest = rest_after(text, entry->name);

	if (rest == NULL)
		return false;
	if (*rest == '\0')
		return true;
	return entry->kind == EXPLAIN_REASON_CODE
		&& !(g_ascii_isalnum(entry->name[length - 1]) && g_ascii_isalnum(*rest));
}

/* Moves behind a number of so many digits and dots; false if there is none. */
static bool
skip_digits(const char **text, size_t least, size_t most)
{
	const size_t n = strspn(*text, "0123456789");

	if (n < least || n > most)
		return false;
	*text += n;
	return true;
}

/* What follows "550 " or "550-", "5.7.1 " and "[internal] ", in this order, each of which may be absent. */
static const char *
skip_status(const char *text)
{
	static const struct {
		size_t fewest, most;
		const char *end; /* what may follow the digits */
	} parts[] = { { 1, 1, "." }, { 1, 3, "." }, { 1, 3, " :" } };
	const char *at = text;
	size_t i = 0;

	if (skip_digits(&at, 3, 3) && (*at == ' ' || *at == '-') && strchr("245", *text) != NULL)
		text = at + 1;
	at = text;
	while (i < G_N_ELEMENTS(parts) && skip_digits(&at, parts[i].fewest, parts[i].most)
		&& *at != '\0' && strchr(parts[i].end, *at) != NULL) {
		at++;
		i++;
	}
	if (i == G_N_ELEMENTS(parts))
		text = at;
	text += strspn(text, " ");
	at = *text == '[' ? strchr(text, ']') : NULL;
	return at != NULL && at[1] != '\0' ? at + 1 + strspn(at + 1, " ") : text;
}

const Explanation *
explain_nth(size_t n)
{
	for (size_t i = 0; i < G_N_ELEMENTS(vocabularies); i++) {
		if (n < vocabularies[i]->n)
			return &vocabularies[i]->entries[n];
		n -= vocabularies[i]->n;
	}
	return NULL;
}

/* The longest name that stands at the beginning of the text, of families or of others. */
static const Explanation *
longest_at(ExplanationKind kind, const char *text, bool is_family)
{
	const Explanation *longest = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(vocabularies); i++) {
		for (size_t j = 0; j < vocabularies[i]->n; j++) {
			const Explanation *entry = &vocabularies[i]->entries[j];
			if (entry->kind == kind && entry->is_family == is_family
				&& stands_at(entry, text)
				&& (longest == NULL || strlen(entry->name) > strlen(longest->name)))
				longest = entry;
		}
	}
	return longest;
}

/* Whether a word begins here. */
static bool
is_word(const char *text, const char *at)
{
	return at == text || !(g_ascii_isalnum(*at) && g_ascii_isalnum(at[-1]));
}

static const Explanation *
find_reason(const char *text, bool is_family)
{
	const Explanation *entry = NULL;

	for (const char *at = text; *at != '\0' && entry == NULL; at++)
		if (is_word(text, at))
			entry = longest_at(EXPLAIN_REASON_CODE, at, is_family);
	return entry;
}

const Explanation *
explain(ExplanationKind kind, const char *name)
{
	if (kind != EXPLAIN_REASON_CODE)
		return longest_at(kind, name, false);

	const char *text = skip_status(name);
	const Explanation *entry = find_reason(text, false);
	return entry != NULL ? entry : find_reason(text, true);
}

const Explanation *
explain_kind(const char *kind)
{
	const Explanation *entry = explain(EXPLAIN_RESULT_TYPE, kind);

	return entry != NULL ? entry : explain(EXPLAIN_KIND, kind);
}

const char *
explain_reason(const char *failure_reason_code)
{
	const Explanation *entry = explain(EXPLAIN_REASON_CODE, failure_reason_code);

	return entry != NULL ? entry->meaning : NULL;
}
