#include "tlsrpt/mime.h"

#include "tlsrpt/error.h"

#include "util.h"

#define HEADER "From: a@b.example\nMIME-Version: 1.0\n"
#define MULTIPART(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\n\n"

/* A part on its own lines, between the boundaries "x". */
#define PART(header, body) "--x\n" header "\n" body "\n"
#define IN_MULTIPART(parts) HEADER MULTIPART("x") parts "--x--\n"

#define GZIP_BASE64 "Content-Transfer-Encoding: base64\n"
#define GZIP_BODY "H4sBAg==" /* 1f 8b 01 02 */
#define GZIP_TEXT "\\037\\213\\001\\002"

static char *
with_crlf(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	return g_strjoinv("\r\n", lines);
}

static Mail *
parse_with(const char *text, const Limits *limits, GError **error)
{
	g_autoptr(GBytes) whole = bytes_of(text);
	g_autoptr(GBytes) bytes = bytes_cut(whole, strlen(text));

	return mime_parse(bytes, limits, error);
}

static Mail *
parse(const char *text)
{
	const Limits limits = default_limits();
	g_autoptr(GError) error = NULL;
	Mail *mail = parse_with(text, &limits, &error);

	g_assert_no_error(error);
	g_assert_nonnull(mail);
	return mail;
}

/* The bytes of a part as text without control characters; caller frees. */
static char *
content_text(const MailPart *part)
{
	gsize size;
	const char *data = g_bytes_get_data(part->content, &size);
	g_autofree char *copy = g_strndup(size > 0 ? data : "", size);

	return g_strescape(copy, NULL);
}

/* "number claim label type name content", a line each; '+' marks a type of the standard. */
static char *
parts_text(const Mail *mail)
{
	static const char *const claims[] = { "bytes", "name", "labelled" };
	static const char *const labels[] = { "neither", "gzip", "json" };
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < mail->parts->len; i++) {
		const MailPart *part = g_ptr_array_index(mail->parts, i);
		g_autofree char *content = content_text(part);
		g_string_append_printf(text, "%s%s %s%s %s %s %s %s", i > 0 ? "\n" : "",
			part->number, claims[part->claim], part->standard_type ? "+" : "",
			labels[part->label], part->media_type,
			part->file_name != NULL ? part->file_name : "-", content);
	}
	return g_string_free(text, FALSE);
}

/* The parts are the same with either kind of line end. */
static void
assert_parts(const char *text, const char *expected)
{
	g_autofree char *crlf = with_crlf(text);
	g_autoptr(Mail) mail = parse(text);
	g_autoptr(Mail) crlf_mail = parse(crlf);
	g_autofree char *parts = parts_text(mail);
	g_autofree char *crlf_parts = parts_text(crlf_mail);

	g_test_message("%s", text);
	g_assert_cmpstr(parts, ==, expected);
	g_assert_cmpstr(crlf_parts, ==, expected);
}

typedef struct {
	const char *header, *parts;
} TypeRow;

/* Which parts are claimed by their type or name, and how surely. The content is "{}". */
static void
test_types(void)
{
	static const TypeRow rows[] = {
		{ "application/tlsrpt+gzip", "1 labelled+ gzip application/tlsrpt+gzip - {}" },
		{ "application/tlsrpt+json", "1 labelled+ json application/tlsrpt+json - {}" },
		{ "Application/TLSRPT+Gzip", "1 labelled+ gzip application/tlsrpt+gzip - {}" },
		{ "application/tlsrpt", "1 labelled neither application/tlsrpt - {}" },
		{ "application/tlsrpt+xml", "1 labelled neither application/tlsrpt+xml - {}" },
		{ "application/gzip", "1 bytes gzip application/gzip - {}" },
		{ "application/x-gzip", "1 bytes gzip application/x-gzip - {}" },
		{ "application/json", "1 bytes json application/json - {}" },
		{ "application/octet-stream", "1 bytes neither application/octet-stream - {}" },
		{ "application/octet-stream; name=\"r.JSON\"",
			"1 name neither application/octet-stream r.JSON {}" },
		{ "application/gzip; name=r.json.gz", "1 name gzip application/gzip r.json.gz {}" },
		{ "application/vnd.x+json; name=r.json",
			"1 name json application/vnd.x+json r.json {}" },
		{ "text/plain; name=r.json", "1 name neither text/plain r.json {}" },
		{ "application/tlsrptx", "1 bytes neither application/tlsrptx - {}" },
		{ "application/xtlsrpt+gzip", "1 bytes neither application/xtlsrpt+gzip - {}" },
		{ "text/plain", "1 bytes neither text/plain - {}" },
		{ "text/html; name=json.html", "1 bytes neither text/html json.html {}" },
		{ "application/zip; name=r.json.zip",
			"1 bytes neither application/zip r.json.zip {}" },
		{ "image/png", "1 bytes neither image/png - {}" },
		{ "message/delivery-status", "1 bytes neither message/delivery-status - {}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			HEADER MULTIPART("x") "--x\nContent-Type: %s\n\n{}\n--x--\n",
			rows[i].header);
		assert_parts(text, rows[i].parts);
	}
}

