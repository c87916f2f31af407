#include "tlsrpt/intake.h"

#include "tlsrpt/brief.h"
#include "tlsrpt/check.h"
#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/input.h"
#include "tlsrpt/parse.h"
#include "tlsrpt/registrable.h"
#include "tlsrpt/series.h"
#include "tlsrpt/sniff.h"
#include "tlsrpt/zip.h"

#include <string.h>

static void
store_report_clear(gpointer data)
{
	StoreReport *one = data;

	report_free(one->report);
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
	g_free(intake->auth_domain);
	g_clear_error(&intake->problem);
	g_free(intake);
}

/* Notes a problem if it is the message's fault; otherwise it becomes the error of the intake. */
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

/* Adds a finding for each way in which the message differs from RFC 8460 section 5.3. */
static void
find_in_mail(
	Report *report, const StoreMessage *message, const MailPart *part, const Limits *limits)
{
	const bool is_gzip = gzip_looks_like(part->content);

	if (!part->standard_type)
		report_add_finding(
			report, limits, FINDING_MEDIA_TYPE, "mail.content-type", part->media_type);
	if (part->label == (is_gzip ? LABEL_JSON : LABEL_GZIP))
		report_add_finding(report, limits, FINDING_CONTENT_DIFFERS, "mail.content-type",
			part->media_type);
	if (part->file_name != NULL && g_str_has_suffix(part->file_name, is_gzip ? ".json" : ".gz"))
		report_add_finding(
			report, limits, FINDING_FILE_NAME, "mail.file-name", part->file_name);
	if (!message->is_report)
		report_add_finding(report, limits, FINDING_NOT_MULTIPART_REPORT, "mail", NULL);
	if (message->report_domain == NULL)
		report_add_finding(report, limits, FINDING_MISSING, "mail.tls-report-domain", NULL);
	if (message->submitter == NULL)
		report_add_finding(
			report, limits, FINDING_MISSING, "mail.tls-report-submitter", NULL);
}

/*
 * Whether the operator ignores who has sent a report: the owner of the domain that has signed or, if
 * nobody vouches for it, the organization that it names.
 */
static bool
is_ignored(const StoreReport *one, const Config *config)
{
	const bool passed = one->auth == AUTH_PASS && one->auth_domain != NULL;
	g_autofree char *name = passed ? g_strdup(registrable_domain(one->auth_domain))
				       : g_utf8_strdown(one->report->organization, -1);

	for (char **ignored = config->ignore_reporters; *ignored != NULL; ignored++) {
		if (strcmp(passed ? registrable_domain(*ignored) : *ignored, name) == 0)
			return true;
	}
	return false;
}

/* Fails if all policies of a report were about others, and so were taken out. */
static bool
check_ours(const Report *report, const Config *config, GError **error)
{
	if (*config->own_domains == NULL || report->policies->len > 0)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_FOREIGN_REPORT,
		"the report has no policy about a domain of ours");
	return false;
}

static bool
check_wanted(const StoreReport *one, const Config *config, GError **error)
{
	if (config->require_auth && one->auth != AUTH_PASS
		&& !(one->auth == AUTH_HTTPS && config->accept_https)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNAUTHENTICATED,
			"the sender is not authenticated: %s", auth_name(one->auth));
		return false;
	}
	if (is_ignored(one, config)) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_IGNORED,
			"the reporter is one of ignore-reporters");
		return false;
	}
	return check_ours(one->report, config, error);
}

/* Sets who vouches for a part.  A message inside the message was not signed by the outer sender. */
static void
take_auth(const Intake *intake, const MailPart *part, StoreReport *one)
{
	const bool vouched = !part->enclosed || intake->auth == AUTH_UNCHECKED;

	one->auth = vouched ? intake->auth : AUTH_NONE;
	one->auth_domain = vouched ? intake->auth_domain : NULL;
}

/* Adds a finding if the contact is not in the domain that has signed. */
static void
find_contact(Report *report, const StoreReport *one, const Limits *limits)
{
	const char *at = strrchr(report->contact_info, '@');

	if (one->auth == AUTH_PASS && at != NULL && !hostname_is_aligned(at + 1, one->auth_domain))
		report_add_finding(report, limits, FINDING_CONTACT_UNALIGNED, "$.contact-info",
			one->auth_domain);
}

