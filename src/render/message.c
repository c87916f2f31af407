/* Documents as messages: their text, and the same as HTML. */
#include "tlsrpt/render.h"

#include "tlsrpt/compose.h"
#include "tlsrpt/render_alert.h"
#include "tlsrpt/render_digest.h"

#include <stdlib.h>

#define MESSAGE_WIDTH 72 /* GMime folds what is longer when it encodes it */

typedef void (*Write)(const Document *document, const Output *out);

/* What a function writes, as a text; caller frees. */
static char *
written(const Document *document, Write write)
{
	char *text = NULL;
	size_t size;
	/* Not ASCII even if the locale is, as it is under cron: the message says that it is UTF-8. */
	const Output out = { .file = open_memstream(&text, &size), .width = MESSAGE_WIDTH };

	g_assert(out.file != NULL);
	write(document, &out);
	fclose(out.file);
	char *copy = g_strndup(text, size);
	free(text);
	return copy;
}

/* From whom, to whom and when is in the first row of the table that has the name of the document. */
static GBytes *
message_of(const Document *document, const char *subject, Write write_text, Write write_html)
{
	const Table *head = document_table(document, document->schema);
	g_autofree char *text = written(document, write_text);
	g_autofree char *html = written(document, write_html);
	const Composition composition = {
		.from = table_text(head, 0, "from"),
		.to = table_text(head, 0, "to"),
		.subject = subject,
		.text = text,
		.html = html,
		.at = table_number(head, 0, "time"),
	};

	return compose_message(&composition);
}

static void
write_bytes(GBytes *message, const Output *out)
{
	fwrite(g_bytes_get_data(message, NULL), 1, g_bytes_get_size(message), out->file);
}

void
message_digest(const Document *document, const Output *out)
{
	g_autofree char *subject = digest_subject(document);
	g_autoptr(GBytes) message = message_of(document, subject, text_digest, html_digest);

	write_bytes(message, out);
}

GBytes *
alert_message(const Document *document)
{
	g_autofree char *subject = alert_subject(document);

	return message_of(document, subject, text_alert, html_alert);
}

void
message_alert(const Document *document, const Output *out)
{
	g_autoptr(GBytes) message = alert_message(document);

	write_bytes(message, out);
}
