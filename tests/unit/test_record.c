#include "tlsrpt/record.h"

#include "tlsrpt/error.h"

#include "util.h"

#define V "v=TLSRPTv1; "
#define GOOD V "rua=mailto:tls@example.net"

/* What was found, as "e17:bad-uri w3:fragment"; caller frees. */
/*
 * Most tables here are about the grammar, and have short names and lists: what is said of those is left
 * out, but where it is what is tested.
 */
static bool leaves_out = true;

static bool
is_left_out(const RecordProblem *problem)
{
	return leaves_out
		&& (strcmp(problem->code, "no-dot") == 0
			|| strcmp(problem->code, "first-only") == 0);
}

static char *
problems_text(const Record *record)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < record->problems->len; i++) {
		const RecordProblem *problem = &g_array_index(record->problems, RecordProblem, i);
		g_assert_true(g_utf8_validate(problem->message, -1, NULL));
		g_assert_null(strchr(problem->message, '\n'));
		if (!is_left_out(problem))
			g_string_append_printf(text, "%s%c%zu:%s", text->len > 0 ? " " : "",
				"nwe"[problem->severity], problem -> column, problem -> code);
	}
	return g_string_free(text, FALSE);
}

static char *
check(RecordKind kind, const char *text, const char *domain)
{
	/* In memory of just that size. */
	g_autoptr(GBytes) bytes = bytes_of(text);
	const char *data = g_bytes_get_data(bytes, NULL);
	g_autoptr(Record) record =
		record_check(kind, data != NULL ? data : "", strlen(text), domain);

	return problems_text(record);
}

typedef struct {
	const char *text, *problems;
} Row;

static void
assert_rows(RecordKind kind, const char *domain, const Row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *got = check(kind, rows[i].text, domain);
		if (strcmp(got, rows[i].problems) != 0)
			g_test_message("in \"%s\"", rows[i].text);
		g_assert_cmpstr(got, ==, rows[i].problems);
	}
}

/* --- RFC 8460 section 3, by hand */

static void
test_version(void)
{
	static const Row rows[] = {
		{ GOOD, "" },
		{ "", "e1:bad-version e1:no-field-needed" },
		{ "v", "e2:bad-version e2:no-field-needed" },
		{ "v=TLSRPTv1", "e11:no-field-needed" },
		{ "v=TLSRPTv1;", "e12:no-field-needed" },
		{ "v=TLSRPTv1 ; ", "w11:blank-before-semicolon e14:no-field-needed" },
		{ "V=TLSRPTv1; rua=mailto:a@b", "e1:bad-version" },
		{ "v=tlsrptv1; rua=mailto:a@b", "e3:bad-version" },
		{ "v=TLSRPTv2; rua=mailto:a@b", "e10:bad-version" },
		{ "v=TLSRPTv12; rua=mailto:a@b", "e11:bad-version" },
		{ "v=TLSRPT; rua=mailto:a@b", "e9:bad-version" },
		{ "v =TLSRPTv1; rua=mailto:a@b", "e2:bad-version" },
		{ "v= TLSRPTv1; rua=mailto:a@b", "e3:bad-version" },
		{ " v=TLSRPTv1; rua=mailto:a@b", "e1:bad-version" },
		{ "\"v=TLSRPTv1; rua=mailto:a@b\"", "e1:bad-version e28:bad-uri" },
		{ "\xef\xbb\xbfv=TLSRPTv1; rua=mailto:a@b", "e1:bad-version" },
		{ "rua=mailto:a@b; v=TLSRPTv1",
			"e1:bad-version n17:unknown-field e27:no-field-needed" },
		{ "v=STSv1; id=1", "e3:bad-version n10:unknown-field e14:no-field-needed" },
		{ "v=TLSRPTv1,rua=mailto:a@b", "e11:bad-version e26:no-field-needed" },
	};

	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
}