/* What a part holds, with its gzip taken off. */
typedef struct {
	GBytes *json;
	size_t trailing; /* bytes after the gzip */
	GError *damage; /* what ended the gzip after a sound member, or NULL */
} Content;

static void
content_clear(Content *content)
{
	g_bytes_unref(content->json);
	g_clear_error(&content->damage);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Content, content_clear)

static bool
take_off_gzip(const MailPart *part, const Limits *limits, Content *content, GError **error)
{
	content->json = gzip_looks_like(part->content) ? gzip_inflate(part->content, limits->report,
				&content->trailing, &content->damage, error)
						       : g_bytes_ref(part->content);

	if (content->json != NULL && (int64_t)g_bytes_get_size(content->json) > limits->report) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT,
			"the report is over the limit of its size");
		return false;
	}
	return content->json != NULL;
}

/*
 * The same for one of the parts of a message, which together have a limit, too.  A part that cannot be
 * inflated counts as much as it may have cost.
 */
static bool
take_off_gzip_of(Intake *intake, const MailPart *part, const Limits *limits, Content *content,
	GError **error)
{
	const int64_t left = limits->message_inflated - intake->inflated;
	Limits own = *limits;

	own.report = MIN(limits->report, MAX(left, 0));
	g_autoptr(GError) problem = NULL;
	const bool ok = take_off_gzip(part, &own, content, &problem);
	intake->inflated += ok ? (int64_t)g_bytes_get_size(content->json) : own.report;
	if (ok)
		return true;
	if (left < limits->report && g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT))
		return error_over_limit(
			"the message", "message-inflated", limits->message_inflated, error);
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

/* One report, and nothing else, to its checked form. */
static Report *
read_report(const StoreMessage *message, const MailPart *part, const Content *content,
	int64_t received_at, const Config *config, StoreReport *one, GError **error)
{
	const Limits *limits = &config->limits;
	CheckContext context = {
		.from_domain = message->from_domain,
		.report_domain = message->report_domain,
		.submitter = message->submitter,
		.subject = message->subject,
		.file_name = part->file_name,
		.sent_at = message->sent_at,
		.received_at = received_at,
		.own_domains = config->own_domains,
	};
	g_autoptr(Report) report = parse_report(content->json, part->claim == PART_LABELLED,
		check_submitter(&context), limits, &one->digest, error);

	if (report == NULL)
		return NULL;
	if (content->trailing > 0) {
		g_autofree char *detail = g_strdup_printf(
			"%zu bytes after the gzip", content->trailing);
		report_add_finding(report, limits, FINDING_TRAILING_BYTES, "$", detail);
	}
	if (part->media_type != NULL)
		find_in_mail(report, message, part, limits);
	g_autofree char *content_digest = digest_text(&one->digest);
	context.content_digest = content_digest;
	find_contact(report, one, limits);
	report_check(report, &context, limits);
	return g_steal_pointer(&report);
}

Report *
intake_report(const StoreMessage *message, const MailPart *part, int64_t received_at,
	const Config *config, StoreReport *one, GError **error)
{
	g_auto(Content) content = { 0 };

	if (!take_off_gzip(part, &config->limits, &content, error))
		return NULL;
	g_autoptr(Report)
		report = read_report(message, part, &content, received_at, config, one, error);
	return report != NULL && check_ours(report, config, error) ? g_steal_pointer(&report)
								   : NULL;
}

static bool
is_xml(GBytes *content)
{
	gsize size;
	const char *bytes = g_bytes_get_data(content, &size);

	return sniff(bytes, MIN(size, SNIFF_BYTES)) == SNIFF_XML;
}

static bool
is_array(GBytes *json)
{
	gsize size;
	const char *text = g_bytes_get_data(json, &size);

	return series_is_array(text, size);
}

static bool
has_several(GBytes *json)
{
	gsize size;
	const char *text = g_bytes_get_data(json, &size);
	SeriesEnd end;
	g_autoptr(GArray) items = series_split(text, size, 1, &end);

	return items->len > 1;
}