/* What a part of a general type has to begin with. */
static void
test_bytes(void)
{
	static const struct {
		const char *type, *body, *content;
	} rows[] = {
		{ "application/octet-stream", "[{}]", "[{}]" },
		{ "text/plain", "[1]", NULL },
		{ "text/plain", "[Offer] {}", NULL },
		{ "text/plain", "{curly}", NULL },
		{ "application/octet-stream", " \n{}", " \\n{}" },
		{ "application/octet-stream", "text", NULL },
		{ "application/octet-stream", "", NULL },
		{ "application/json", "true", NULL },
		{ "application/x-gzip", "PK", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			HEADER MULTIPART("x") "--x\nContent-Type: %s\n\n%s\n--x--\n", rows[i].type,
			rows[i].body);
		g_autoptr(Mail) mail = parse(text);
		g_test_message("%s", text);
		g_assert_cmpuint(mail->parts->len, ==, rows[i].content != NULL);
		if (rows[i].content == NULL)
			continue;
		const MailPart *part = g_ptr_array_index(mail->parts, 0);
		g_autofree char *content = content_text(part);
		g_assert_cmpstr(content, ==, rows[i].content);
	}
}

static void
test_encodings(void)
{
	assert_parts(IN_MULTIPART(PART(
			     "Content-Type: application/tlsrpt+gzip\n" GZIP_BASE64, GZIP_BODY)),
		"1 labelled+ gzip application/tlsrpt+gzip - " GZIP_TEXT);
	assert_parts(IN_MULTIPART(PART("Content-Type: application/octet-stream\n" GZIP_BASE64,
			     "H4s\nBAg\n==\n")),
		"1 bytes neither application/octet-stream - " GZIP_TEXT);
	assert_parts(IN_MULTIPART(PART("Content-Type: application/tlsrpt+json\n"
				       "Content-Transfer-Encoding: quoted-printable\n",
			     "{=22a=22:=\n1}")),
		"1 labelled+ json application/tlsrpt+json - {\\\"a\\\":1}");
	assert_parts(IN_MULTIPART(PART("Content-Type: application/tlsrpt+json\n"
				       "Content-Transfer-Encoding: 8bit\n",
			     "[\xc3\xa9]")),
		"1 labelled+ json application/tlsrpt+json - [\\303\\251]");
	assert_parts(IN_MULTIPART(PART("Content-Type: application/tlsrpt+gzip\n"
				       "Content-Transfer-Encoding: BASE64\n",
			     "")),
		"1 labelled+ gzip application/tlsrpt+gzip - ");
	assert_parts(IN_MULTIPART(PART("Content-Type: application/tlsrpt+gzip\n"
				       "Content-Transfer-Encoding: unheard-of\n",
			     "[]")),
		"1 labelled+ gzip application/tlsrpt+gzip - []");
}

/* Every byte there is comes through base64. */
static void
test_binary(void)
{
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	g_autofree char *body = g_base64_encode(bytes, sizeof(bytes));
	g_autofree char *text = g_strdup_printf(
		HEADER "Content-Type: application/tlsrpt+gzip\n" GZIP_BASE64 "\n%s\n", body);
	g_autoptr(Mail) mail = parse(text);
	g_assert_cmpuint(mail->parts->len, ==, 1);
	const MailPart *part = g_ptr_array_index(mail->parts, 0);
	g_assert_cmpmem(g_bytes_get_data(part->content, NULL), g_bytes_get_size(part->content),
		bytes, sizeof(bytes));
}

