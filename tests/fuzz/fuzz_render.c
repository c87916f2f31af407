/*
 * Stored values to every renderer: each line of the input is one value, cleaned as far as the parser does.  Whatever
 * they are, text can be shown, JSON and CSV can be read, and HTML has its tags in order.
 */
#include "fuzz.h"
#include "scratch.h"

#include "tlsrpt/config.h"
#include "tlsrpt/delivery.h"
#include "tlsrpt/render.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/view.h"
#include "tlsrpt/view_check.h"
#include "tlsrpt/view_digest.h"
#include "tlsrpt/view_metrics.h"
#include "tlsrpt/view_page.h"
#include "tlsrpt/view_served.h"

#include <json.h>
#include <stdio.h>

#define TODAY INT64_C(20780) /* 2026-11-23 */
#define NOW (TODAY * 86400 + 43200)
#define VALUES 16

typedef struct {
	char *values[VALUES];
} Input;

/* --- the store */

static const char *
value(const Input *input, int i)
{
	return input->values[i];
}

static void
read_input(Input *input, const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", VALUES);
	const guint n = g_strv_length(lines);

	for (guint i = 0; i < VALUES; i++)
		input->values[i] = i < n ? g_utf8_make_valid(lines[i], MIN(strlen(lines[i]), 1000))
					 : g_strdup("");
}

static Report *
report_of(const Input *input, int64_t day)
{
	Report *report = report_new();

	report->organization = report_string(report, value(input, 0));
	report->report_id = report_string(report, *value(input, 1) != '\0' ? value(input, 1) : "1");
	report->contact_info = report_string(report, value(input, 2));
	report->has_start = report->has_end = true;
	report->day = day;
	report->start_at = day * 86400;
	report->end_at = report->start_at + 86399;
	Policy *policy = report_add_policy(report);
	policy->policy_type = report_string(report, value(input, 3));
	policy->policy_domain = report_string(report, value(input, 4));
	policy->policy_text = report_string(report, value(input, 5));
	policy->mx_hosts = report_string(report, value(input, 6));
	policy->successful_sessions = 10;
	policy->failed_sessions = 20;
	Failure *failure = policy_add_failure(policy);
	failure->result_type = report_string(
		report, *value(input, 7) != '\0' ? value(input, 7) : "x");
	failure->sending_mta_ip = report_string(report, value(input, 8));
	failure->receiving_ip = report_string(report, value(input, 9));
	failure->receiving_mx_hostname = report_string(report, value(input, 10));
	failure->receiving_mx_helo = report_string(report, value(input, 11));
	failure->additional_information = report_string(report, value(input, 12));
	failure->failure_reason_code = report_string(report, value(input, 13));
	failure->failed_sessions = 20;
	return report;
}

static void
deliver(Store *store, const Input *input, int64_t day, const Limits *limits)
{
	static const uint8_t raw[] = { 0x1f, 0x8b };
	g_autoptr(Report) report = report_of(input, day);
	g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof(raw));
	const StoreMessage message = {
		.from = value(input, 14), .subject = value(input, 15), .is_report = true
	};
	StoreReport one = { .report = report, .raw = bytes, .auth = AUTH_UNCHECKED };
	const StoreDelivery delivery = { .message = &message,
		.reports = &one,
		.n_reports = 1,
		.received_at = (day + 1) * 86400,
		.size = MIB };
	StoreOutcome outcome;
	g_autoptr(GError) error = NULL;

	one.digest.bytes[0] = (uint8_t)day;
	if (!store_deliver(store, &delivery, limits, &outcome, &error))
		fuzz_fail("not stored: %s", error->message);
	g_assert_cmpuint(outcome.stored, ==, 1);
}

static void
add_note(Store *store, const Input *input)
{
	const NoteTarget target = { .incident = 1 };
	const StoreNote note = {
		.kind = NOTE_ACCEPT, .author = value(input, 14), .text = value(input, 15), .at = NOW
	};
	g_autoptr(GError) error = NULL;

	if (!store_add_note(store, &target, 1, &note, &error))
		fuzz_fail("no note: %s", error->message);
}

/* --- what is printed */

/* No control characters, and with strict none that cannot be seen or change the text around them. */
static void
check_shown(const char *text, bool strict)
{
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		const gunichar c = g_utf8_get_char(at);
		const GUnicodeType type = g_unichar_type(c);
		const bool is_hidden = type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR;
		if ((c != '\n' && c != '\r' && type == G_UNICODE_CONTROL) || (strict && is_hidden))
			fuzz_fail("U+%04X before %.40s in %s", c, at, text);
	}
}

