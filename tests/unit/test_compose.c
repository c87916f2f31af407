#include "tlsrpt/compose.h"

#include "tlsrpt/error.h"
#include "tlsrpt/mime.h"

#include "util.h"

static const Composition sample = {
	.from = "tlsrpt@mx.example.com",
	.to = "postmaster@example.com",
	.subject = "TLS reports example.com: all well",
	.text = "Text\n",
	.html = "<p>HTML</p>\n",
	.at = 1795435200,
};

/* The message as text; caller frees. */
static char *
composed(const Composition *composition)
{
	g_autoptr(GBytes) bytes = compose_message(composition);

	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		g_error("\"%s\" is not in:\n%s", part, text);
}

static void
test_message(void)
{
	g_autofree char *message = composed(&sample);

	g_assert_true(g_str_has_prefix(message, "From: tlsrpt@mx.example.com\n"));
	assert_has(message, "\nTo: postmaster@example.com\n");
	assert_has(message, "\nSubject: TLS reports example.com: all well\n");
	assert_has(message, "\nDate: Mon, 23 Nov 2026 12:00:00 +0000\n");
	assert_has(message, "\nAuto-Submitted: auto-generated\n");
	assert_has(message, "\nMIME-Version: 1.0\nContent-Type: multipart/alternative;");
	assert_has(message, "\nContent-Type: text/plain; charset=utf-8\n"
			    "Content-Transfer-Encoding: quoted-printable\n\nText\n");
	assert_has(message, "\nContent-Type: text/html; charset=utf-8\n"
			    "Content-Transfer-Encoding: quoted-printable\n\n<p>HTML</p>\n");
	g_assert_null(strchr(message, '\r'));
}

/* Our own reader takes it, and is told the same. */
static void
test_read_back(void)
{
	Composition composition = sample;
	const Limits limits = default_limits();
	g_autoptr(GError) error = NULL;

	composition.subject = "TLS reports b\xc3\xbc"
			      "cher.example: \xe6\xbc\xa2\xe5\xad\x97";
	g_autoptr(GBytes) bytes = compose_message(&composition);
	g_autoptr(Mail) mail = mime_parse(bytes, &limits, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(mail->from, ==, composition.from);
	g_assert_cmpstr(mail->subject, ==, composition.subject);
	g_assert_cmpint(mail->sent_at, ==, composition.at);
	g_assert_true(g_str_has_suffix(mail->message_id, "@mx.example.com"));
}

/* What is different has another Message-ID, what is not has the same. */
static void
test_identity(void)
{
	g_autofree char *first = composed(&sample), *again = composed(&sample);

	g_assert_cmpstr(first, ==, again);
	for (int i = 0; i < 6; i++) {
		Composition other = sample;
		other.from = i == 0 ? "tlsrpt@mx.example.org" : other.from;
		other.to = i == 1 ? "postmaster@example.org" : other.to;
		other.subject = i == 2 ? "TLS reports example.com: all wel" : other.subject;
		other.text = i == 3 ? "lText\n" : other.text;
		other.html = i == 4 ? "<p>HTML</p>" : other.html;
		other.at += i == 5;
		g_autofree char *message = composed(&other);
		const char *id = strstr(message, "\nMessage-Id: <tlsrpt.");
		g_assert_nonnull(id);
		g_autofree char *line = g_strndup(id, 50);
		g_assert_null(strstr(first, line));
	}
}

/* A single dot ends what sendmail reads, "From " a message in a mailbox; long lines are cut. */
static void
test_lines(void)
{
	static const char *const texts[] = { ".\n", "a\n.\nb\n", "From me\n", "a\nFrom me\nFrom\n", ".",
		".\n.\n.", "..\n", "From ", "\n\n\n", "", "--\n-- \n--=_x\n" };

	for (size_t length = 60; length < 240; length++) {
		Composition composition = sample;
		/* Wherever the encoder breaks the line: what is left may be a dot. */
		g_autofree char *dots = g_strnfill(length, '.');
		g_autofree char *text = g_strconcat(dots, "\nFrom x\n",
			texts[length % G_N_ELEMENTS(texts)], NULL);
		composition.text = composition.html = text;
		g_autofree char *message = composed(&composition);
		g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
		for (char **line = lines; *line != NULL; line++) {
			g_assert_cmpstr(*line, !=, ".");
			g_assert_false(line > lines && g_str_has_prefix(*line, "From "));
			g_assert_cmpuint(strlen(*line), <=, 78);
		}
	}
}

static void
test_long_line(void)
{
	Composition composition = sample;
	g_autofree char *name = g_strnfill(5000, 'x');
	g_autofree char *wide = g_malloc0(3 * 2000 + 1);

	for (int i = 0; i < 2000; i++)
		memcpy(wide + 3 * i, "\xe6\xbc\xa2", 3);
	for (int i = 0; i < 2; i++) {
		composition.subject = composition.text = composition.html = i == 0 ? name : wide;
		g_autofree char *message = composed(&composition);
		g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
		for (char **line = lines; *line != NULL; line++)
			g_assert_cmpuint(strlen(*line), <=, i == 0 ? 5100 : 998);
		g_assert_true(g_str_is_ascii(message));
	}
}

static void
test_good_addresses(void)
{
	static const struct {
		const char *text;
		bool one;
	} rows[] = {
		{ "a@b.example", true },
		{ "root", true },
		{ "A B <a@b.example>", true },
		{ "\"A, B\" <a@b.example>", true },
		{ "J\xc3\xb6rg <a@b.example>", true },
		{ "a@[192.0.2.1]", true },
		{ "a@b.example,c@d.example", false },
		{ "a@b.example, C <c@d.example>, root", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_true(compose_check_addresses("--to", rows[i].text, true, &error));
		g_assert_no_error(error);
		g_assert_true(
			compose_check_addresses("--from", rows[i].text, false, &error) == rows[i].one);
	}
}

static void
test_bad_addresses(void)
{
	static const char *const rows[] = { "", " ", ",", "a b", "a@", "@b", "a@b..c", "<a@b",
		"a@b c@d", "a@b;c@d", "x:;", "x: a@b;", "a@b\nBcc: c@d", "a@b\r", "\ta@b", "a@b\x7f",
		"a@b\xc2\x85", "\xff@b", "\xc3\xb6@b.example", "a@b.example, \xc3\xb6@b.example",
		"\"\n\" <a@b>", "=?utf-8?q?x=1B=5B31m?= <a@b>", "=?utf-8?b?eAp5?= <a@b>" };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (int several = 0; several < 2; several++) {
			g_autoptr(GError) error = NULL;
			if (compose_check_addresses("--to", rows[i], several, &error))
				g_error("\"%s\" is taken", rows[i]);
			g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
			g_assert_true(g_str_has_prefix(error->message, "--to: "));
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/compose/message", test_message);
	g_test_add_func("/compose/read-back", test_read_back);
	g_test_add_func("/compose/identity", test_identity);
	g_test_add_func("/compose/lines", test_lines);
	g_test_add_func("/compose/long-line", test_long_line);
	g_test_add_func("/compose/good-addresses", test_good_addresses);
	g_test_add_func("/compose/bad-addresses", test_bad_addresses);
	const int code = g_test_run();
	mime_shutdown();
	return code;
}
