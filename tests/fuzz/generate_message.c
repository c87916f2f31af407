/* A message: a tree of parts, in which reports are compressed and encoded in one way or another. */
#include "generate.h"

#include "tlsrpt/inflate.h"

#include <string.h>

#define DEPTH 4

static void
append_header(GString *message, GRand *dice)
{
	static const char *const fields[] = {
		"From: =?utf-8?q?TLS?= <tls@example.org>\n",
		"Subject: Report Domain: example.com Submitter: example.org Report-ID: <1>\n",
		"Date: Sun, 15 Nov 2026 06:00:00 +0000\n",
		"TLS-Report-Domain: example.com\n",
		"TLS-Report-Submitter: example.org\n",
		"TLS-Required: No\n",
		"Message-ID: <1@example.org>\n",
		"MIME-Version: 1.0\n",
		"Received: from mail.example.org by mx.example.net; Sun, 15 Nov 2026 06:00:00 +0000\n",
		"Authentication-Results: mx.example.net; dkim=pass header.d=example.org\n",
		"X-Long: a\n b\n\tc\n",
		"Broken\n",
		"Date: x\n",
		"From: \n",
		"To: tls@example.com\n",
	};

	for (int n = g_rand_int_range(dice, 0, 10); n > 0; n--)
		g_string_append(message, ONE_OF(fields, dice));
}

static GBytes *
bytes_of_report(GRand *dice)
{
	g_autoptr(GString) json = g_string_new(NULL);

	generate_report(json, dice);
	g_autoptr(GBytes) plain = g_bytes_new(json->str, json->len);
	if (once_in(dice, 3))
		return g_steal_pointer(&plain);
	g_autoptr(GBytes) gzip = gzip_deflate(plain, NULL);
	gsize size = g_bytes_get_size(gzip);
	/* Cut, now and then. */
	if (once_in(dice, 12))
		size = (gsize)g_rand_int_range(dice, 0, (gint32)size);
	return g_bytes_new(g_bytes_get_data(gzip, NULL), size);
}

static void
append_base64(GString *message, const guchar *data, gsize size)
{
	g_autofree char *text = g_base64_encode(data, size);
	const gsize length = strlen(text);

	for (gsize at = 0; at < length; at += 76)
		g_string_append_printf(message, "%.76s\n", text + at);
}

static void
append_leaf(GString *message, GRand *dice)
{
	static const char *const types[] = { "application/tlsrpt+gzip", "application/tlsrpt+json",
		"Application/TLSRPT", "application/gzip", "application/json",
		"application/octet-stream", "text/plain; charset=utf-8", "text/html",
		"application/zip", "x", "message/delivery-status" };
	static const char *const names[] = {
		"\"example.org!example.com!1794700800!1794787199.json.gz\"", "report.json", "\"\"",
		"\"a.json", "=?utf-8?b?LmpzB24=?=", "x.gz"
	};
	g_autoptr(GBytes) report = bytes_of_report(dice);
	gsize size;
	const guchar *data = g_bytes_get_data(report, &size);
	const int encoding = g_rand_int_range(dice, 0, 4);

	g_string_append_printf(message, "Content-Type: %s", ONE_OF(types, dice));
	g_string_append_printf(
		message, once_in(dice, 2) ? "\n" : "; name=%s\n", ONE_OF(names, dice));
	if (once_in(dice, 2))
		g_string_append_printf(message, "Content-Disposition: attachment; filename=%s\n",
			ONE_OF(names, dice));
	if (encoding < 2)
		g_string_append(message, "Content-Transfer-Encoding: base64\n\n");
	else
		g_string_append(message,
			encoding == 2 ? "Content-Transfer-Encoding: quoted-printable\n\n" : "\n");
	if (encoding < 2)
		append_base64(message, data, size);
	else
		g_string_append_len(message, (const char *)data, (gssize)size);
}

static void append_part(GString *message, GRand *dice, int depth);

static void
append_multipart(GString *message, GRand *dice, int depth)
{
	static const char *const types[] = { "report; report-type=tlsrpt", "mixed", "alternative",
		"report", "x" };
	const guint32 boundary = g_rand_int(dice);

	g_string_append_printf(message, "Content-Type: multipart/%s; boundary=\"b%u\"\n\n",
		ONE_OF(types, dice), boundary);
	for (int n = g_rand_int_range(dice, 0, 4); n > 0; n--) {
		g_string_append_printf(
			message, "--b%u\n", once_in(dice, 20) ? boundary + 1 : boundary);
		append_part(message, dice, depth + 1);
		g_string_append_c(message, '\n');
	}
	if (!once_in(dice, 8))
		g_string_append_printf(message, "--b%u--\n", boundary);
}

static void
append_part(GString *message, GRand *dice, int depth)
{
	if (depth < DEPTH && once_in(dice, 3)) {
		append_multipart(message, dice, depth);
	} else if (depth < DEPTH && once_in(dice, 6)) {
		g_string_append(message, "Content-Type: message/rfc822\n\n");
		append_header(message, dice);
		append_part(message, dice, depth + 1);
	} else {
		append_leaf(message, dice);
	}
}

void
generate_message(GString *message, GRand *dice)
{
	const gsize begin = message->len;

	if (once_in(dice, 20))
		g_string_append(message, "From a@b.example Mon Nov 23 00:00:00 2026\n");
	append_header(message, dice);
	append_part(message, dice, 0);
	if (once_in(dice, 4)) {
		g_autofree char *all = g_strndup(message->str + begin, message->len - begin);
		g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
		g_autofree char *with_cr = g_strjoinv("\r\n", lines);
		g_string_truncate(message, begin);
		g_string_append(message, with_cr);
	}
}
