#include "intake.h"

#include "tlsrpt/check.h"
#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/input.h"
#include "tlsrpt/parse.h"

#include <string.h>

static void
store_report_clear(gpointer data)
{
	StoreReport *one = data;

	report_free((Report *)one->report);
	g_bytes_unref(one->raw);
}

void
intake_free(Intake *intake)
{
	if (intake == NULL)
		return;
	g_array_unref(intake->reports);
	g_ptr_array_unref(intake->names);
	mail_free(intake->mail);
	g_clear_error(&intake->problem);
	g_free(intake);
}

/* Notes what is wrong with the message, or passes on what is not the message's fault. */
static bool
note_problem(Intake *intake, GError *problem, GError **error)
{
	if (error_quarantine_reason(problem) == NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (intake->problem == NULL)
		intake->problem = problem;
	else
		g_error_free(problem);
	intake->problems++;
	return true;
}

/* What the message does otherwise than RFC 8460 section 5.3 says. */
static void
find_in_mail(Report *report, const Intake *intake, const MailPart *part, bool is_gzip,
	const Limits *limits)
{
	if (!part->standard_type)
		report_add_finding(report, limits, FINDING_MEDIA_TYPE, "mail.content-type",
			part->media_type);
	if (part->label == (is_gzip ? LABEL_JSON : LABEL_GZIP))
		report_add_finding(report, limits, FINDING_CONTENT_DIFFERS, "mail.content-type",
			part->media_type);
	if (part->file_name != NULL
		&& g_str_has_suffix(part->file_name, is_gzip ? ".json" : ".gz"))
		report_add_finding(report, limits, FINDING_FILE_NAME, "mail.file-name",
			part->file_name);
	if (!intake->mail->is_report)
		report_add_finding(report, limits, FINDING_NOT_MULTIPART_REPORT, "mail", NULL);
	if (intake->message.report_domain == NULL)
		report_add_finding(report, limits, FINDING_MISSING, "mail.tls-report-domain", NULL);
	if (intake->message.submitter == NULL)
		report_add_finding(report, limits, FINDING_MISSING, "mail.tls-report-submitter",
			NULL);
}

/*
 * One part to a report, appended to the intake's.  Bare input is a part without a message around
 * it: NULL media_type.
 */
static bool
take_part(Intake *intake, const MailPart *part, int64_t received_at, const Limits *limits,
	GError **error)
{
	const bool is_gzip = gzip_looks_like(part->content);
	size_t trailing = 0;
	g_autoptr(GBytes) json = is_gzip
		? gzip_inflate(part->content, limits->report, &trailing, error)
		: g_bytes_ref(part->content);
	if (json == NULL)
		return false;
	if ((int64_t)g_bytes_get_size(json) > limits->report) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT,
			"the report is over the limit of its size");
		return false;
	}

	StoreReport one = {
		.file_name = part->file_name,
		.media_type = part->media_type,
	};
	CheckContext context = {
		.from_domain = intake->message.from_domain,
		.report_domain = intake->message.report_domain,
		.submitter = intake->message.submitter,
		.subject = intake->message.subject,
		.file_name = part->file_name,
		.sent_at = intake->message.sent_at,
		.received_at = received_at,
	};
	g_autoptr(Report) report = parse_report(json, part->claim == PART_LABELLED,
		check_submitter(&context), limits, &one.digest, error);
	if (report == NULL)
		return false;

	if (trailing > 0) {
		g_autofree char *detail = g_strdup_printf("%zu bytes after the gzip", trailing);
		report_add_finding(report, limits, FINDING_TRAILING_BYTES, "$", detail);
	}
	if (intake->mail != NULL)
		find_in_mail(report, intake, part, is_gzip, limits);
	g_autofree char *content_digest = digest_text(&one.digest);
	context.content_digest = content_digest;
	report_check(report, &context, limits);
	one.raw = is_gzip ? g_bytes_ref(part->content) : gzip_deflate(part->content, error);
	if (one.raw == NULL)
		return false;
	one.report = g_steal_pointer(&report);
	g_array_append_val(intake->reports, one);
	return true;
}

/* Whether what is wrong with a part means that it is no report, and not that one is damaged. */
static bool
is_no_report(const MailPart *part, const GError *problem)
{
	return part->claim == PART_BY_BYTES
		|| (part->claim == PART_BY_NAME
			&& g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT));
}

static bool
take_parts(Intake *intake, int64_t received_at, const Limits *limits, GError **error)
{
	for (size_t i = 0; i < intake->mail->parts->len; i++) {
		const MailPart *part = g_ptr_array_index(intake->mail->parts, i);
		GError *problem = NULL;
		if (take_part(intake, part, received_at, limits, &problem))
			continue;
		if (error_quarantine_reason(problem) != NULL && is_no_report(part, problem)) {
			g_error_free(problem);
			continue;
		}
		if (*part->number != '\0')
			g_prefix_error(&problem, "part %s: ", part->number);
		if (!note_problem(intake, problem, error))
			return false;
	}
	return true;
}

/* A domain of a header as it is stored: a host name, or whatever the sender wrote there. */
static const char *
stored_domain(Intake *intake, const char *text)
{
	char *canonical = text != NULL ? check_hostname(text) : NULL;

	if (canonical == NULL)
		return text;
	g_ptr_array_add(intake->names, canonical);
	return canonical;
}

static void
read_mail(Intake *intake)
{
	const Mail *mail = intake->mail;

	intake->message.from = mail->from;
	intake->message.from_domain = stored_domain(intake, mail->from_domain);
	intake->message.report_domain = stored_domain(intake, mail->report_domain);
	intake->message.submitter = stored_domain(intake, mail->submitter);
	intake->message.subject = mail->subject;
	intake->message.message_id = mail->message_id;
	intake->message.sent_at = mail->sent_at;
	intake->message.is_report = mail->is_report;
}

static bool
take_message(Intake *intake, GBytes *bytes, int64_t received_at, const Limits *limits,
	GError **error)
{
	g_autoptr(GBytes) message = input_without_from_line(bytes);
	GError *problem = NULL;

	if (!input_scan_message(message, limits, &problem))
		return note_problem(intake, problem, error);
	intake->mail = mime_parse(message, limits, &problem);
	if (intake->mail == NULL)
		return note_problem(intake, problem, error);
	read_mail(intake);
	return take_parts(intake, received_at, limits, error);
}

static bool
take_bare(Intake *intake, GBytes *bytes, int64_t received_at, const Limits *limits, GError **error)
{
	const MailPart part = { .claim = PART_LABELLED, .content = bytes };
	GError *problem = NULL;

	return take_part(intake, &part, received_at, limits, &problem)
		|| note_problem(intake, problem, error);
}

Intake *
intake_new(GBytes *message, int64_t received_at, const Limits *limits, GError **error)
{
	g_autoptr(Intake) intake = g_new0(Intake, 1);

	intake->names = g_ptr_array_new_with_free_func(g_free);
	intake->reports = g_array_new(FALSE, TRUE, sizeof(StoreReport));
	g_array_set_clear_func(intake->reports, store_report_clear);
	intake->message.auth = AUTH_UNCHECKED;
	const bool ok = input_kind(message) == INPUT_MESSAGE
		? take_message(intake, message, received_at, limits, error)
		: take_bare(intake, message, received_at, limits, error);
	if (!ok)
		return NULL;
	if (intake->reports->len == 0 && intake->problem == NULL)
		g_set_error_literal(&intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT,
			"no TLS report in the message");
	return g_steal_pointer(&intake);
}
