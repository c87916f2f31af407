#include "command.h"
#include "confined.h"

#include "tlsrpt/error.h"
#include "tlsrpt/intake.h"
#include "tlsrpt/message_read.h"
#include "tlsrpt/report_pack.h"
#include "tlsrpt/user.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static GBytes *
read_message(const char *name, const Limits *limits, GError **error)
{
	MessageSource source = {
		.descriptor = STDIN_FILENO,
		.length = -1,
		.limit = limits->message,
		.idle_ms = -1,
	};

	if (strcmp(name, "-") == 0)
		return message_take(&source, error);
	source.descriptor = open(name, O_RDONLY | O_CLOEXEC);
	if (source.descriptor < 0) {
		g_autofree char *why = user_refusal(name, errno);
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s", name, why);
		return NULL;
	}
	GBytes *message = message_take(&source, error);
	close(source.descriptor);
	return message;
}

/* In a child: packs the first report of a message, and what the message says of it. */
static bool
parse(Unpacker *request, const Config *config, GByteArray *packed, GError **error)
{
	g_autoptr(GBytes) message = g_bytes_new_static(request->at, request->left);
	g_autoptr(Intake) intake = intake_new(
		message, g_get_real_time() / G_USEC_PER_SEC, false, config, error);

	if (intake == NULL)
		return false;
	if (intake->reports->len == 0) {
		g_propagate_error(error, g_error_copy(intake->problem));
		return false;
	}

	const StoreReport *one = &g_array_index(intake->reports, StoreReport, 0);
	pack_text(packed, auth_name(one->auth));
	pack_text(packed, one->auth_domain);
	pack_text(packed, intake->message.submitter);
	pack_text(packed, intake->message.report_domain);
	pack_text(packed, intake->message.from_domain);
	pack_text(packed, intake->message.message_id);
	report_pack(packed, one->report);
	return true;
}

/* Has a child parse the message, which may be hostile. */
static GBytes *
parse_confined(GBytes *message, const Config *config, GError **error)
{
	g_autoptr(Confined) parser = confined_new(parse, config, error);
	g_autoptr(GByteArray) request = g_byte_array_new();
	gsize size;
	const void *data = g_bytes_get_data(message, &size);

	pack_bytes(request, data, size);
	return parser != NULL ? confined_ask(parser, request, error) : NULL;
}

/* The first report of a message. */
static Document *
show_message(GBytes *message, const Config *config, GError **error)
{
	g_autoptr(GBytes) packed = parse_confined(message, config, error);
	StoredReport stored = { 0 };

	if (packed == NULL)
		return NULL;
	Unpacker unpacker = confined_unpacker(packed);
	stored.auth = (char *)unpack_some_text(&unpacker);
	stored.auth_domain = (char *)unpack_text(&unpacker);
	stored.submitter = (char *)unpack_text(&unpacker);
	stored.report_domain = (char *)unpack_text(&unpacker);
	stored.from_domain = (char *)unpack_text(&unpacker);
	stored.message_id = (char *)unpack_text(&unpacker);
	g_autoptr(Report) report = report_unpack(&unpacker);
	stored.report = report;
	return confined_is_sound(&unpacker, error) ? view_report(&stored) : NULL;
}

static bool
is_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
is_file(const char *what)
{
	return strcmp(what, "-") == 0
		|| (!is_number(what) && g_file_test(what, G_FILE_TEST_EXISTS)
			&& !g_file_test(what, G_FILE_TEST_IS_DIR));
}

static Document *
show_stored(const Request *request, Store *store, GError **error)
{
	const char *what = request->operands[0];
	GError *problem = NULL;
	g_autoptr(StoredReport) stored = store_read_report(store, what, &problem);

	if (stored != NULL)
		return view_report(stored);
	if (problem != NULL)
		g_propagate_error(error, problem);
	else if (is_number(what))
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "there is no report \"%s\"", what);
	else
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"there is no file \"%s\", and no report with that id", what);
	return NULL;
}

/* Only what is no file needs a store. */
static Document *
answer(const Request *request, G_GNUC_UNUSED Store *store, GError **error)
{
	const char *what = request->operands[0];
	g_autoptr(GError) problem = NULL;

	if (is_file(what)) {
		g_autoptr(GBytes) message = read_message(what, &request->settings->limits, error);
		return message != NULL ? show_message(message, request->settings, error) : NULL;
	}
	Document *document = answer_from_store(request, show_stored, &problem);
	if (problem == NULL)
		return document;
	if (!is_number(what) && !g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_USAGE))
		g_prefix_error(&problem,
			"there is no file \"%s\", and a report with that id cannot be looked for: ",
			what);
	g_propagate_error(error, g_steal_pointer(&problem));
	return NULL;
}

static StoreUse
use(G_GNUC_UNUSED const Request *request)
{
	return STORE_UNUSED;
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