static void
test_file_names(void)
{
	static const struct {
		const char *header, *name;
	} rows[] = {
		{ "Content-Disposition: attachment; filename=\"a!b!1!2.json.gz\"",
			"a!b!1!2.json.gz" },
		{ "Content-Disposition: attachment; filename=a!b!1!2.json.gz", "a!b!1!2.json.gz" },
		{ "Content-Disposition: inline; filename=\" a \"", "a" },
		{ "Content-Type: application/tlsrpt+gzip; name=\"n.gz\"", "n.gz" },
		{ "Content-Type: application/tlsrpt+gzip; name=n.gz\n"
		  "Content-Disposition: attachment; filename=f.gz",
			"f.gz" },
		/* RFC 2231, in one piece and in several. */
		{ "Content-Disposition: attachment; filename*=us-ascii''a%21b.json.gz",
			"a!b.json.gz" },
		{ "Content-Disposition: attachment; filename*=utf-8''%C3%A9.json",
			"\xc3\xa9.json" },
		{ "Content-Disposition: attachment;\n filename*0*=us-ascii''a%21b%21;\n"
		  " filename*1=\"c.json\";\n filename*2=\".gz\"",
			"a!b!c.json.gz" },
		/* RFC 2047 inside quotes, which is against it. */
		{ "Content-Disposition: attachment; filename=\"=?utf-8?Q?a!b=2Ejson.gz?=\"",
			"a!b.json.gz" },
		{ "Content-Disposition: attachment; filename=\"=?utf-8?B?YSFiLmpzb24uZ3o=?=\"",
			"a!b.json.gz" },
		{ "Content-Disposition: attachment; filename=\"a\tb\"", "a b" },
		{ "Content-Disposition: attachment; filename=\"\"", NULL },
		{ "Content-Disposition: attachment", NULL },
		{ "X-Nothing: x", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const bool has_type = strstr(rows[i].header, "Content-Type") != NULL;
		g_autofree char *text = g_strdup_printf(HEADER "%s%s\n\n{}",
			has_type ? "" : "Content-Type: application/tlsrpt+gzip\n", rows[i].header);
		g_autoptr(Mail) mail = parse(text);
		g_test_message("%s", rows[i].header);
		g_assert_cmpuint(mail->parts->len, ==, 1);
		const MailPart *part = g_ptr_array_index(mail->parts, 0);
		g_assert_cmpstr(part->file_name, ==, rows[i].name);
	}
}

#define LABELLED "Content-Type: application/tlsrpt+json\n"
#define LINE(number, content) number " labelled+ json application/tlsrpt+json - " content

static void
test_numbers(void)
{
	/* In the order of the message, whatever stands between them. */
	assert_parts(IN_MULTIPART(PART("Content-Type: text/plain\n", "text") PART(LABELLED, "{}")
				     PART(LABELLED, "[]")),
		LINE("2", "{}") "\n" LINE("3", "[]"));
	/* Nested. */
	assert_parts(IN_MULTIPART(PART("Content-Type: text/plain\n", "text") PART(MULTIPART("y"),
			     "--y\n\ntext\n--y\n" LABELLED "\n{}\n--y--") PART(LABELLED, "[]")),
		LINE("2.2", "{}") "\n" LINE("3", "[]"));
	/* A multipart inside a message lends its numbers to that. */
	assert_parts(IN_MULTIPART(PART("Content-Type: text/plain\n", "text") PART(
			     "Content-Type: message/rfc822\n",
			     HEADER MULTIPART("y") "--y\n\ntext\n--y\n" LABELLED "\n{}\n--y--")),
		LINE("2.2", "{}"));
}

static void
test_whole_message(void)
{
	g_autoptr(Mail) mail = parse(
		HEADER "Content-Type: application/tlsrpt+gzip\n" GZIP_BASE64 "\n" GZIP_BODY "\n");

	g_assert_cmpuint(mail->parts->len, ==, 1);
	const MailPart *part = g_ptr_array_index(mail->parts, 0);
	g_assert_cmpint(part->claim, ==, PART_LABELLED);
	g_assert_cmpmem(g_bytes_get_data(part->content, NULL), g_bytes_get_size(part->content),
		"\x1f\x8b\x01\x02", 4);
	g_assert_false(mail->is_report);
}

static void
test_nested_message(void)
{
	g_autoptr(Mail) mail = parse("From: outer@a.example\nSubject: outer\n" MULTIPART(
		"x") "--x\nContent-Type: message/rfc822\n\n"
		     "From: inner@b.example\nSubject: inner\n"
		     "TLS-Report-Domain: b.example\n" LABELLED "\n{}\n--x--\n");

	g_assert_cmpuint(mail->parts->len, ==, 1);
	g_assert_true(((const MailPart *)g_ptr_array_index(mail->parts, 0))->enclosed);
	/* What an enclosed message says of itself is not what this one says. */
	g_assert_cmpstr(mail->from, ==, "outer@a.example");
	g_assert_cmpstr(mail->subject, ==, "outer");
	g_assert_null(mail->report_domain);
}

/* Only what is in an enclosed message, not what stands before or after it. */
static void
test_enclosed(void)
{
	g_autoptr(Mail)
		mail = parse(IN_MULTIPART(PART(LABELLED, "1") PART("Content-Type: message/rfc822\n",
			MULTIPART("y") "--y\n" LABELLED "\n2\n--y--") PART(LABELLED, "3")));

	g_assert_cmpuint(mail->parts->len, ==, 3);
	for (size_t i = 0; i < 3; i++) {
		const MailPart *part = g_ptr_array_index(mail->parts, i);
		g_assert_cmpint(part->enclosed, ==, i == 1);
	}
}

/* What mail systems wrote on the way, in its order, and none of an enclosed message. */
static void
test_trace(void)
{
	g_autoptr(Mail) mail = parse(
		"received: by a.example\nAuthentication-Results: b.example;\n"
		" dkim=pass header.d=c.example\nSubject: x\nReceived: by d.example\n" MULTIPART(
			"x") "--x\nContent-Type: message/rfc822\n\nReceived: by e.example\n\n"
			     "text\n--x--\n");
	static const AuthField expected[] = {
		{ "Received", "by a.example" },
		{ "Authentication-Results", "b.example; dkim=pass header.d=c.example" },
		{ "Received", "by d.example" },
	};

	g_assert_cmpuint(mail->fields->len, ==, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		const AuthField *field = &g_array_index(mail->fields, AuthField, i);
		g_auto(GStrv) words = g_strsplit_set(field->value, "\r\n", -1);
		g_autofree char *value = g_strstrip(g_strjoinv("", words));
		g_assert_cmpstr(field->name, ==, expected[i].name);
		g_assert_cmpstr(value, ==, expected[i].value);
	}
}

/* The closing delimiter may be missing. */
static void
test_missing_end(void)
{
	assert_parts(HEADER MULTIPART("x") "--x\n" LABELLED "\n{}", LINE("1", "{}"));
	assert_parts(HEADER MULTIPART("x") "preamble\n\n--x\n" LABELLED "\n{}\n--x--\nepilogue\n",
		LINE("1", "{}"));
}

static void
test_header(void)
{
	g_autoptr(Mail) mail = parse(
		"From: Reports <tls@Mail.Sender.example>\n"
		"Subject: Report\n Domain: d.example Submitter: s.example\n"
		"Message-ID: <id@s.example>\nDate: Sun, 01 Nov 2026 12:00:00 +0100\n"
		"TLS-Report-Domain: d.example\nTLS-Report-Submitter:   s.example  \n"
		"Content-Type: multipart/report; report-type=tlsrpt; boundary=x\n\n--x--\n");

	g_assert_cmpstr(mail->from, ==, "tls@Mail.Sender.example");
	g_assert_cmpstr(mail->from_domain, ==, "Mail.Sender.example");
	g_assert_cmpstr(mail->subject, ==, "Report Domain: d.example Submitter: s.example");
	g_assert_cmpstr(mail->message_id, ==, "id@s.example");
	g_assert_cmpstr(mail->report_domain, ==, "d.example");
	g_assert_cmpstr(mail->submitter, ==, "s.example");
	g_assert_cmpint(mail->sent_at, ==, INT64_C(1793530800));
	g_assert_true(mail->is_report);
	g_assert_cmpuint(mail->parts->len, ==, 0);
}

#define HEADER_END "Content-Type: multipart/report; report-type=tlsrpt; boundary=x\n\n"
#define HEADER_BODY PART("Content-Type: application/tlsrpt+json\nX-Part: kept\n", "{}") "--x--\n"

/* All that is taken from a message; caller frees. */
static char *
mail_text(const char *text)
{
	g_autoptr(Mail) mail = parse(text);
	g_autofree char *parts = parts_text(mail);
	GString *all = g_string_new(NULL);

	g_string_append_printf(all, "%s|%s|%s|%s|%s|%s|%" G_GINT64_FORMAT "|%d", mail->from,
		mail->from_domain, mail->subject, mail->message_id, mail->report_domain,
		mail->submitter, mail->sent_at, mail->is_report);
	for (size_t i = 0; i < mail->fields->len; i++) {
		const AuthField *field = &g_array_index(mail->fields, AuthField, i);
		g_string_append_printf(all, "\n%s:%s", field->name, field->value);
	}
	g_string_append_printf(all, "\n%s", parts);
	return g_string_free(all, FALSE);
}

/*
 * Fields that nobody looks at make no difference, in whatever order the header is: a message so
 * large that GMime is given all of it comes out the same.
 */
static void
test_trimmed_header(void)
{
	static const char *const headers[] = {
		"From: a@b.example\nX-Long: one\n two\n\tthree\nSubject: s\n folded\nX-End: e\n"
		HEADER_END,
		"X-First: 1\n Subject: not this\nSubject: this\nReceived: by a;\n\tb\nX: y\n"
		"Received: by c\nDate: Sun, 01 Nov 2026 12:00:00 +0100\n"
		"Authentication-Results: mx; dmarc=pass\nMessage-ID: <i@b>\n" HEADER_END,
		"from: A@b.example\nTLS-REPORT-DOMAIN: d\ntls-report-submitter: s\nTo: t@u\n"
		HEADER_END,
		"X-Subject: no\nSubjects: no\nSubject-X: no\nX-Content-Type: text/plain\n" HEADER_END,
		"X-One: 1\n not a field\nnot a field either\nSubject: s\n" HEADER_END,
		"X-One: 1\nFrom a@b.example Mon\nSubject: s\n" HEADER_END,
		" folded\nSubject: s\n" HEADER_END,
		"X-One : 1\nSubject : s\nX(y): z\n" HEADER_END,
		"X-One:\n\t\n \nSubject:\n s\n" HEADER_END,
		": no name\nSubject: s\n" HEADER_END,
		"X-One: 1\rSubject: s\n" HEADER_END,
		"Content-Type: text/plain\nX-One: 1\n" HEADER_END,
		"X-One: 1\nX-Two: 2\n\n",
	};
	g_autofree char *epilogue = g_strnfill(300 * 1024, ' ');

	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		g_autofree char *text = g_strconcat(headers[i], HEADER_BODY, NULL);
		g_autofree char *large = g_strconcat(text, epilogue, NULL);
		g_autofree char *crlf = with_crlf(text);
		g_autofree char *large_crlf = with_crlf(large);
		g_autofree char *trimmed = mail_text(text);
		g_autofree char *trimmed_crlf = mail_text(crlf);
		g_autofree char *whole = mail_text(large);
		g_autofree char *whole_crlf = mail_text(large_crlf);
		g_test_message("%s", headers[i]);
		g_assert_cmpstr(trimmed, ==, whole);
		g_assert_cmpstr(trimmed_crlf, ==, whole_crlf);
	}
}