static void
test_delimiters(void)
{
	static const Row rows[] = {
		{ "v=TLSRPTv1;rua=mailto:a@b", "" },
		{ "v=TLSRPTv1;rua=mailto:a@b;", "" },
		{ "v=TLSRPTv1; \t rua=mailto:a@b \t; \t", "" },
		{ "v=TLSRPTv1 ;rua=mailto:a@b", "w11:blank-before-semicolon" },
		{ "v=TLSRPTv1 rua=mailto:a@b", "e12:no-semicolon e26:no-field-needed" },
		{ "v=TLSRPTv1;;rua=mailto:a@b", "e12:no-field" },
		{ "v=TLSRPTv1; ;rua=mailto:a@b", "e13:no-field" },
		{ "v=TLSRPTv1;rua=mailto:a@b;;", "e27:no-field" },
		{ "v=TLSRPTv1;rua=mailto:a@b;;;", "e27:no-field e28:no-field" },
		{ "v=TLSRPTv1;rua=mailto:a@b ", "e27:no-semicolon" },
		{ "v=TLSRPTv1;rua=mailto:a@b mailto:c@d", "e27:no-semicolon" },
		{ "v=TLSRPTv1;rua=mailto:a@b x=y;z=", "e27:no-semicolon e33:no-value" },
		{ "v=TLSRPTv1;\nrua=mailto:a@b", "e12:bad-name e27:no-field-needed" },
		{ "v=TLSRPTv1;rua=mailto:a@b\n", "e26:bad-uri" },
		{ "v=TLSRPTv1;rua=mailto:a@b\\; x=y", "e26:bad-uri n29:unknown-field" },
	};

	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
}

static void
test_lists(void)
{
	static const Row rows[] = {
		{ V "rua=mailto:a@b,https://c/d", "" },
		{ V "rua=mailto:a@b \t,\t mailto:c@d", "" },
		{ V "rua=mailto:a@b,mailto:c@d,mailto:e@f", "" },
		{ V "rua=mailto:a@b; rua=https://c/d", "w29:field-again" },
		{ V "rua=mailto:a@b,mailto:a@b", "w28:duplicate-rua" },
		{ V "rua=mailto:a@b; rua=mailto:a@b", "w29:field-again w33:duplicate-rua" },
		{ V "rua=", "e17:no-uri" },
		{ V "rua=;", "e17:no-uri" },
		{ V "rua=,mailto:a@b", "e17:no-uri" },
		{ V "rua=mailto:a@b,", "e28:no-uri" },
		{ V "rua=mailto:a@b,;", "e28:no-uri" },
		{ V "rua=mailto:a@b,,mailto:c@d", "e28:no-uri" },
		{ V "rua= mailto:a@b", "e17:no-uri" },
		{ V "rua =mailto:a@b", "e16:no-equals e28:no-field-needed" },
		{ V "rua:mailto:a@b", "e16:no-equals e27:no-field-needed" },
		{ V "RUA=mailto:a@b", "n13:unknown-field e27:no-field-needed" },
		{ V "ruf=mailto:a@b", "n13:unknown-field e27:no-field-needed" },
	};

	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
}

static void
test_uris(void)
{
	static const Row rows[] = {
		/* "," "!" and ";" are to be encoded, and are not. */
		{ V "rua=mailto:a%2Cb@c", "e24:bad-address" },
		{ V "rua=mailto:a%21b@c", "" },
		{ V "rua=mailto:%22a%2Cb%3B%22@c", "" },
		{ V "rua=https://h/a%2Cb%21c%3Bd", "" },
		{ V "rua=mailto:a!b@c", "e25:not-encoded" },
		{ V "rua=mailto:a@b!10m", "e27:not-encoded" },
		{ V "rua=https://h/a!b?c!d", "e28:not-encoded" },
		{ V "rua=https://h/a;b", "e30:no-equals" },
		{ V "rua=https://h/a,b", "e29:no-scheme" },
		/* RFC 3986 */
		{ V "rua=tls@example.com", "e17:no-scheme" },
		{ V "rua=mailto", "e17:no-scheme" },
		{ V "rua=1:a@b", "e17:no-scheme" },
		{ V "rua=mailto:a@b\xc3\xa4", "e27:bad-uri" },
		{ V "rua=mailto:a%@b", "e26:bad-uri" },
		{ V "rua=mailto:a%2", "e27:bad-uri" },
		{ V "rua=mailto:<a@b>", "e24:bad-uri" },
		{ V "rua=mailto:a@[192.0.2.1]", "e26:bad-uri" },
		{ V "rua=mailto:a@%5B192.0.2.1%5D", "" },
		{ V "rua=https://[::1]/", "" },
		{ V "rua=https://[::g]/", "e26:bad-uri" },
		{ V "rua=https://h:8x/", "e28:bad-uri" },
		{ V "rua=https://h/\x7f", "e27:bad-uri" },
		/* RFC 6068 */
		{ V "rua=MailTo:a@b", "" },
		{ V "rua=mailto:", "e24:bad-address" },
		{ V "rua=mailto:a", "e25:bad-address" },
		{ V "rua=mailto:a%40b", "e29:bad-address" },
		{ V "rua=mailto:@b", "e24:bad-address" },
		{ V "rua=mailto:a@", "e26:bad-address" },
		{ V "rua=mailto:a..b@c", "e24:bad-address" },
		{ V "rua=mailto:.a@c", "e24:bad-address" },
		{ V "rua=mailto:a@b@c", "e24:bad-address" },
		{ V "rua=mailto:a@b..c", "e26:bad-address" },
		{ V "rua=mailto:a@*.c", "e26:bad-address" },
		{ V "rua=mailto://a@b/c", "e31:bad-address" },
		{ V "rua=mailto:a%00@b", "e24:bad-address" },
		{ V "rua=mailto:a%ff@b", "e24:bad-address" },
		{ V "rua=mailto:a@%ff", "e26:bad-address" },
		{ V "rua=mailto:%c3%a4@b", "" },
		{ V "rua=mailto:a@b%c3%bccher.example", "" },
		{ V "rua=mailto:a@b?subject=x", "w27:mailto-fields" },
		{ V "rua=mailto:a@b#x", "w27:fragment" },
		/* https */
		{ V "rua=https://h", "" },
		{ V "rua=HTTPS://h:443/v1?a=b", "" },
		{ V "rua=https:h", "e23:bad-host" },
		{ V "rua=https:/h", "e23:bad-host" },
		{ V "rua=https:///h", "e25:bad-host" },
		{ V "rua=https://u:p@h/", "w25:userinfo" },
		{ V "rua=https://h/#x", "w27:fragment" },
		/* others */
		{ V "rua=http://h/", "w17:unsupported-scheme e17:no-usable-rua" },
		{ V "rua=http://h/,mailto:a@b", "w17:unsupported-scheme" },
		{ V "rua=x:,y:", "w17:unsupported-scheme e17:no-usable-rua w20:unsupported-scheme" },
	};

	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
}