static void
check_json(const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object = json_tokener_parse_ex(tokener, text, (int)length);
	size_t end = json_tokener_get_parse_end(tokener);

	g_assert_cmpint(json_tokener_get_error(tokener), ==, json_tokener_success);
	while (end < length && g_ascii_isspace(text[end]))
		end++;
	g_assert_cmpuint(end, ==, length);
	json_object_put(object);
	json_tokener_free(tokener);
}

static void
check_lines_of_json(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0')
			check_json(*line, strlen(*line));
	}
}

/* As RFC 4180: a field is quoted as a whole, or has no quotation mark, and none is a formula. */
static void
check_csv(const char *text)
{
	for (const char *at = text; *at != '\0';) {
		if (*at == '"') {
			g_assert_null(strchr("=+@\t", at[1] == '\0' ? 'x' : at[1]));
			for (at++; *at != '"' || at[1] == '"'; at += *at == '"' ? 2 : 1)
				g_assert_cmpint(*at, !=, '\0');
			at++;
		} else {
			g_assert_true(*at == '\0' || strchr("=+@\t", *at) == NULL);
			at += strcspn(at, ",\r\n\"");
		}
		g_assert_true(*at == ',' || *at == '\r' || *at == '\n');
		at += *at == '\r' ? 2 : 1;
	}
}

static bool
is_void(const char *name)
{
	static const char *const names[] = { "meta", "link", "br", "hr", "img", "input", "col",
		"wbr", "path", "rect", NULL };

	return g_strv_contains(names, name);
}

/* The end of a tag: its attributes are quoted, so that no ">" in them ends it. */
static const char *
tag_end(const char *at)
{
	for (; *at != '>'; at++) {
		g_assert_true(*at != '\0' && *at != '<');
		if (*at == '"') {
			at = strchr(at + 1, '"');
			g_assert_nonnull(at);
		}
	}
	return at;
}

/* Every tag is closed, in order, and what strangers wrote opens none. */
static void
check_html(const char *text)
{
	static const char *const ours[] = { "a", "b", "bdi", "body", "br", "caption", "code", "col",
		"colgroup", "dd", "details", "div", "dl", "dt", "em", "footer", "g", "h1", "h2",
		"h3", "h4", "head", "header", "hr", "html", "i", "li", "link", "main", "meta",
		"nav", "ol", "p", "path", "pre", "rect", "section", "small", "span", "strong",
		"style", "summary", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "time",
		"title", "tr", "u", "ul", "wbr", "article", "desc", "abbr", "aside", "figure",
		"figcaption", "defs", "use", "symbol", "q", "samp", "kbd", NULL };
	g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);

	for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at, '<')) {
		if (g_str_has_prefix(at, "<!")) {
			at = tag_end(at + 1);
			continue;
		}
		const bool closes = at[1] == '/';
		const char *begin = at + 1 + closes;
		const size_t length = strspn(begin, "abcdefghijklmnopqrstuvwxyz0123456789");
		char *name = g_strndup(begin, length);
		if (!g_strv_contains(ours, name))
			fuzz_fail("a tag that is not ours: %.40s", at);
		at = tag_end(begin);
		if (closes) {
			g_assert_cmpuint(open->len, >, 0);
			g_assert_cmpstr(g_ptr_array_index(open, open->len - 1), ==, name);
			g_ptr_array_set_size(open, (gint)open->len - 1);
			g_free(name);
		} else if (is_void(name) || at[-1] == '/') {
			g_free(name);
		} else {
			g_ptr_array_add(open, name);
		}
	}
	g_assert_cmpuint(open->len, ==, 0);
}

/* A line is a comment or a sample, whose labels are quoted. */
static void
check_prometheus(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL && **line != '\0'; line++) {
		const char *at = *line + strspn(*line, "abcdefghijklmnopqrstuvwxyz_");
		if (**line == '#')
			continue;
		if (*at == '{') {
			for (at++; *at != '}'; at++) {
				at += strspn(at, "abcdefghijklmnopqrstuvwxyz_");
				g_assert_true(at[0] == '=' && at[1] == '"');
				for (at += 2; *at != '"'; at += *at == '\\' ? 2 : 1)
					g_assert_true(*at != '\0'
						&& (*at != '\\' || strchr("\\\"n", at[1]) != NULL));
				if (at[1] == '}')
					continue;
				at++;
				g_assert_cmpint(*at, ==, ',');
			}
			at++;
		}
		g_assert_true(*at == ' ' && g_ascii_isdigit(at[1]));
	}
}

static void
check_message(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		g_assert_cmpuint(strlen(*line), <=, 998);
		g_assert_true(g_str_is_ascii(*line));
	}
}

