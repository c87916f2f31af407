#include "tlsrpt/explain.h"

#include "advice.h"

#include <stdbool.h>
#include <string.h>

/* In the order in which they are listed. */
static const Advice *const vocabularies[] = {
	&advice_result_types,
	&advice_policy_types,
	&advice_reasons_standard,
	&advice_reasons_go,
	&advice_reasons_openssl,
	&advice_reasons_mox,
	&advice_reasons_stalwart,
};

/* Postfix writes the texts of OpenSSL with '_' for blanks. */
static char
folded(char c)
{
	if (c == '_')
		return ' ';
	return g_ascii_tolower(c);
}

/* What follows name in a text that begins with it; NULL if it does not. */
static const char *
rest_after(const char *text, const char *name)
{
	for (; *name != '\0'; name++, text++)
		if (folded(*text) != folded(*name))
			return NULL;
	return text;
}

/* Whether the name is the whole text, or begins a reason code and does not end within a word. */
static bool
covers(const Explanation *entry, const char *text)
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

const Explanation *
explain(ExplanationKind kind, const char *name)
{
	const Explanation *best = NULL, *entry;

	for (size_t i = 0; (entry = explain_nth(i)) != NULL; i++) {
		if (entry->kind == kind && covers(entry, name)
			&& (best == NULL || strlen(entry->name) > strlen(best->name)))
			best = entry;
	}
	return best;
}