#define N31 "abcdefghijklmnopqrstuvwxyz01234"

static void
test_extensions(void)
{
	static const Row rows[] = {
		{ GOOD "; x=y", "n41:unknown-field" },
		{ V "x=y; rua=mailto:a@b", "n13:unknown-field" },
		{ GOOD ";9_-.=!:<>,~;", "n40:unknown-field" },
		{ GOOD ";" N31 "5=x", "n40:unknown-field" },
		{ GOOD ";" N31 "56=x", "e72:bad-name" },
		{ GOOD ";_x=y", "e40:bad-name" },
		{ GOOD ";=y", "e40:bad-name" },
		{ GOOD ";x", "e41:no-equals" },
		{ GOOD ";x =y", "e41:no-equals" },
		{ GOOD ";x=", "e42:no-value" },
		{ GOOD ";x= y", "e42:no-value" },
		{ GOOD ";x==", "e42:no-value" },
		{ GOOD ";x=y=z", "n40:unknown-field e43:bad-character" },
		{ GOOD ";x=y z", "n40:unknown-field e44:no-semicolon" },
		{ GOOD ";x=\xff", "e42:no-value" },
		{ GOOD ";x=y\x7f;z=1", "n40:unknown-field e43:bad-character n45:unknown-field" },
		{ GOOD ";v=TLSRPTv1", "n40:unknown-field" },
		{ GOOD ";+=1", "e40:bad-name" },
	};

	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
}

/* RFC 8461 section 3.1 */
static void
test_mta_sts(void)
{
	static const Row rows[] = {
		{ "v=STSv1; id=20160831085700Z;", "" },
		{ "v=STSv1;id=1", "" },
		{ "v=STSv1; id=1; x=y", "n16:unknown-field" },
		{ "v=STSv1; x=y; id=1", "n10:unknown-field" },
		{ "v=STSv1; id=" N31 "5", "" },
		{ "v=STSv1; id=" N31 "56", "e45:bad-id" },
		{ "v=STSv1; id=", "e13:bad-id" },
		{ "v=STSv1; id=-", "e13:bad-id" },
		{ "v=STSv1; id=2026-11-24", "e17:bad-character" },
		{ "v=STSv1; id=1;id=2", "w15:field-again" },
		{ "v=STSv1; Id=1", "n10:unknown-field e14:no-field-needed" },
		{ "v=STSv1;", "e9:no-field-needed" },
		{ "v=stsv1; id=1", "e3:bad-version" },
		{ GOOD, "e3:bad-version n13:unknown-field e39:no-field-needed" },
	};

	assert_rows(RECORD_MTA_STS, NULL, rows, G_N_ELEMENTS(rows));
}