static void
test_empty_header(void)
{
	g_autoptr(Mail) mail = parse("X-Nothing: x\n\ntext\n");

	g_assert_null(mail->from);
	g_assert_null(mail->from_domain);
	g_assert_null(mail->subject);
	g_assert_null(mail->message_id);
	g_assert_null(mail->report_domain);
	g_assert_null(mail->submitter);
	g_assert_cmpint(mail->sent_at, ==, 0);
	g_assert_false(mail->is_report);
}

static void
test_from(void)
{
	static const struct {
		const char *header, *from, *domain;
	} rows[] = {
		{ "a@b.example", "a@b.example", "b.example" },
		{ "<a@b.example>", "a@b.example", "b.example" },
		{ "\"x@y\" <a@b.example>", "a@b.example", "b.example" },
		{ "=?utf-8?Q?=C3=A9?= <a@b.example>", "a@b.example", "b.example" },
		{ "a@b.example, c@d.example", "a@b.example", "b.example" },
		{ "group:;, c@d.example", "c@d.example", "d.example" },
		{ "undisclosed:;", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("From: %s\n\ntext\n", rows[i].header);
		g_autoptr(Mail) mail = parse(text);
		g_test_message("%s", rows[i].header);
		g_assert_cmpstr(mail->from, ==, rows[i].from);
		g_assert_cmpstr(mail->from_domain, ==, rows[i].domain);
	}
}

static void
test_subject(void)
{
	static const struct {
		const char *header, *subject;
	} rows[] = {
		{ "plain", "plain" },
		{ "  folded\n\tand\n folded ", "folded and folded" },
		{ "=?utf-8?Q?Report_Domain:_d.example?=", "Report Domain: d.example" },
		{ "=?utf-8?B?UmVwb3J0?= =?utf-8?B?LUlE?=", "Report-ID" },
		{ "=?iso-8859-1?Q?=E9?=", "\xc3\xa9" },
		{ "=?utf-8?Q?a=0Ab=1Bc?=", "a b c" },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("Subject: %s\n\ntext\n", rows[i].header);
		g_autoptr(Mail) mail = parse(text);
		g_test_message("%s", rows[i].header);
		g_assert_cmpstr(mail->subject, ==, rows[i].subject);
	}
}

static void
test_date(void)
{
	static const struct {
		const char *header;
		int64_t sent_at;
	} rows[] = {
		{ "Sun, 01 Nov 2026 00:00:00 +0000", INT64_C(1793491200) },
		{ "1 Nov 2026 00:00:00 GMT", INT64_C(1793491200) },
		{ "Sun, 01 Nov 2026 01:00:00 +0100 (CET)", INT64_C(1793491200) },
		{ "yesterday", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("Date: %s\n\ntext\n", rows[i].header);
		g_autoptr(Mail) mail = parse(text);
		g_test_message("%s", rows[i].header);
		g_assert_cmpint(mail->sent_at, ==, rows[i].sent_at);
	}
}

/* Strings are cut at the limit, before a character that is not whole. */
static void
test_string_limit(void)
{
	const Limits limits = limits_with(offsetof(Limits, string), 64);
	g_autofree char *as = g_strnfill(63, 'a');
	const struct {
		const char *after;
		size_t length;
	} rows[] = {
		{ "", 63 },
		{ "b", 64 },
		{ "bc", 64 },
		{ "\xc3\xa9", 63 },
		{ "b\xc3\xa9", 64 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = g_strdup_printf(
			"Subject: %s%s\n\ntext\n", as, rows[i].after);
		g_autoptr(Mail) mail = parse_with(text, &limits, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(strlen(mail->subject), ==, rows[i].length);
		g_assert_true(g_str_has_prefix(mail->subject, as));
		g_assert_true(g_utf8_validate(mail->subject, -1, NULL));
	}
}

/* Raw bytes in a header become text of some kind, and valid. */
static void
test_raw_header(void)
{
	g_autoptr(Mail) mail = parse(
		"Subject: a\xff\xc3(\n"
		"TLS-Report-Domain: \xff.example\nTLS-Report-Submitter: \xc3\xa9.example\n"
		"From: \xff@\xfe.example\nMessage-ID: <\xff@x>\n\ntext\n");

	g_assert_true(g_utf8_validate(mail->subject, -1, NULL));
	g_assert_true(g_utf8_validate(mail->report_domain, -1, NULL));
	g_assert_cmpstr(mail->submitter, ==, "\xc3\xa9.example");
	g_assert_true(mail->from == NULL || g_utf8_validate(mail->from, -1, NULL));
	g_assert_true(mail->from_domain == NULL || g_utf8_validate(mail->from_domain, -1, NULL));
	g_assert_true(mail->message_id == NULL || g_utf8_validate(mail->message_id, -1, NULL));
}

#define TWO_LEVELS \
	HEADER MULTIPART("x") "--x\n" MULTIPART("y") "--y\n" LABELLED "\n{}\n--y--\n--x--\n"
#define MESSAGE_LEVELS \
	HEADER MULTIPART("x") "--x\nContent-Type: message/rfc822\n\n" LABELLED "\n{}\n--x--\n"
#define REPORTS_1 PART(LABELLED, "{}")
#define REPORTS_2 REPORTS_1 REPORTS_1
#define OTHER PART("Content-Type: text/plain\n", "text")

static void
test_limits(void)
{
	static const LimitRow rows[] = {
		{ offsetof(Limits, mime_depth), 1, IN_MULTIPART(REPORTS_1), TWO_LEVELS },
		{ offsetof(Limits, mime_depth), 1, IN_MULTIPART(REPORTS_1), MESSAGE_LEVELS },
		/* The multipart itself is one of the parts. */
		{ offsetof(Limits, mime_parts), 3, IN_MULTIPART(OTHER OTHER),
			IN_MULTIPART(OTHER OTHER OTHER) },
		{ offsetof(Limits, mime_parts), 2, IN_MULTIPART(OTHER), TWO_LEVELS },
		{ offsetof(Limits, reports), 2, IN_MULTIPART(REPORTS_2 OTHER),
			IN_MULTIPART(REPORTS_2 OTHER REPORTS_1) },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Limits limits = limits_with(rows[i].offset, rows[i].limit);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].over);
		g_autoptr(Mail) within = parse_with(rows[i].within, &limits, &error);
		g_assert_no_error(error);
		g_assert_nonnull(within);
		g_autoptr(Mail) over = parse_with(rows[i].over, &limits, &error);
		g_assert_null(over);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT);
	}
}

/* At the limit of depth all is found. */
static void
test_depth(void)
{
	const Limits limits = limits_with(offsetof(Limits, mime_depth), 2);
	g_autoptr(GError) error = NULL;
	g_autoptr(Mail) multiparts = parse_with(TWO_LEVELS, &limits, &error);
	g_assert_no_error(error);
	g_autoptr(Mail) message = parse_with(MESSAGE_LEVELS, &limits, &error);
	g_assert_no_error(error);

	g_assert_cmpuint(multiparts->parts->len, ==, 1);
	g_assert_cmpuint(message->parts->len, ==, 1);
}

static void
test_default_depth(void)
{
	const Limits limits = default_limits();

	for (int64_t depth = limits.mime_depth; depth <= limits.mime_depth + 1; depth++) {
		GString *text = g_string_new(HEADER);
		g_autoptr(GError) error = NULL;
		for (int64_t i = 0; i < depth; i++)
			g_string_append_printf(text,
				MULTIPART("b%" G_GINT64_FORMAT) "--b%" G_GINT64_FORMAT "\n", i, i);
		g_string_append(text, LABELLED "\n{}\n");
		g_autoptr(Mail) mail = parse_with(text->str, &limits, &error);
		if (depth <= limits.mime_depth) {
			g_assert_no_error(error);
			g_assert_cmpuint(mail->parts->len, ==, 1);
		} else {
			g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT);
		}
		g_string_free(text, TRUE);
	}
}

