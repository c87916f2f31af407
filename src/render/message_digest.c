/* The digest as a message: its text, and the same as HTML. */
#include "tlsrpt/render.h"

#include "tlsrpt/compose.h"
#include "tlsrpt/render_digest.h"

#include <stdlib.h>

#define MESSAGE_WIDTH 72 /* GMime folds what is longer when it encodes it */

/* What a function writes; caller frees. */
static char *
written(const Document *document, void (*write)(const Document *document, const Output *out))
{
	char *text = NULL;
	size_t size;
	/* Whatever the locale is, as that of cron: the message says that it is UTF-8. */
	const Output out = { .file = open_memstream(&text, &size), .width = MESSAGE_WIDTH };

	g_assert(out.file != NULL);
	write(document, &out);
	fclose(out.file);
	char *copy = g_strndup(text, size);
	free(text);
	return copy;
}

void
message_digest(const Document *document, const Output *out)
{
	const Table *digest = document_table(document, "digest");
	g_autofree char *subject = digest_subject(document);
	g_autofree char *text = written(document, text_digest);
	g_autofree char *html = written(document, html_digest);
	const Composition composition = {
		.from = table_text(digest, 0, "from"),
		.to = table_text(digest, 0, "to"),
		.subject = subject,
		.text = text,
		.html = html,
		.at = table_cell(digest, 0, "time")->number,
	};
	g_autoptr(GBytes) message = compose_message(&composition);

	fwrite(g_bytes_get_data(message, NULL), 1, g_bytes_get_size(message), out->file);
}