static void
test_inside(void)
{
	static const Row rows[] = {
		{ V "rua=mailto:a@example.com", "w17:rua-inside" },
		{ V "rua=mailto:a@EXAMPLE.Com", "w17:rua-inside" },
		{ V "rua=mailto:a@tls.example.com", "w17:rua-inside" },
		{ V "rua=mailto:a@badexample.com", "" },
		{ V "rua=mailto:a@com", "" },
		{ V "rua=mailto:a@example.com.example.net", "" },
		{ V "rua=https://example.com/", "" },
		{ V "rua=mailto:a@example.com,mailto:a@example.net", "n17:rua-inside" },
		{ V "rua=https://example.com/,mailto:a@example.com", "n38:rua-inside" },
		{ V "rua=mailto:a@example.com,ftp://example.net/",
			"w17:rua-inside w38:unsupported-scheme" },
		{ V "rua=mailto:a@example.com,mailto:b@example.com",
			"w17:rua-inside w38:rua-inside" },
		{ V "rua=mailto:a@%5B192.0.2.1%5D", "" },
	};

	assert_rows(RECORD_TLSRPT, "example.com", rows, G_N_ELEMENTS(rows));
}

static void
test_rua(void)
{
	static const char text[] = V "rua=MAILTO:a@B\xc3\xbc" "cher.Example , https://h%2e.example:1/x, "
				     "mailto:a@%5B::1%5D; rua=mailto:b@B%C3%BCcher.Example";
	g_autoptr(Record) record = record_check(RECORD_TLSRPT, text, strlen(text), NULL);
	static const struct {
		size_t column;
		const char *scheme, *domain;
	} rows[] = {
		{ 44, "https", NULL },
		{ 70, "mailto", NULL },
		{ 94, "mailto", "xn--bcher-kva.example" },
	};

	/* The first is no URI. */
	g_assert_cmpuint(record->rua->len, ==, G_N_ELEMENTS(rows));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const RecordRua *rua = &g_array_index(record->rua, RecordRua, i);
		g_assert_cmpuint(rua->column, ==, rows[i].column);
		g_assert_cmpstr(rua->scheme, ==, rows[i].scheme);
		g_assert_cmpstr(rua->domain, ==, rows[i].domain);
		g_assert_true(g_str_has_prefix(text + rua->column - 1, rua->uri));
	}
}

/* --- the same by a regular expression, for every text that is one byte from a sound record */

/* Possessive, as no byte that ends a part can be in it: else this takes minutes. */
#define PCT "%[0-9A-Fa-f]{2}"
#define PCHARS "(?:[A-Za-z0-9._~$&'()*+=:@-]++|" PCT ")"
#define QUERY "(?:[A-Za-z0-9._~$&'()*+=:@/?-]++|" PCT ")*+"
#define ABNF \
	"(?(DEFINE)" \
	"(?<delim>[ \\t]*+;[ \\t]*+)" \
	"(?<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,31}+)" \
	"(?<value>[\\x21-\\x3a\\x3c\\x3e-\\x7e]++)" \
	"(?<reg>(?:[A-Za-z0-9._~$&'()*+=-]++|" PCT ")*+)" \
	"(?<userinfo>(?:[A-Za-z0-9._~$&'()*+=:-]++|" PCT ")*+)" \
	"(?<authority>(?:(?&userinfo)@)?+(?&reg)(?::[0-9]*+)?+)" \
	"(?<hier>//(?&authority)(?:/" PCHARS "*+)*+|/(?!/)(?:" PCHARS "|/)*+" \
	"|(?!/)(?:" PCHARS "|/)*+)" \
	"(?<uri>[A-Za-z][A-Za-z0-9+.-]*+:(?&hier)(?:\\?" QUERY ")?+(?:#" QUERY ")?+)" \
	"(?<rua>rua=(?&uri)(?:[ \\t]*+,[ \\t]*+(?&uri))*+)" \
	"(?<id>id=[A-Za-z0-9]{1,32}+))"
#define TLSRPT_ABNF \
	ABNF "\\Av=TLSRPTv1(?:(?&delim)(?:(?&rua)|(?!rua=)(?&name)=(?&value)))++(?&delim)?+\\z"
#define STS_ABNF \
	ABNF "\\Av=STSv1(?:(?&delim)(?:(?&id)|(?!id=)(?&name)=(?&value)))++(?&delim)?+\\z"

typedef struct {
	RecordKind kind;
	GRegex *abnf, *needed;
	size_t good, bad;
} Abnf;