/* Whether there is more in the text than the report. */
static bool
has_trailing_bytes(const Report *report)
{
	for (guint i = 0; i < report->findings->len; i++) {
		if (g_array_index(report->findings, Finding, i).code == FINDING_TRAILING_BYTES)
			return true;
	}
	return false;
}

/* Whether what is wrong with a part means that it is no report, and not that one is damaged. */
static bool
is_no_report(const MailPart *part, const GError *problem)
{
	/* One that nobody wants has proved to be one. */
	if (g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_UNAUTHENTICATED)
		|| g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_FOREIGN_REPORT)
		|| g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_IGNORED))
		return false;
	return part->claim == PART_BY_BYTES
		|| (part->claim == PART_BY_NAME
			&& g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT));
}

/*
 * Counts the failure rows of a report; past the limit of the message it gets its brief form.  Rows of
 * that count apart, so that the limit does not refuse what it has made small.
 */
static bool
count_failures(Intake *intake, Report *report, const Limits *limits, GError **error)
{
	const int64_t rows = (int64_t)report_failures(report);

	if (intake->failures + rows <= limits->message_failures) {
		intake->failures += rows;
		return true;
	}
	report_make_brief(report, limits);
	intake->brief_failures += (int64_t)report_failures(report);
	return intake->brief_failures <= limits->message_failures
		|| error_over_limit("the message", "message-failure-details",
			limits->message_failures, error);
}

/* Appends a report to the intake's, with the part that it came in. */
static bool
keep_report(Intake *intake, const MailPart *part, StoreReport *one, const Config *config,
	GError **error)
{
	if (!check_wanted(one, config, error)
		|| !count_failures(intake, one->report, &config->limits, error))
		return false;
	one->is_gzip = gzip_looks_like(part->content);
	one->raw = one->is_gzip ? g_bytes_ref(part->content) : gzip_deflate(part->content, error);
	if (one->raw == NULL)
		return false;
	g_array_append_val(intake->reports, *one);
	return true;
}

/* The report of a part that holds one, kept unless there is more in it: then *has_more is set. */
static bool
take_report(Intake *intake, const MailPart *part, const Content *content, const Config *config,
	bool *has_more, GError **error)
{
	StoreReport one = {
		.file_name = part->file_name,
		.media_type = part->media_type,
	};

	take_auth(intake, part, &one);
	g_autoptr(Report) report = read_report(
		&intake->message, part, content, intake->received_at, config, &one, error);
	if (report == NULL)
		return false;
	if (has_more != NULL && has_trailing_bytes(report)) {
		*has_more = has_several(content->json);
		if (*has_more)
			return true;
	}
	one.report = report;
	if (!keep_report(intake, part, &one, config, error))
		return false;
	g_steal_pointer(&report);
	return true;
}

static void
prefix_part(GError **problem, const MailPart *part)
{
	if (*part->number != '\0')
		g_prefix_error(problem, "part %s: ", part->number);
}

/* Notes what is wrong with a report of a part, unless nothing in that part proved to be a report. */
static bool
note_of_series(Intake *intake, const MailPart *part, bool is_proved, guint number, GError *problem,
	GError **error)
{
	if (error_quarantine_reason(problem) != NULL && !is_proved && is_no_report(part, problem)) {
		g_error_free(problem);
		return true;
	}
	if (number > 0)
		g_prefix_error(&problem, "report %u: ", number);
	prefix_part(&problem, part);
	return note_problem(intake, problem, error);
}

/* One of the reports of a part, as a part of its own: it is stored with its own bytes. */
static bool
take_item(Intake *intake, const MailPart *part, GBytes *json, const SeriesItem *item,
	const Config *config, GError **error)
{
	g_autoptr(GBytes) own = g_bytes_new_from_bytes(json, item->start, item->length);
	g_autoptr(GBytes) packed = gzip_looks_like(part->content) ? gzip_deflate(own, error)
								  : g_bytes_ref(own);
	const Content content = { .json = own };
	MailPart alone = *part;

	if (packed == NULL)
		return false;
	alone.content = packed;
	return take_report(intake, &alone, &content, config, NULL, error);
}

