#include "command.h"

#include "../ingest/intake.h"

#include "tlsrpt/error.h"
#include "tlsrpt/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Everything that comes from a descriptor. */
static GBytes *
read_all(int descriptor, const Limits *limits, GError **error)
{
	int64_t length;
	const int file = memfd_create("message", MFD_CLOEXEC);

	if (!input_read(descriptor, file, -1, limits->message, -1, &length, error)) {
		close(file);
		return NULL;
	}
	GMappedFile *mapped = g_mapped_file_new_from_fd(file, FALSE, error);
	close(file);
	if (mapped == NULL)
		return NULL;
	GBytes *bytes = g_mapped_file_get_bytes(mapped);
	g_mapped_file_unref(mapped);
	if (length <= limits->message)
		return bytes;
	g_bytes_unref(bytes);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_LARGE,
		"the message is over the limit message=%" G_GINT64_FORMAT, limits->message);
	return NULL;
}

static GBytes *
read_message(const char *name, const Limits *limits, GError **error)
{
	if (strcmp(name, "-") == 0)
		return read_all(STDIN_FILENO, limits, error);

	const int descriptor = open(name, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0) {
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s", name, g_strerror(errno));
		return NULL;
	}
	GBytes *bytes = read_all(descriptor, limits, error);
	close(descriptor);
	return bytes;
}

/* The first report of a message. */
static Document *
show_message(GBytes *message, const Config *config, GError **error)
{
	g_autoptr(Intake) intake = intake_new(
		message, g_get_real_time() / G_USEC_PER_SEC, false, config, error);

	if (intake == NULL)
		return NULL;
	if (intake->reports->len == 0) {
		g_propagate_error(error, g_error_copy(intake->problem));
		return NULL;
	}

	const StoreReport *one = &g_array_index(intake->reports, StoreReport, 0);
	const StoredReport stored = {
		.report = (Report *)one->report,
		.auth = (char *)auth_name(one->auth),
		.auth_domain = (char *)one->auth_domain,
		.submitter = (char *)intake->message.submitter,
		.report_domain = (char *)intake->message.report_domain,
		.from_domain = (char *)intake->message.from_domain,
		.message_id = (char *)intake->message.message_id,
	};
	return view_report(&stored);
}

static bool
is_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const char *what = request->operands[0];

	/* Without a store the operand is a message. */
	if (store == NULL) {
		g_autoptr(GBytes) message = read_message(what, &request->settings->limits, error);
		return message != NULL ? show_message(message, request->settings, error) : NULL;
	}

	GError *problem = NULL;
	g_autoptr(StoredReport) stored = store_read_report(store, what, &problem);
	if (stored != NULL)
		return view_report(stored);
	if (problem != NULL)
		g_propagate_error(error, problem);
	else
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "there is no report \"%s\"", what);
	return NULL;
}

static StoreUse
use(const Request *request)
{
	const char *what = request->operands[0];
	const bool is_file = strcmp(what, "-") == 0
		|| (!is_number(what) && g_file_test(what, G_FILE_TEST_EXISTS)
			&& !g_file_test(what, G_FILE_TEST_IS_DIR));

	return is_file ? STORE_UNUSED : STORE_READ;
}

const Command command_show = {
	.name = "show",
	.operands = "ID|REPORT-ID|FILE|-",
	.summary = "One report in full",
	.takes = TAKES_STORE,
	.min_operands = 1,
	.max_operands = 1,
	.use = use,
	.answer = answer,
	.document = "report",
};