static bool
matches(const GRegex *abnf, const char *data, size_t length, bool partly)
{
	g_autoptr(GMatchInfo) info = NULL;
	g_autoptr(GError) error = NULL;
	const bool whole = g_regex_match_full(abnf, data, (gssize)length, 0,
		partly ? G_REGEX_MATCH_PARTIAL_HARD : 0, &info, &error);

	g_assert_no_error(error);
	return whole || (partly && g_match_info_is_partial_match(info));
}

/*
 * The first byte, from 1, after which no text can be a record; one more than there are if none.  So
 * many at the start are known to be good.
 */
static size_t
wrong_column(const GRegex *abnf, const char *data, size_t length, size_t good)
{
	size_t bad = length + 1;

	for (size_t step = 1; bad - good > 1; step *= 2) {
		const size_t middle = MIN(good + step, good + (bad - good + 1) / 2);
		if (matches(abnf, data, middle, true))
			good = middle;
		else
			bad = middle;
	}
	return bad;
}

/* What is not the ABNF's, but RFC 6068's and RFC 7230's, or makes a record of no use. */
static bool
is_of_abnf(const RecordProblem *problem)
{
	static const char *const others[] = { "bad-address", "bad-host", "no-usable-rua" };

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		if (strcmp(problem->code, others[i]) == 0)
			return false;
	}
	return problem->severity == RECORD_ERROR;
}

static const RecordProblem *
first_error(const Record *record)
{
	for (size_t i = 0; i < record->problems->len; i++) {
		const RecordProblem *problem = &g_array_index(record->problems, RecordProblem, i);
		if (is_of_abnf(problem))
			return problem;
	}
	return NULL;
}

/* Where a URI begins is shown for what could still become a scheme, or a user name before a host. */
static bool
may_be_before(const RecordProblem *error, const char *data)
{
	return strcmp(error->code, "no-scheme") == 0
		|| (strcmp(error->code, "bad-uri") == 0 && strstr(data, "//") != NULL);
}

static void
assert_as_abnf(Abnf *abnf, const char *data, size_t length, size_t good)
{
	g_autofree char *exact = g_memdup2(data, length);
	g_autoptr(Record) record =
		record_check(abnf->kind, length > 0 ? exact : "", length, "example.net");
	const RecordProblem *error = first_error(record);
	const bool is_abnf = matches(abnf->abnf, data, length, false);

	if (is_abnf && matches(abnf->needed, data, length, false)) {
		if (error != NULL)
			g_test_message("%s: %s", data, error->code);
		g_assert_null(error);
		abnf->good++;
		return;
	}
	abnf->bad++;
	if (error == NULL)
		g_test_message("accepted: %s", data);
	g_assert_nonnull(error);
	const size_t column = is_abnf ? length + 1 : wrong_column(abnf->abnf, data, length, good);
	if (may_be_before(error, data) && error->column < column)
		return;
	if (error->column != column)
		g_test_message("%s: %s", data, error->code);
	g_assert_cmpuint(error->column, ==, column);
}

/* Each byte taken away, each byte in its place or before it, and each end cut off. */
static void
assert_mutations(Abnf *abnf, const char *text)
{
	const size_t length = strlen(text);
	g_autofree char *copy = g_malloc(length + 2);

	assert_as_abnf(abnf, text, length, length);
	for (size_t at = 0; at <= length; at++) {
		memcpy(copy, text, length + 1);
		copy[at] = '\0';
		assert_as_abnf(abnf, copy, at, at);
		if (at < length) {
			memmove(copy + at, text + at + 1, length - at);
			assert_as_abnf(abnf, copy, length - 1, at);
		}
		for (int byte = 0; byte < 256; byte++) {
			memcpy(copy, text, at);
			copy[at] = (char)byte;
			if (at < length) {
				memcpy(copy + at + 1, text + at + 1, length - at);
				assert_as_abnf(abnf, copy, length, at);
			}
			memcpy(copy + at + 1, text + at, length + 1 - at);
			assert_as_abnf(abnf, copy, length + 1, at);
		}
	}
}

static GRegex *
regex(const char *pattern)
{
	g_autoptr(GError) error = NULL;
	GRegex *compiled = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &error);

	g_assert_no_error(error);
	return compiled;
}

