#include "tlsrpt/multipart.h"

#include "tlsrpt/mime.h"

#include "util.h"

#define TYPE "Content-Type: multipart/report; boundary=\"x\"\n"
#define REMARK "--x\nContent-Type: text/plain\n\nThis is a report.\n\n"
#define REPORT "--x\nContent-Type: application/tlsrpt+json\n\n{}\n"
#define END "--x--\n"

static char *
with_crlf(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	return g_strjoinv("\r\n", lines);
}

/* How many parts, "-" before it for those that are remarks; "whole" if it was not taken apart. */
static char *
split_text(const char *text, size_t length)
{
	g_autofree char *own = g_memdup2(text, length);
	bool is_report = false;
	g_autoptr(GArray) parts = multipart_split(own, length, &is_report);
	GString *result = g_string_new(parts != NULL ? NULL : "whole");

	for (guint i = 0; parts != NULL && i < parts->len; i++)
		g_string_append_c(
			result, g_array_index(parts, MultipartPart, i).is_remark ? '-' : '+');
	if (is_report)
		g_string_append(result, " report");
	return g_string_free(result, FALSE);
}

typedef struct {
	const char *text, *expected;
} Row;

static const Row rows[] = {
	{ TYPE "\n" REMARK REPORT END, "-+ report" },
	{ TYPE "\n" REPORT END, "+ report" },
	{ TYPE "\npreamble\n" REPORT END "\nepilogue\n-- \nend", "+ report" },
	{ "content-type:MULTIPART/Mixed;\n a=b ; Boundary=x; c=\"d e\"\n\n" REPORT END, "+" },
	{ TYPE "\n--x\nContent-Type: text/plain\n\n-- \n--y\n" REPORT END, "++ report" },
	{ TYPE "\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\nA\n" END,
		"- report" },
	{ TYPE "\n--x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nAAAA\n" END,
		"+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain;\n file\n name=x.json\n\nA\n" END, "+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain; NAME=x\n\nA\n" END, "+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain\nContent-Disposition: inline; filename=x\n\nA\n" END,
		"+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain\n\n {}\n" END, "+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain\n\n\x1f\x8b\n" END, "+ report" },
	{ TYPE "\n--x\nContent-Type: text/plain\n\n\n" END, "- report" },
	/* Something else than the plain form. */
	{ TYPE, "whole" },
	{ TYPE "\n", "whole" },
	{ TYPE "\n" END, "whole" },
	{ TYPE "\n" REPORT, "whole" },
	{ TYPE "\n" REPORT "--x--", "whole" },
	{ TYPE "\n" REPORT END REPORT, "whole" },
	{ TYPE "\n" REPORT END END, "whole" },
	{ TYPE "\n" REPORT "--x \n{}\n" END, "whole" },
	{ TYPE "\n" REPORT "--xy\n{}\n" END, "whole" },
	{ TYPE "\n" REPORT "--x---\n{}\n" END, "whole" },
	{ TYPE "\n--x\n\n{}\n" END, "whole" },
	{ TYPE "\n--x\n" END, "whole" },
	{ TYPE "\n--x\nContent-Type: text/plain\n" END, "whole" },
	{ TYPE "\n--x\nContent-ID: 1\n\n{}\n" END, "whole" },
	{ TYPE "\n--x\nno field\nContent-Type: text/plain\n\nA\n" END, "whole" },
	{ TYPE "\n--x\nContent-Type: text/plain\nContent-Type: text/html\n\nA\n" END, "whole" },
	{ TYPE "\n--x\nContent-Type: multipart/mixed; boundary=y\n\nA\n" END, "whole" },
	{ TYPE "\n--x\nContent-Type: message/rfc822\n\nA: b\n" END, "whole" },
	{ TYPE "\n--x\nContent-Type: image/png\n\nA\n" END, "whole" },
	{ "Content-Description: x\n" TYPE "\n" REPORT END, "whole" },
	{ TYPE "Content-Description: x\n\n" REPORT END, "whole" },
	{ TYPE TYPE "\n" REPORT END, "whole" },
	{ "Content-Type: multipart; boundary=x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/; boundary=x\n\n" REPORT END, "whole" },
	{ "Content-Type: message/rfc822; boundary=x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=x; boundary=x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=x;\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=x (comment)\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=\"\\x\"\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=\"x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=\"\"\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=\"x \"\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary*=us-ascii''x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary =x\n\n" REPORT END, "whole" },
	{ "Content-Type: multipart/mixed; boundary=\"=?us-ascii?Q?x?=\"\n\n" REPORT END, "whole" },
	{ "", "whole" },
};