static void
test_nothing(void)
{
	static const char *const rows[] = {
		"",
		"\n",
		"\n\n\n",
		"text",
		"not a header\nat all\n",
		":\n\n",
		"--x\n--x--\n",
		"Content-Type: multipart/mixed; boundary=\n\n--\n--\n",
		"Content-Type: multipart/mixed\n\n--x\n\ntext\n--x--\n",
		"Content-Type: multipart/mixed; boundary=x\n\n",
		"Content-Type: message/rfc822\n\n",
		"Content-Type: message/partial; id=x; number=1; total=2\n\ntext",
		"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n====\n",
		"\xff\xfe\xfd",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %zu", i);
		g_autoptr(Mail) mail = parse(rows[i]);
		g_assert_cmpuint(mail->parts->len, ==, 0);
	}
}

/* A message with something of everything. */
static const char rich[] =
	"From: Reports <tls@s.example>\nSubject: =?utf-8?Q?Report_Domain=3A?= d.example\n"
	"Date: Sun, 01 Nov 2026 00:00:00 +0000\nMessage-ID: <id@s.example>\n"
	"TLS-Report-Domain: d.example\nMIME-Version: 1.0\n"
	"Content-Type: multipart/report; report-type=\"tlsrpt\"; boundary=\"x\"\n\n"
	"--x\nContent-Type: text/html; charset=utf-8\n"
	"Content-Transfer-Encoding: quoted-printable\n\n<p>=C3=A9</p>=\n\n"
	"--x\nContent-Type: message/rfc822\n\nSubject: y\n" MULTIPART(
		"y") "--y\nContent-Type: application/json\n\n{}\n--y--\n"
		     "--x\nContent-Type: application/tlsrpt+gzip;\n"
		     " name*0*=us-ascii''a%21b;\n name*1=.json.gz\n"
		     "Content-Disposition: attachment;\n"
		     " filename=\"=?utf-8?Q?a!b=2Ejson.gz?=\"\n" GZIP_BASE64 "\n" GZIP_BODY
		     "\n--x--\n";

