#include "cgi.h"

#include "process.h"
#include "supervise.h"

#include "tlsrpt/input.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_IDLE_MS (30 * 1000)

#define RESPONSE(status, header, text) \
	"Status: " status "\r\nContent-Type: text/plain\r\n" header "\r\n" text "\n"

const char cgi_unavailable_text[] = RESPONSE(
	"503 Service Unavailable", "Retry-After: 300\r\n", "The report cannot be taken now.");

/* In one write, after the commit: a web server takes what comes first for the whole answer. */
static void
answer_whole(const char *response)
{
	static const FaultManners answered = { .answer = "" };
	const ssize_t written = write(STDOUT_FILENO, response, strlen(response));

	(void)written; /* whoever asked is gone, and will ask again */
	process_set_fault_manners(&answered);
}

static void
answer(const char *status, const char *header, const char *text)
{
	g_autofree char *response = g_strdup_printf(
		RESPONSE("%s", "%s", "%s"), status, header, text);

	answer_whole(response);
}

void
cgi_unavailable(void)
{
	answer_whole(cgi_unavailable_text);
}

/* Whether the type, without parameters, is one of a report. */
static bool
is_report_type(const char *content_type)
{
	if (content_type == NULL)
		return false;

	g_autofree char *type = g_ascii_strdown(content_type, (gssize)strcspn(content_type, ";"));
	g_strstrip(type);
	return strcmp(type, "application/tlsrpt+gzip") == 0
		|| strcmp(type, "application/tlsrpt+json") == 0;
}

/* Length of the body, -1 where it is not given, -2 where it makes no sense. */
static int64_t
content_length(void)
{
	const char *text = g_getenv("CONTENT_LENGTH");
	gint64 length;

	if (text == NULL || *text == '\0')
		return -1;
	return g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &length, NULL) ? length : -2;
}

static void
refuse(const char *status, const char *header, const char *text)
{
	input_drain(STDIN_FILENO, DRAIN_IDLE_MS);
	answer(status, header, text);
}

void
cgi_run(IngestOptions *options)
{
	const char *method = g_getenv("REQUEST_METHOD");

	options->by_https = true;
	options->input_length = content_length();
	if (method == NULL || strcmp(method, "POST") != 0) {
		refuse("405 Method Not Allowed", "Allow: POST\r\n", "Reports come by POST.");
		return;
	}
	if (!is_report_type(g_getenv("CONTENT_TYPE"))) {
		refuse("415 Unsupported Media Type", "",
			"The type must be application/tlsrpt+gzip or application/tlsrpt+json.");
		return;
	}
	if (options->input_length == -2) {
		refuse("400 Bad Request", "", "The length of the body makes no sense.");
		return;
	}

	switch (supervise(options)) {
	case INGEST_STORED:
		answer("201 Created", "", "The report is stored.");
		break;
	case INGEST_DUPLICATE:
		answer("200 OK", "", "The report was stored before.");
		break;
	case INGEST_KEPT:
	case INGEST_REFUSED:
		answer("400 Bad Request", "", "This is no sound report.");
		break;
	case INGEST_TOO_LARGE:
		answer("413 Content Too Large", "", "The report is too large.");
		break;
	case INGEST_RETRY:
	case INGEST_NO_MEMORY:
		cgi_unavailable();
		break;
	}
}
