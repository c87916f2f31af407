#include "tlsrpt/uri.h"

#include "util.h"

/* "scheme|userinfo|host|port|path|query|fragment", "-" for what is absent; or the offset and why. */
static char *
split_text(const char *text)
{
	GString *all = g_string_new(NULL);
	const char *why = NULL;
	size_t wrong = 0;
	Uri uri;

	/* In memory of just that size. */
	g_autoptr(GBytes) bytes = bytes_of(text);
	const char *data = g_bytes_get_data(bytes, NULL);
	if (!uri_split(data != NULL ? data : "", strlen(text), &uri, &wrong, &why)) {
		g_string_printf(all, "%zu %s", wrong, why);
		return g_string_free(all, FALSE);
	}
	const UriPart *const parts[] = { &uri.scheme, &uri.userinfo, &uri.host, &uri.port, &uri.path,
		&uri.query, &uri.fragment };
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (i > 0)
			g_string_append_c(all, '|');
		if (parts[i]->present)
			g_string_append_len(all, text + parts[i]->start, (gssize)parts[i]->length);
		else
			g_string_append_c(all, '-');
	}
	return g_string_free(all, FALSE);
}

static void
assert_splits(const char *const (*rows)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *got = split_text(rows[i][0]);
		g_assert_cmpstr(got, ==, rows[i][1]);
	}
}

static void
test_good(void)
{
	static const char *const rows[][2] = {
		{ "mailto:a@b", "mailto|-|-|-|a@b|-|-" },
		{ "mailto:", "mailto|-|-|-||-|-" },
		{ "x:", "x|-|-|-||-|-" },
		{ "a+b-c.9:x", "a+b-c.9|-|-|-|x|-|-" },
		{ "https://h", "https|-|h|-||-|-" },
		{ "https://", "https|-||-||-|-" },
		{ "https://h:", "https|-|h|||-|-" },
		{ "https://h:443/a//b?c?d#e/f?g", "https|-|h|443|/a//b|c?d|e/f?g" },
		{ "https://u:p@h:1/", "https|u:p|h|1|/|-|-" },
		{ "https://@h", "https||h|-||-|-" },
		{ "https://[::1]:1/x", "https|-|[::1]|1|/x|-|-" },
		{ "https://[v1.a:b]/", "https|-|[v1.a:b]|-|/|-|-" },
		{ "https://[::ffff:192.0.2.1]", "https|-|[::ffff:192.0.2.1]|-||-|-" },
		{ "x:/a", "x|-|-|-|/a|-|-" },
		{ "x:?#", "x|-|-|-|||" },
		{ "x:%00%ff%Fa", "x|-|-|-|%00%ff%Fa|-|-" },
		{ "x:!$&'()*+,;=-._~:@", "x|-|-|-|!$&'()*+,;=-._~:@|-|-" },
		/* RFC 3986 section 1.1.2 */
		{ "ftp://ftp.is.co.za/rfc/rfc1808.txt", "ftp|-|ftp.is.co.za|-|/rfc/rfc1808.txt|-|-" },
		{ "ldap://[2001:db8::7]/c=GB?objectClass?one",
			"ldap|-|[2001:db8::7]|-|/c=GB|objectClass?one|-" },
		{ "tel:+1-816-555-1212", "tel|-|-|-|+1-816-555-1212|-|-" },
		{ "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
			"urn|-|-|-|oasis:names:specification:docbook:dtd:xml:4.1.2|-|-" },
	};

	assert_splits(rows, G_N_ELEMENTS(rows));
}

#define NO_SCHEME "0 a URI begins with its scheme, as mailto: or https:"
#define NOT_IN_URI " this cannot be in a URI, but percent-encoded"
#define NOT_IN_HOST " this cannot be in the host of a URI"
#define NO_DIGITS " after \"%\" there are two hexadecimal digits"