static void
assert_all_mutations(RecordKind kind, const char *pattern, const char *needed,
	const char *const *texts)
{
	Abnf abnf = { kind, regex(pattern), regex(needed), 0, 0 };

	for (; *texts != NULL; texts++)
		assert_mutations(&abnf, *texts);
	g_test_message("%zu texts are as the ABNF has it, %zu are not", abnf.good, abnf.bad);
	g_assert_cmpuint(abnf.good, >, 500);
	g_assert_cmpuint(abnf.bad, >, 5000);
	g_regex_unref(abnf.abnf);
	g_regex_unref(abnf.needed);
}

static void
test_mutations(void)
{
	static const char *const tlsrpt[] = {
		"v=TLSRPTv1;rua=mailto:a@b.c",
		"v=TLSRPTv1; rua=mailto:t%21s@example.net , https://h/?a#b",
		"v=TLSRPTv1 \t; x.1=y\t; rua=https://u@h:1/a%2Cb;",
		NULL,
	};
	static const char *const mta_sts[] = {
		"v=STSv1; id=20160831085700Z;",
		"v=STSv1;x=!; id=abcdefghijklmnopqrstuvwxyz012345",
		NULL,
	};

	assert_all_mutations(RECORD_TLSRPT, TLSRPT_ABNF, ";[ \\t]*rua=", tlsrpt);
	assert_all_mutations(RECORD_MTA_STS, STS_ABNF, ";[ \\t]*id=", mta_sts);
}

/* --- several records */

typedef struct {
	RecordKind kind;
	const char *texts[4];
	const char *problems; /* of each record, "|" between; "-" before those of a discarded one */
} SetRow;

static char *
check_set(const SetRow *row)
{
	g_autoptr(GPtrArray) texts =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	GString *all = g_string_new(NULL);

	for (size_t i = 0; row->texts[i] != NULL; i++)
		g_ptr_array_add(texts, bytes_of(row->texts[i]));
	g_autoptr(GPtrArray) records = record_check_set(row->kind, texts, NULL);
	g_assert_cmpuint(records->len, ==, texts->len);
	for (size_t i = 0; i < records->len; i++) {
		const Record *record = g_ptr_array_index(records, i);
		g_autofree char *problems = problems_text(record);
		g_string_append_printf(all, "%s%s%s", i > 0 ? "|" : "",
			record->discarded ? "-" : "", problems);
	}
	return g_string_free(all, FALSE);
}

