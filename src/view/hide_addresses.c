#include "tlsrpt/hide_addresses.h"

#include <arpa/inet.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define ADDRESS_BYTES "0123456789abcdefABCDEF:."
#define HIDDEN "(address)"

static bool
is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* How many bytes of a word are an address; the rest is a port, or the end of a sentence. */
static size_t
address_length(const char *word, size_t length)
{
	for (; length > 1; length--) {
		g_autofree char *part = g_strndup(word, length);
		const bool ends = word[length] == '\0' || strchr(":.", word[length]) != NULL
			|| !g_ascii_isalnum(word[length]);
		if (ends && is_address(part))
			return length;
	}
	return 0;
}

char *
hide_addresses(const char *text)
{
	GString *result = g_string_new(NULL);
	char before = ' ';

	while (*text != '\0') {
		const size_t word = strspn(text, ADDRESS_BYTES);
		const bool is_whole = !g_ascii_isalnum(before) && !g_ascii_isalpha(text[word]);
		const size_t length = word > 0 && is_whole ? address_length(text, word) : 0;
		const size_t shown = length > 0 ? 0 : MAX(word, 1);
		if (length > 0)
			g_string_append(result, HIDDEN);
		g_string_append_len(result, text, (gssize)shown);
		text += length + shown;
		before = text[-1];
	}
	return g_string_free(result, FALSE);
}