/* What is wrong with a part of several reports beside what is wrong with them. */
static GError *
problem_of_series(const Content *content, const GArray *items, size_t limit, SeriesEnd end)
{
	GError *problem = NULL;

	if (content->damage != NULL)
		return g_error_copy(content->damage);
	if (items->len > limit)
		error_over_limit("the message", "reports", (int64_t)limit, &problem);
	else if (end == SERIES_NO_END)
		g_set_error_literal(&problem, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON,
			"not JSON: the text ends inside the array");
	else if (end == SERIES_OTHER_ELEMENT || items->len == 0)
		g_set_error_literal(&problem, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT,
			"JSON, but no TLS report: an array with something else");
	return problem;
}

/* Each report of a part that holds several; of those that are wrong, what is wrong with them. */
static bool
take_series(Intake *intake, const MailPart *part, const Content *content, const Config *config,
	GError **error)
{
	gsize size;
	const char *text = g_bytes_get_data(content->json, &size);
	const guint before = intake->reports->len;
	const size_t limit = (size_t)MAX(config->limits.reports - before, 0);
	SeriesEnd end;
	g_autoptr(GArray) items = series_split(text, size, limit, &end);

	for (guint i = 0; i < items->len && i < limit; i++) {
		GError *problem = NULL;
		const SeriesItem *item = &g_array_index(items, SeriesItem, i);
		if (take_item(intake, part, content->json, item, config, &problem))
			continue;
		/* What ended the gzip cuts the last one. */
		if (content->damage != NULL && i + 1 == items->len
			&& error_quarantine_reason(problem) != NULL)
			g_error_free(problem);
		else if (!note_of_series(intake, part, intake->reports->len > before, i + 1,
				 problem, error))
			return false;
	}
	GError *problem = problem_of_series(content, items, limit, end);
	return problem == NULL
		|| note_of_series(intake, part, intake->reports->len > before, 0, problem, error);
}

static bool
take_part(Intake *intake, const MailPart *part, const Config *config, GError **error)
{
	g_auto(Content) content = { 0 };
	bool has_more = false;

	if (!take_off_gzip_of(intake, part, &config->limits, &content, error))
		return false;
	intake->has_xml |= is_xml(content.json);
	if (content.damage == NULL && !is_array(content.json)) {
		if (!take_report(intake, part, &content, config, &has_more, error))
			return false;
		if (!has_more)
			return true;
	}
	return take_series(intake, part, &content, config, error);
}

/* Takes a part, or notes what is wrong with it. */
static bool
take_or_note(Intake *intake, const MailPart *part, const Config *config, GError **error)
{
	GError *problem = NULL;

	if (take_part(intake, part, config, &problem))
		return true;
	if (error_quarantine_reason(problem) != NULL && is_no_report(part, problem)) {
		g_error_free(problem);
		return true;
	}
	prefix_part(&problem, part);
	return note_problem(intake, problem, error);
}

static bool
take_parts(Intake *intake, const Config *config, GError **error)
{
	for (size_t i = 0; i < intake->mail->parts->len; i++) {
		if (!take_or_note(intake, g_ptr_array_index(intake->mail->parts, i), config, error))
			return false;
	}
	return true;
}

/* The form in which a domain of a header is stored: a host name if it is one, else as it came. */
static const char *
stored_domain(Intake *intake, const char *text)
{
	char *canonical = text != NULL ? hostname_stored_form(text) : NULL;

	if (canonical == NULL)
		return text;
	g_ptr_array_add(intake->names, canonical);
	return canonical;
}

static void
read_mail(Intake *intake, const Config *config)
{
	const Mail *mail = intake->mail;
	const AuthTrust trust = { config->trusted_authserv_ids, config->trusted_hosts };

	intake->message.from = mail->from;
	intake->message.from_domain = stored_domain(intake, mail->from_domain);
	intake->message.report_domain = stored_domain(intake, mail->report_domain);
	intake->message.submitter = stored_domain(intake, mail->submitter);
	intake->message.subject = mail->subject;
	intake->message.message_id = mail->message_id;
	intake->message.sent_at = mail->sent_at;
	intake->message.is_report = mail->is_report;

	/*
	 * Old versions of tlsrpt-reporter write the name of the organisation there, which aligns
	 * with nothing.
	 */
	g_autofree char *submitter = mail->submitter != NULL ? hostname_stored_form(mail->submitter)
							     : NULL;
	intake->auth = auth_evaluate((const AuthField *)(const void *)mail->fields->data,
		mail->fields->len, &trust, intake->message.from_domain, submitter,
		&intake->auth_domain);
}