static void
test_sets(void)
{
	static const SetRow rows[] = {
		{ RECORD_TLSRPT, { NULL }, "" },
		{ RECORD_TLSRPT, { GOOD }, "" },
		{ RECORD_TLSRPT, { "v=spf1", GOOD }, "-n0:discarded|" },
		{ RECORD_TLSRPT, { "", GOOD, "\xff" }, "-n0:discarded||-n0:discarded" },
		{ RECORD_TLSRPT, { GOOD, GOOD }, "e0:several-records|e0:several-records" },
		{ RECORD_TLSRPT, { "v=TLSRPTv1;", GOOD },
			"e0:several-records e12:no-field-needed|e0:several-records" },
		/* What does not begin with the version and ";" does not count. */
		{ RECORD_TLSRPT, { "v=TLSRPTv1 ;rua=mailto:a@b", GOOD }, "-n0:discarded|" },
		{ RECORD_TLSRPT, { "v=TLSRPTv2; rua=mailto:a@b", GOOD }, "-n0:discarded|" },
		/* But one alone is taken as the ABNF has it. */
		{ RECORD_TLSRPT, { "v=TLSRPTv1 ;rua=mailto:a@b" }, "w11:blank-before-semicolon" },
		{ RECORD_TLSRPT, { "v=TLSRPTv1 ;rua=mailto:a@b", "v=spf1" },
			"e0:no-record w11:blank-before-semicolon|-n0:discarded" },
		{ RECORD_TLSRPT, { "v=spf1" }, "-n0:discarded" },
		{ RECORD_TLSRPT, { "" }, "-n0:discarded" },
		{ RECORD_TLSRPT, { "v=tlsrptv1; rua=mailto:a@b" }, "e3:bad-version" },
		{ RECORD_MTA_STS, { "v=STSv1; id=1", GOOD }, "|-n0:discarded" },
		{ RECORD_MTA_STS, { "v=STSv1; id=1", "v=STSv1; id=2" },
			"e0:several-records|e0:several-records" },
		{ RECORD_MTA_STS, { "v=spf1" }, "-n0:discarded" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = check_set(&rows[i]);
		g_assert_cmpstr(got, ==, rows[i].problems);
	}
}

/* --- what is published */

static void
test_generate(void)
{
	static const struct {
		const char *rua[4], *text;
	} rows[] = {
		{ { "tls@example.com" }, "v=TLSRPTv1; rua=mailto:tls@example.com" },
		{ { "mailto:tls@example.com" }, "v=TLSRPTv1; rua=mailto:tls@example.com" },
		{ { "a@b", "https://h/x", "mailto:c@d" },
			"v=TLSRPTv1; rua=mailto:a@b,https://h/x,mailto:c@d" },
		{ { "a!b@c" }, "v=TLSRPTv1; rua=mailto:a%21b@c" },
		{ { "mailto:a!b@c" }, "v=TLSRPTv1; rua=mailto:a%21b@c" },
		{ { "\"a,b;c d\"@e" }, "v=TLSRPTv1; rua=mailto:%22a%2Cb%3Bc%20d%22@e" },
		{ { "\"x:y@z\"@e" }, "v=TLSRPTv1; rua=mailto:%22x:y%40z%22@e" },
		{ { "50%=/?#&@e" }, "v=TLSRPTv1; rua=mailto:50%25%3D%2F%3F%23%26@e" },
		{ { "tls+x@e" }, "v=TLSRPTv1; rua=mailto:tls+x@e" },
		{ { "tls@B\xc3\xbc" "cher.Example." },
			"v=TLSRPTv1; rua=mailto:tls@xn--bcher-kva.example" },
		{ { "\xc3\xa4@e" }, "v=TLSRPTv1; rua=mailto:%C3%A4@e" },
		{ { "a@[192.0.2.1]" }, "v=TLSRPTv1; rua=mailto:a@%5B192.0.2.1%5D" },
		{ { "https://h/a,b;c!d%2C" }, "v=TLSRPTv1; rua=https://h/a%2Cb%3Bc%21d%2C" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = record_generate(rows[i].rua, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(text, ==, rows[i].text);
		g_autofree char *problems = check(RECORD_TLSRPT, text, NULL);
		g_assert_cmpstr(problems, ==, "");
	}
}

static void
assert_refused(const char *rua, const char *message)
{
	const char *const list[] = { "tls@example.com", rua, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_null(record_generate(list, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, message));
}

static void
test_refused(void)
{
	assert_refused("", "\"@\" is missing");
	assert_refused("example.com", "\"@\" is missing");
	assert_refused("a b@c", "what is before \"@\"");
	assert_refused("a,b@c", "what is before \"@\"");
	assert_refused("a@b@c", "what is before \"@\"");
	assert_refused("\xff@c", "what is before \"@\"");
	assert_refused("a@b c", "what is after \"@\"");
	assert_refused("a@\xff", "what is after \"@\"");
	assert_refused("a@", "what is after \"@\"");
	assert_refused("mailto:a@b,mailto:c@d", "what is before \"@\"");
	assert_refused("mailto:a", "\"@\" is missing");
	assert_refused("https://a b", "at character 10: this cannot be in the host");
	assert_refused("https://h/\"", "at character 11: this cannot be in a URI");
	assert_refused("https:h", "\"//\" and a host");
	assert_refused("http://h/", "mailto: and https: only");

	g_autofree char *name = g_strnfill(65400, 'a');
	g_autofree char *uri = g_strconcat("https://h/", name, NULL);
	assert_refused(uri, "more than a TXT record can have");
}

static void
test_zone_line(void)
{
	static const char binary[] = "a\"b\\c\t\0\xff;d";
	g_autofree char *line = record_zone_line("x.", binary, sizeof(binary) - 1);
	g_autofree char *empty = record_zone_line("_smtp._tls", "", 0);
	g_autofree char *fill = g_strnfill(511, 'a');
	g_autofree char *first = g_strnfill(255, 'a');

	g_assert_cmpstr(line, ==, "x. IN TXT \"a\\\"b\\\\c\\009\\000\\255;d\"");
	g_assert_cmpstr(empty, ==, "_smtp._tls IN TXT \"\"");
	g_autofree char *one = record_zone_line("x.", fill, 255);
	g_autofree char *one_wanted = g_strdup_printf("x. IN TXT \"%s\"", first);
	g_assert_cmpstr(one, ==, one_wanted);
	g_autofree char *three = record_zone_line("x.", fill, 511);
	g_autofree char *three_wanted =
		g_strdup_printf("x. IN TXT \"%s\" \"%s\" \"a\"", first, first);
	g_assert_cmpstr(three, ==, three_wanted);
}

static void
test_domain(void)
{
	static const char *const rows[][2] = {
		{ "example.com", "example.com" },
		{ "Example.COM.", "example.com" },
		{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
		{ "localhost", "localhost" },
		{ "_x.example", "_x.example" },
		{ "", NULL },
		{ ".", NULL },
		{ "a..b", NULL },
		{ ".a", NULL },
		{ "*.example.com", NULL },
		{ "a b", NULL },
		{ "a/b", NULL },
		{ "\xff", NULL },
		{ "v=TLSRPTv1", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *domain = record_domain(rows[i][0], &error);
		g_assert_cmpstr(domain, ==, rows[i][1]);
		if (domain == NULL)
			g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
	}
}

/* Labels of 63, and names of 253 with the label before. */
static void
test_domain_limits(void)
{
	g_autofree char *label = g_strnfill(63, 'a');
	g_autofree char *over = g_strnfill(64, 'a');
	g_autofree char *name = g_strjoin(".", label, label, label, label + 13, NULL);
	g_autofree char *long_name = g_strjoin(".", label, label, label, label + 12, NULL);
	g_autofree char *domain = record_domain(label, NULL);
	g_autofree char *whole = record_domain(name, NULL);

	g_assert_cmpstr(domain, ==, label);
	g_assert_null(record_domain(over, NULL));
	g_assert_cmpstr(whole, ==, name);
	g_assert_null(record_domain(long_name, NULL));
	g_autofree char *full = record_name(RECORD_TLSRPT, whole);
	g_assert_cmpuint(strlen(full), ==, 253);
}

static void
test_name(void)
{
	g_autofree char *tlsrpt = record_name(RECORD_TLSRPT, "example.com");
	g_autofree char *mta_sts = record_name(RECORD_MTA_STS, "example.com");
	g_autofree char *relative = record_name(RECORD_TLSRPT, NULL);

	g_assert_cmpstr(tlsrpt, ==, "_smtp._tls.example.com");
	g_assert_cmpstr(mta_sts, ==, "_mta-sts.example.com");
	g_assert_cmpstr(relative, ==, "_smtp._tls");
}

/* Names to which some senders cannot send, and what becomes of a second address. */
static void
test_hosts(void)
{
	static const Row rows[] = {
		{ V "rua=mailto:a@b.test", "" },
		{ V "rua=mailto:a@b.test.", "w32:final-dot" },
		{ V "rua=mailto:a@localhost", "w26:no-dot" },
		{ V "rua=mailto:a@localhost.", "w26:no-dot w35:final-dot" },
		{ V "rua=mailto:a@b_c.test", "w26:underscore" },
		{ V "rua=mailto:a@_b.test", "w26:underscore" },
		{ V "rua=mailto:a_b@c.test", "" },
		{ V "rua=mailto:a@[192.0.2.1]", "e26:bad-uri" },
		{ V "rua=https://mail/tls", "w25:no-dot" },
		{ V "rua=https://b.test./tls", "w31:final-dot" },
		{ V "rua=https://b_c.test/tls_rpt", "w25:underscore" },
		{ V "rua=https://[2001:db8::1]/tls", "" },
		{ V "rua=mailto:a@b.test,mailto:c@d.test", "n33:first-only" },
		{ V "rua=mailto:a@b.test,https://d.test/", "n33:first-only" },
		{ V "rua=mailto:a@b.test,mailto:c@d,mailto:e@f.test", "n33:first-only w42:no-dot" },
	};

	leaves_out = false;
	assert_rows(RECORD_TLSRPT, NULL, rows, G_N_ELEMENTS(rows));
	leaves_out = true;
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/version", test_version);
	g_test_add_func("/record/delimiters", test_delimiters);
	g_test_add_func("/record/lists", test_lists);
	g_test_add_func("/record/uris", test_uris);
	g_test_add_func("/record/extensions", test_extensions);
	g_test_add_func("/record/mta-sts", test_mta_sts);
	g_test_add_func("/record/inside", test_inside);
	g_test_add_func("/record/rua", test_rua);
	g_test_add_func("/record/mutations", test_mutations);
	g_test_add_func("/record/sets", test_sets);
	g_test_add_func("/record/generate", test_generate);
	g_test_add_func("/record/refused", test_refused);
	g_test_add_func("/record/zone-line", test_zone_line);
	g_test_add_func("/record/domain", test_domain);
	g_test_add_func("/record/domain-limits", test_domain_limits);
	g_test_add_func("/record/name", test_name);
	g_test_add_func("/record/hosts", test_hosts);
	return g_test_run();
}