static void
test_forms(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].text);
		g_autofree char *crlf = with_crlf(rows[i].text);
		g_autofree char *split = split_text(rows[i].text, strlen(rows[i].text));
		g_autofree char *crlf_split = split_text(crlf, strlen(crlf));
		g_assert_cmpstr(split, ==, rows[i].expected);
		g_assert_cmpstr(crlf_split, ==, rows[i].expected);
	}
}

static void
test_long_boundary(void)
{
	for (int length = 70; length <= 71; length++) {
		g_autofree char *boundary = g_strnfill((gsize)length, 'b');
		g_autofree char *text = g_strdup_printf(
			"Content-Type: multipart/mixed; boundary=%s\n\n"
			"--%s\nContent-Type: application/json\n\n{}\n--%s--\n",
			boundary, boundary, boundary);
		g_autofree char *split = split_text(text, strlen(text));
		g_assert_cmpstr(split, ==, length == 70 ? "+" : "whole");
	}
}

/* All that is known of a message's parts; caller frees. */
static char *
mail_text(const GString *message)
{
	Limits limits = default_limits();
	g_autoptr(GBytes) bytes = g_bytes_new(message->str, message->len);
	g_autoptr(GError) error = NULL;

	limits.mime_parts = 4;
	g_autoptr(Mail) mail = mime_parse(bytes, &limits, &error);
	if (mail == NULL)
		return g_strdup(error->message);
	GString *text = g_string_new(mail->is_report ? "report" : "");
	for (guint i = 0; i < mail->parts->len; i++) {
		const MailPart *part = g_ptr_array_index(mail->parts, i);
		gsize size;
		const char *content = g_bytes_get_data(part->content, &size);
		g_autofree char *copy = g_strndup(size > 0 ? content : "", size);
		g_autofree char *escaped = g_strescape(copy, NULL);
		g_string_append_printf(text, "\n%s %d %d %s %s %d %s", part->number,
			(int)part->claim, (int)part->label, part->media_type,
			part->file_name != NULL ? part->file_name : "-", part->enclosed, escaped);
	}
	return g_string_free(text, FALSE);
}

/*
 * With another field that begins with Content-, a message is GMime's as a whole; so the answers are
 * to be the same whatever follows the first field.
 */
static void
assert_same(const GString *end)
{
	g_autoptr(GString) message = g_string_new("From: a@b.example\n");
	g_autoptr(GString) whole = g_string_new("Content-Description: x\n");

	g_string_append_len(message, end->str, (gssize)end->len);
	g_string_append_len(whole, end->str, (gssize)end->len);
	g_autofree char *split = mail_text(message);
	g_autofree char *expected = mail_text(whole);
	if (strcmp(split, expected) == 0)
		return;
	g_autofree char *escaped = g_strescape(end->str, NULL);
	g_test_message("%s", escaped);
	g_assert_cmpstr(split, ==, expected);
}

/* Changes a few bytes, mostly into such as mean something. */
static void
mutate(GString *message, GRand *rand)
{
	static const char telling[] = "-\n\r \t\";:=/?x\\a{";

	for (int changes = g_rand_int_range(rand, 1, 4); changes > 0; changes--) {
		const gssize at = g_rand_int_range(rand, 0, (gint32)message->len);
		const char c = telling[g_rand_int_range(rand, 0, (gint32)strlen(telling))];
		switch (g_rand_int_range(rand, 0, 4)) {
		case 0:
			message->str[at] = c;
			break;
		case 1:
			g_string_insert_c(message, at, c);
			break;
		case 2:
			g_string_erase(message, at, MIN(4, (gssize)message->len - at - 1));
			break;
		default: {
			const gssize from = g_rand_int_range(rand, 0, (gint32)message->len);
			g_autofree char *piece = g_strndup(message->str + from, 12);
			g_string_insert(message, at, piece);
		}
		}
	}
}

static void
test_same_as_gmime(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *crlf = with_crlf(rows[i].text);
		const char *const texts[] = { rows[i].text, crlf };
		for (size_t k = 0; k < G_N_ELEMENTS(texts); k++) {
			for (int turn = 0; turn < 100; turn++) {
				g_autoptr(GString) message = g_string_new(texts[k]);
				if (turn > 0 && message->len > 0)
					mutate(message, rand);
				assert_same(message);
			}
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/multipart/forms", test_forms);
	g_test_add_func("/multipart/long-boundary", test_long_boundary);
	g_test_add_func("/multipart/same-as-gmime", test_same_as_gmime);
	const int result = g_test_run();
	mime_shutdown();
	return result;
}