/*
 * Says what a message without a report is, so that in quarantine those that claim to be reports are told
 * from others.
 */
static void
explain_none(Intake *intake, GBytes *message)
{
	const Mail *mail = intake->mail;
	const char *skipped = mail->skipped != NULL ? mail->skipped->str : "";

	if (intake->reports->len > 0 || intake->problem != NULL)
		return;
	if (mail->is_returned)
		g_set_error_literal(&intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT,
			"a delivery status, which brings a message back");
	else if (mime_claims_report(mail, message, intake->has_xml))
		g_set_error(&intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_UNREAD_REPORT,
			"it says that it is a TLS report, and no part of it is one%s%s",
			*skipped != '\0' ? "; skipped: " : "", skipped);
	else if (mail->is_dmarc || intake->has_xml)
		g_set_error_literal(&intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT,
			"a DMARC report, and no TLS report");
}

static bool
take_message(Intake *intake, GBytes *bytes, bool is_old, const Config *config, GError **error)
{
	const Limits *limits = &config->limits;
	g_autoptr(GBytes) message = input_plain_message(bytes);
	GError *problem = NULL;

	if (!input_scan_message(message, limits, &problem))
		return note_problem(intake, problem, error);
	intake->mail = mime_parse(message, limits, &problem);
	if (intake->mail == NULL)
		return note_problem(intake, problem, error);
	read_mail(intake, config);
	if (is_old && intake->mail->sent_at > 0)
		intake->received_at = MIN(intake->received_at, intake->mail->sent_at);
	if (!take_parts(intake, config, error))
		return false;
	GError *archive = g_steal_pointer(&intake->mail->problem);
	if (archive != NULL)
		return note_problem(intake, archive, error);
	explain_none(intake, message);
	return true;
}

static bool take_bare(
	Intake *intake, GBytes *bytes, const char *name, const Config *config, GError **error);

/* The reports in a zip archive without a message around it. */
static bool
take_archive(Intake *intake, GBytes *bytes, const Config *config, GError **error)
{
	GError *problem = NULL;
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	if (!sniff_contains(data, size, ".json"))
		return true;
	g_autoptr(GPtrArray) entries = zip_read(bytes, &config->limits, &problem);
	for (guint i = 0; i < entries->len; i++) {
		const ZipEntry *entry = g_ptr_array_index(entries, i);
		g_autofree char *base = g_path_get_basename(entry->name);
		if (!take_bare(intake, entry->content, base, config, error)) {
			g_clear_error(&problem);
			return false;
		}
	}
	return problem == NULL || note_problem(intake, problem, error);
}

/*
 * Takes a report without a message around it; name is that of its file, or NULL if it was sent to
 * us.
 */
static bool
take_bare(Intake *intake, GBytes *bytes, const char *name, const Config *config, GError **error)
{
	const bool is_named = name != NULL
		&& (g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".json.gz"));
	char *file_name = g_strdup(name);
	const MailPart part = {
		.claim = name == NULL ? PART_LABELLED
			: is_named    ? PART_BY_NAME
				      : PART_BY_BYTES,
		.number = (char *)"",
		.file_name = file_name,
		.content = bytes,
	};

	if (file_name != NULL)
		g_ptr_array_add(intake->names, file_name);
	return take_or_note(intake, &part, config, error);
}

static Intake *
intake_begin(int64_t received_at, Auth auth, char *const *reporters)
{
	Intake *intake = g_new0(Intake, 1);

	intake->received_at = received_at;
	intake->names = g_ptr_array_new_with_free_func(g_free);
	intake->reports = g_array_new(FALSE, TRUE, sizeof(StoreReport));
	g_array_set_clear_func(intake->reports, store_report_clear);
	intake->auth = auth;
	intake->reporters = reporters;
	return intake;
}

static void
intake_end(Intake *intake)
{
	if (intake->reports->len == 0 && intake->problem == NULL)
		g_set_error_literal(&intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT,
			"no TLS report in the message");
}

