#include "tlsrpt/sniff.h"

#include <glib.h>
#include <string.h>

#define LINE_MIN 16 /* characters of base64 that are no word of a text */
#define NAME_FIELDS 4 /* sender "!" domain "!" begin "!" end */

static bool
begins_with(const char *bytes, size_t length, const char *text, size_t text_length)
{
	return length >= text_length && memcmp(bytes, text, text_length) == 0;
}

/* Skips white space and byte order marks. */
static void
skip_space(const char **bytes, size_t *length)
{
	for (;;) {
		if (begins_with(*bytes, *length, "\xef\xbb\xbf", 3)) {
			*bytes += 3;
			*length -= 3;
		} else if (*length > 0 && strchr(" \t\r\n", **bytes) != NULL && **bytes != '\0') {
			(*bytes)++;
			(*length)--;
		} else {
			return;
		}
	}
}

/* "{" and a key, or "[" and an object: not a text that begins with a bracket. */
static bool
looks_like_json(const char *bytes, size_t length)
{
	if (length == 0 || (*bytes != '{' && *bytes != '['))
		return false;

	const bool is_object = *bytes++ == '{';
	length--;
	skip_space(&bytes, &length);
	return length > 0 && strchr(is_object ? "\"}" : "{[]", *bytes) != NULL && *bytes != '\0';
}

/* Whether the bytes begin with a field that mail systems put in front of a message. */
static bool
looks_like_message(const char *bytes, size_t length)
{
	static const char *const fields[] = { "Return-Path:", "Received:", "Delivered-To:",
		"X-Original-To:", "DKIM-Signature:", "Authentication-Results:", "ARC-Seal:",
		"MIME-Version:", "Message-ID:", "From:", "From ",
		"Date:", "Subject:", "TLS-Report-Domain:", "TLS-Report-Submitter:", "To:" };

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const size_t size = strlen(fields[i]);
		if (length >= size && g_ascii_strncasecmp(bytes, fields[i], size) == 0)
			return true;
	}
	return false;
}

Sniff
sniff(const char *bytes, size_t length)
{
	if (begins_with(bytes, length, "\x1f\x8b", 2))
		return SNIFF_GZIP;
	if (begins_with(bytes, length, "PK\x03\x04", 4))
		return SNIFF_ZIP;
	skip_space(&bytes, &length);
	if (looks_like_json(bytes, length))
		return SNIFF_JSON;
	if (begins_with(bytes, length, "<?xml", 5) || begins_with(bytes, length, "<feedback", 9))
		return SNIFF_XML;
	return looks_like_message(bytes, length) ? SNIFF_MESSAGE : SNIFF_OTHER;
}

Sniff
sniff_base64(const char *text, size_t length)
{
	char line[SNIFF_BYTES + 1];
	size_t n = 0;

	skip_space(&text, &length);
	while (n < MIN(length, SNIFF_BYTES)
		&& (g_ascii_isalnum(text[n]) || text[n] == '+' || text[n] == '/')) {
		line[n] = text[n];
		n++;
	}
	/* The first line must be nothing but base64, in whole groups of four characters. */
	if (n < LINE_MIN || (n < length && strchr("=\r\n", text[n]) == NULL))
		return SNIFF_OTHER;
	line[n - n % 4] = '\0';
	gsize size;
	g_base64_decode_inplace(line, &size);
	const Sniff found = sniff(line, size);
	/* Any other content would be a guess, since ordinary words are valid base64, too. */
	return found == SNIFF_GZIP || found == SNIFF_JSON || found == SNIFF_ZIP
			|| found == SNIFF_MESSAGE
		? found
		: SNIFF_OTHER;
}

/* Whether a file name has the fields that the RFCs for both TLS and DMARC reports ask for. */
static bool
has_fields(const char *name)
{
	int marks = 0;

	for (; *name != '\0'; name++)
		marks += *name == '!';
	return marks >= NAME_FIELDS - 1;
}

bool
sniff_has_report_name(const char *file_name)
{
	if (file_name == NULL)
		return false;

	g_autofree char *name = g_ascii_strdown(file_name, -1);
	return g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".json.gz")
		|| (has_fields(name) && strstr(name, ".json") != NULL);
}

bool
sniff_has_dmarc_name(const char *file_name)
{
	if (file_name == NULL)
		return false;

	g_autofree char *name = g_ascii_strdown(file_name, -1);
	return g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".xml.gz")
		|| (has_fields(name) && strstr(name, ".xml") != NULL);
}

bool
sniff_has_report_fields(const char *file_name)
{
	return file_name != NULL && has_fields(file_name) && !sniff_has_dmarc_name(file_name);
}

bool
sniff_contains(const char *bytes, size_t length, const char *text)
{
	const size_t size = strlen(text);

	for (; length >= size; bytes++, length--) {
		const char *found = memchr(bytes, *text, length - size + 1);
		if (found == NULL)
			return false;
		length -= (size_t)(found - bytes);
		bytes = found;
		if (g_ascii_strncasecmp(bytes, text, size) == 0)
			return true;
	}
	return false;
}