static void
test_rich(void)
{
	assert_parts(rich,
		"2.1 bytes json application/json - {}\n"
		"3 labelled+ gzip application/tlsrpt+gzip a!b.json.gz " GZIP_TEXT);
}

static void
test_every_cut(void)
{
	const Limits limits = default_limits();
	g_autofree char *crlf = with_crlf(rich);
	const char *const texts[] = { rich, crlf };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GBytes) whole = bytes_of(texts[i]);
		for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
			g_autoptr(GBytes) bytes = bytes_cut(whole, cut);
			g_autoptr(GError) error = NULL;
			g_autoptr(Mail) mail = mime_parse(bytes, &limits, &error);
			g_assert_no_error(error);
			g_assert_nonnull(mail);
			g_assert_cmpuint(mail->parts->len, <=, 2);
		}
	}
}

/* The parts stay when the message is gone. */
static void
test_own_memory(void)
{
	const Limits limits = default_limits();
	g_autoptr(GError) error = NULL;
	GBytes *bytes = bytes_of(IN_MULTIPART(PART(LABELLED, "{}")));
	g_autoptr(Mail) mail = mime_parse(bytes, &limits, &error);

	g_assert_no_error(error);
	memset((void *)g_bytes_get_data(bytes, NULL), 'x', g_bytes_get_size(bytes));
	g_bytes_unref(bytes);
	g_autofree char *parts = parts_text(mail);
	g_assert_cmpstr(parts, ==, LINE("1", "{}"));
}