static Auth
auth_to_begin_with(const Config *config)
{
	return *config->trusted_authserv_ids == NULL ? AUTH_UNCHECKED : AUTH_NONE;
}

Intake *
intake_new(
	GBytes *message, int64_t received_at, bool by_https, const Config *config, GError **error)
{
	g_autoptr(Intake) intake = intake_begin(
		received_at, by_https ? AUTH_HTTPS : auth_to_begin_with(config), config->reporters);
	const InputKind kind = input_kind(message);

	intake->size = (int64_t)g_bytes_get_size(message);
	const bool ok = kind == INPUT_ZIP ? take_archive(intake, message, config, error)
		: !by_https && kind == INPUT_MESSAGE
		? take_message(intake, message, false, config, error)
		: take_bare(intake, message, NULL, config, error);

	if (!ok)
		return NULL;
	intake_end(intake);
	return g_steal_pointer(&intake);
}

Intake *
intake_new_from_file(GBytes *content, const char *name, int64_t modified_at, const Config *config,
	GError **error)
{
	g_autoptr(Intake)
		intake = intake_begin(modified_at, auth_to_begin_with(config), config->reporters);
	const InputKind kind = input_kind(content);

	intake->size = (int64_t)g_bytes_get_size(content);
	const bool ok = kind == INPUT_ZIP ? take_archive(intake, content, config, error)
		: kind == INPUT_MESSAGE	  ? take_message(intake, content, true, config, error)
					  : take_bare(intake, content, name, config, error);

	if (!ok)
		return NULL;
	intake_end(intake);
	return g_steal_pointer(&intake);
}

Intake *
intake_new_unread(int64_t received_at, const GError *problem)
{
	Intake *intake = intake_begin(received_at, AUTH_UNCHECKED, NULL);

	intake->problem = g_error_copy(problem);
	intake->problems = 1;
	return intake;
}

void
intake_leave_reports(Intake *intake, GError *problem)
{
	g_array_set_size(intake->reports, 0);
	g_clear_error(&intake->problem);
	intake->problem = problem;
	intake->problems = 1;
}

StoreDelivery
intake_delivery(const Intake *intake)
{
	return (StoreDelivery){
		.message = &intake->message,
		.reports = (const StoreReport *)(const void *)intake->reports->data,
		.n_reports = intake->reports->len,
		.received_at = intake->received_at,
		.reporters = intake->reporters,
		.size = intake->size,
	};
}

/* In which order messages are dropped when quarantine is full. */
static QuarantineClass
quarantine_class(const GError *problem, bool is_vouched_for)
{
	if (problem->code == TLSRPT_ERROR_NO_REPORT)
		return QUARANTINE_NO_REPORT;
	if (problem->code == TLSRPT_ERROR_DAY_LIMIT)
		return QUARANTINE_WAITING;
	if (!is_vouched_for)
		return QUARANTINE_UNAUTHENTICATED;
	return problem->code == TLSRPT_ERROR_FOREIGN_REPORT || problem->code == TLSRPT_ERROR_IGNORED
		? QUARANTINE_FOREIGN
		: QUARANTINE_DAMAGED;
}

StoreQuarantine
intake_quarantine(const Intake *intake, const GError *problem)
{
	const char *auth_domain = intake != NULL && intake->auth == AUTH_PASS ? intake->auth_domain
									      : NULL;

	return (StoreQuarantine){
		.class = quarantine_class(problem, auth_domain != NULL),
		.auth_domain = auth_domain,
		.reason = error_quarantine_reason(problem),
		.detail = problem->message,
	};
}

/* The digest of the message without the line that differs from one delivery to the next. */
static void
message_digest(GBytes *bytes, Digest *digest)
{
	g_autoptr(GBytes) message = input_without_from_line(bytes);
	gsize size;
	const void *data = g_bytes_get_data(message, &size);

	digest_bytes(data, size, digest);
}

bool
intake_quarantine_message(StoreQuarantine *quarantine, GBytes *message, GError **error)
{
	quarantine->gzip = gzip_deflate(message, error);
	if (quarantine->gzip == NULL)
		return false;
	quarantine->size = (int64_t)g_bytes_get_size(message);
	message_digest(message, &quarantine->digest);
	return true;
}