static void
check_format(const Document *document, const char *format, bool ascii)
{
	g_autofree char *text = NULL;
	size_t size;
	const Output out = { .file = open_memstream(&text, &size),
		.width = 80,
		.ascii = ascii,
		.is_terminal = true };

	render(document, format, &out);
	g_assert_cmpint(fclose(out.file), ==, 0);
	g_assert_cmpuint(strlen(text), ==, size);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	/* CSV and the labels of Prometheus hand on what there is; a message is ASCII, with folded header fields. */
	if (strcmp(format, "csv") != 0 && strcmp(format, "prometheus") != 0
		&& strcmp(format, "message") != 0)
		check_shown(text, strcmp(format, "html") != 0);
	if (strcmp(format, "json") == 0)
		check_json(text, size);
	else if (strcmp(format, "ndjson") == 0)
		check_lines_of_json(text);
	else if (strcmp(format, "csv") == 0)
		check_csv(text);
	else if (strcmp(format, "html") == 0)
		check_html(text);
	else if (strcmp(format, "prometheus") == 0)
		check_prometheus(text);
	else if (strcmp(format, "message") == 0)
		check_message(text);
}

static void
check_document(Document *document, GError *error)
{
	g_assert_no_error(error);
	g_autofree const char **formats = render_formats(document->schema);

	for (const char **format = formats; *format != NULL; format++) {
		/* Of daily these are the numbers of metrics alone. */
		if ((strcmp(*format, "prometheus") == 0)
			!= (strcmp(document->schema, "daily") == 0))
			continue;
		check_format(document, *format, false);
		check_format(document, *format, true);
	}
	document_free(document);
}

/* --- all of them */

static void
check_check(const Input *input, const ProblemsQuestion *problems)
{
	const CheckOptions options = { .now = NOW };
	g_autofree char *served = g_strdup_printf(
		"%s\t%" G_GINT64_FORMAT "\t1\t%s\n", value(input, 4), NOW, value(input, 5));
	GError *error = NULL;
	Document *document = view_check(problems, &options, &error);

	g_assert_no_error(error);
	view_check_add_served(document, served, problems->filter, NOW);
	check_document(document, NULL);
}

static void
check_documents(Store *store, const Config *config, const Input *input)
{
	static const ReportsQuestion any = { false, NULL, NULL };
	const StoreFilter filter = {
		.since_day = TODAY - 7, .until_day = TODAY, .window_day = TODAY - 7, .today = TODAY
	};
	const IncidentRules rules = { config->window_days, config->baseline_days,
		config->learning_days, config->silence_days };
	const BelieveRules believe = { .believe = BELIEVE_ALL };
	const ProblemsQuestion problems = { .store = store,
		.filter = &filter,
		.rules = &rules,
		.believe = &believe,
		.in_full = true,
		.quarantine = config->limits.quarantine };
	const MetricsOptions metrics = { .quarantine = config->limits.quarantine, .now = NOW };
	const PolicyQuestion policy = {
		.expected_since = -1, .rules = &rules, .believe = &believe
	};
	const DigestQuestion digest = { .store = store,
		.last_day = TODAY - 1,
		.rules = &rules,
		.believe = &believe,
		.from = "a@example.com",
		.to = "b@example.com",
		.now = NOW };
	const PageQuestion page = { .store = store,
		.today = TODAY,
		.window_day = TODAY - 7,
		.rules = &rules,
		.believe = &believe,
		.with_hosts = true,
		.quarantine = config->limits.quarantine,
		.now = NOW };
	GError *error = NULL;

	check_document(view_summary(&problems, &error), error);
	check_document(view_failures(&problems, &error), error);
	check_document(view_trend(store, &filter, &error), error);
	check_document(view_reports(store, &filter, &any, &error), error);
	check_check(input, &problems);
	check_document(view_metrics(&problems, &metrics, &error), error);
	check_document(view_policy(store, &filter, &policy, &error), error);
	check_document(view_digest(&digest, &error), error);
	check_document(view_page(&page, &error), error);
	g_autoptr(StoredReport) stored = store_read_report(store, "1", &error);
	check_document(view_report(stored), error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Config *config;
	Input input;

	if (config == NULL)
		config = config_read("/dev/null", NULL);
	read_input(&input, data, size);
	g_autoptr(Store) store = scratch_open();
	for (int64_t day = TODAY - 3; day < TODAY; day++)
		deliver(store, &input, day, &config->limits);
	if (size % 2 == 1)
		add_note(store, &input);
	g_autoptr(Store) reader = scratch_read();
	check_documents(reader, config, &input);
	for (int i = 0; i < VALUES; i++)
		g_free(input.values[i]);
	return 0;
}