static void
test_bad(void)
{
	static const char *const rows[][2] = {
		{ "", NO_SCHEME },
		{ ":", NO_SCHEME },
		{ "mailto", NO_SCHEME },
		{ "tls@example.com", NO_SCHEME },
		{ "1x:a", NO_SCHEME },
		{ "-x:a", NO_SCHEME },
		{ "x_y:a", NO_SCHEME },
		{ "//h", NO_SCHEME },
		{ "x:a b", "3" NOT_IN_URI },
		{ "x:\xc3\xa4", "2" NOT_IN_URI },
		{ "x:\x7f", "2" NOT_IN_URI },
		{ "x:<a>", "2" NOT_IN_URI },
		{ "x:a\\b", "3" NOT_IN_URI },
		{ "x:[a]", "2" NOT_IN_URI },
		{ "x:a#b#c", "5" NOT_IN_URI },
		{ "x:a?b[", "5" NOT_IN_URI },
		{ "x:%", "3" NO_DIGITS },
		{ "x:%4", "4" NO_DIGITS },
		{ "x:%4g", "4" NO_DIGITS },
		{ "x:a?%zz", "5" NO_DIGITS },
		{ "x:a#%", "5" NO_DIGITS },
		{ "x://%1", "6" NO_DIGITS },
		{ "x://u@%1", "8" NO_DIGITS },
		{ "x://h:8a/", "7" NOT_IN_HOST },
		{ "x://a@b@c", "7" NOT_IN_HOST },
		{ "x://a b", "5" NOT_IN_HOST },
		{ "x://[::1", "4 \"[\" without \"]\"" },
		{ "x://[::g]", "5 this is no IPv6 address" },
		{ "x://[v1]", "5 this is no IPv6 address" },
		{ "x://[::1]x", "9" NOT_IN_HOST },
	};

	assert_splits(rows, G_N_ELEMENTS(rows));
}

/* A NUL is a byte like any other that cannot be there. */
static void
test_nul(void)
{
	static const char *const rows[] = { "x:a\0b", "x\0y:ab", "x://\0/", "x://[::1\0]", "x:?a\0" };
	static const size_t offsets[] = { 3, 0, 4, 5, 4 };
	static const size_t lengths[] = { 5, 6, 6, 10, 5 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *why;
		size_t wrong;
		Uri uri;
		g_assert_false(uri_split(rows[i], lengths[i], &uri, &wrong, &why));
		g_assert_cmpuint(wrong, ==, offsets[i]);
	}
}

static void
test_scheme(void)
{
	const char *text = "MailTo:x";
	const char *why;
	size_t wrong;
	Uri uri;

	g_assert_true(uri_split(text, strlen(text), &uri, &wrong, &why));
	g_assert_true(uri_has_scheme(text, &uri, "mailto"));
	g_assert_false(uri_has_scheme(text, &uri, "mail"));
	g_assert_false(uri_has_scheme(text, &uri, "mailtoo"));
}

static void
test_decode(void)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "%41%2c%2C%25", "A,,%" },
		{ "%c3%a4", "\xc3\xa4" },
		{ "a%00b", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const UriPart part = { true, 1, strlen(rows[i][0]) };
		g_autofree char *text = g_strconcat("<", rows[i][0], ">", NULL);
		g_autofree char *decoded = uri_decode(text, &part);
		g_assert_cmpstr(decoded, ==, rows[i][1]);
	}
}

static void
test_encode(void)
{
	g_autofree char *plain = uri_encode("aZ09-._~", "");
	g_autofree char *other = uri_encode("a b,!;@%\xc3", "@");

	g_assert_cmpstr(plain, ==, "aZ09-._~");
	g_assert_cmpstr(other, ==, "a%20b%2C%21%3B@%25%C3");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/uri/good", test_good);
	g_test_add_func("/uri/bad", test_bad);
	g_test_add_func("/uri/nul", test_nul);
	g_test_add_func("/uri/scheme", test_scheme);
	g_test_add_func("/uri/decode", test_decode);
	g_test_add_func("/uri/encode", test_encode);
	return g_test_run();
}