static void
test_free_null(void)
{
	mail_free(NULL);
}

/*
 * RFC 9051 section 6.4.5: a message that is no multipart has one part, 1; so the one of a message
 * that is part 2 is 2.1.
 */
static void
test_number_in_message(void)
{
	assert_parts(IN_MULTIPART(OTHER PART(
			     "Content-Type: message/rfc822\n", "Subject: y\n" LABELLED "\n{}")),
		LINE("2.1", "{}"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/types", test_types);
	g_test_add_func("/mime/bytes", test_bytes);
	g_test_add_func("/mime/encodings", test_encodings);
	g_test_add_func("/mime/binary", test_binary);
	g_test_add_func("/mime/file-names", test_file_names);
	g_test_add_func("/mime/numbers", test_numbers);
	g_test_add_func("/mime/whole-message", test_whole_message);
	g_test_add_func("/mime/nested-message", test_nested_message);
	g_test_add_func("/mime/enclosed", test_enclosed);
	g_test_add_func("/mime/trace", test_trace);
	g_test_add_func("/mime/missing-end", test_missing_end);
	g_test_add_func("/mime/header", test_header);
	g_test_add_func("/mime/trimmed-header", test_trimmed_header);
	g_test_add_func("/mime/empty-header", test_empty_header);
	g_test_add_func("/mime/from", test_from);
	g_test_add_func("/mime/subject", test_subject);
	g_test_add_func("/mime/date", test_date);
	g_test_add_func("/mime/string-limit", test_string_limit);
	g_test_add_func("/mime/raw-header", test_raw_header);
	g_test_add_func("/mime/limits", test_limits);
	g_test_add_func("/mime/depth", test_depth);
	g_test_add_func("/mime/default-depth", test_default_depth);
	g_test_add_func("/mime/nothing", test_nothing);
	g_test_add_func("/mime/rich", test_rich);
	g_test_add_func("/mime/every-cut", test_every_cut);
	g_test_add_func("/mime/own-memory", test_own_memory);
	g_test_add_func("/mime/free-null", test_free_null);
	g_test_add_func("/mime/number-in-message", test_number_in_message);
	const int result = g_test_run();
	mime_shutdown();
	return result;
}
