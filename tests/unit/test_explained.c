#include "tlsrpt/view_explain.h"

#include "tlsrpt/day.h"
#include "tlsrpt/render.h"

#include "util.h"

#include <string.h>

static GPtrArray *
names(const char *first, ...)
{
	GPtrArray *array = g_ptr_array_new();
	va_list rest;

	va_start(rest, first);
	for (const char *name = first; name != NULL; name = va_arg(rest, const char *))
		g_ptr_array_add(array, (gpointer)name);
	va_end(rest);
	return array;
}

static void
assert_commands(const char *command, const char *domain, const char *mx, const char *expected)
{
	const char *const commands[] = { command, NULL };
	g_autoptr(GPtrArray) domains = names(domain, NULL), hosts = names(mx, NULL);
	g_autofree char *filled = explained_lines(commands, domains, hosts);

	g_assert_cmpstr(filled, ==, expected);
}

static void
test_filled(void)
{
	static const char *const commands[] = { "dig +short MX %D", "dig +short TLSA _25._tcp.%M",
		NULL };
	g_autoptr(GPtrArray) domains = names("example.org", "example.net", NULL);
	g_autoptr(GPtrArray) hosts = names("mx1.example.org", "*.example.org", "mx2.example.org",
		"mx3.example.org", "mx4.example.org", NULL);
	g_autofree char *filled = explained_lines(commands, domains, hosts);

	g_assert_cmpstr(filled, ==,
		"dig +short MX example.org\n"
		"dig +short TLSA _25._tcp.mx1.example.org\n"
		"dig +short TLSA _25._tcp.mx2.example.org\n"
		"dig +short TLSA _25._tcp.mx3.example.org");
	g_assert_null(explained_lines(NULL, domains, hosts));
}

/* What is not plainly the name of a host is not filled in, whatever a shell or a program would do with it. */
static void
test_hostile_names(void)
{
	static const char *const hostile[] = {
		"",
		"(many)",
		"*.example.org",
		"-f.example.org",
		"_x.example.org",
		"@192.0.2.1",
		"+short.example.org",
		"axfr",
		"a.example; rm -rf ~",
		"$(reboot).example",
		"`reboot`.example",
		"a.example\nreboot",
		"a.example'b",
		"a.example\"b",
		"a.example|b",
		"a.example>b",
		"a.example&b",
		"a b.example",
		"a.example\\",
		"a.example/../b",
		"a.example:25",
		"a.example#b",
		"~a.example",
		"\342\200\256a.example",
		"b\303\274cher.example",
		"%M.example",
		"a.example.",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_test_message("%s", hostile[i]);
		assert_commands("dig MX %D", hostile[i], "mx.example.org", "dig MX %D");
		assert_commands("dig A %M", "example.org", hostile[i], "dig A %M");
	}
	assert_commands("dig MX %D", "xn--bcher-kva.example", "", "dig MX xn--bcher-kva.example");
}

/* A problem that was made up, for one domain and one MX. */
typedef struct {
	Problem problem;
	DomainFailure failure;
	ProblemReason reason;
	ProblemReporter one;
	Reporter reporter;
} MadeUp;

static void
make_up(MadeUp *made, const char *domain, const char *mx, const char *text)
{
	made->reporter = (Reporter){ .organization = text, .name = text };
	made->one = (ProblemReporter){ &made->reporter, 5, 200, 20420 };
	made->reason = (ProblemReason){ text, NULL, 5 };
	made->failure = (DomainFailure){ .domain = domain,
		.kind = "certificate-expired",
		.mode = MTA_STS_ENFORCE,
		.holds_mail = true,
		.sessions = 200,
		.failed_sessions = 5,
		.first_seen = 20418,
		.last_seen = 20420,
		.incidents = names(NULL, NULL) };
	made->problem = (Problem){
		.number = 12,
		.kind = "certificate-expired",
		.level = LEVEL_CRITICAL,
		.why = WHY_HELD,
		.state = STATE_NEW,
		.holds_mail = true,
		.mode = MTA_STS_ENFORCE,
		.domains = names(domain, NULL),
		.mx_hosts = names(mx, NULL),
		.result_types = names("validation-failure", NULL),
		.policy_types = names("sts", NULL),
		.first_seen = 20418,
		.last_seen = 20420,
		.days = 3,
		.sessions = 200,
		.failed_sessions = 5,
		.share = 0.025,
		.reasons = g_ptr_array_new(),
		.reporters = g_ptr_array_new(),
		.failures = g_ptr_array_new(),
		.incidents = g_ptr_array_new(),
		.note = text,
		.accepted_until = DAY_NONE,
	};
	g_ptr_array_add(made->problem.reasons, &made->reason);
	g_ptr_array_add(made->problem.reporters, &made->one);
	g_ptr_array_add(made->problem.failures, &made->failure);
}

static void
made_up_clear(MadeUp *made)
{
	const Problem *problem = &made->problem;
	GPtrArray *const arrays[] = { made->failure.incidents, problem->domains, problem->mx_hosts,
		problem->result_types, problem->policy_types, problem->reasons, problem->reporters,
		problem->failures, problem->incidents };

	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_ptr_array_unref(arrays[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MadeUp, made_up_clear)

/* Not inlined, since gcc 12 would then take what it returns for a pointer into its frame. */
static G_GNUC_NO_INLINE char *
rendered(const Document *document)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	const Output out = { .file = file, .width = 80 };

	render(document, "text", &out);
	fclose(file);
	return text;
}

static void
assert_has(const char *text, const char *part)
{
	g_test_message("%s", part);
	g_assert_nonnull(strstr(text, part));
}

static void
test_problem(void)
{
	g_auto(MadeUp) made = { 0 };

	make_up(&made, "example.org", "mx1.example.org", "X509_V_ERR_CERT_HAS_EXPIRED");
	g_autoptr(Document) document = explained_problem(&made.problem);
	g_autofree char *text = rendered(document);
	assert_has(text,
		"#12 certificate-expired: The certificate of the MX is out of its dates.\n"
		"State: new, critical. Senders hold mail back.\n");
	assert_has(text, "Domain:      example.org (enforce)\n");
	assert_has(text, "Seen:        2025-11-26 to 2025-11-28\n");
	assert_has(text, "Sessions:    5 of 200 failed (2.5 %)\n");
	assert_has(text, "MTA-STS in enforce mode: The sender does not deliver");
	assert_has(text, "  openssl s_client -starttls smtp -connect mx1.example.org:25");
	assert_has(text, "tlsrpt resolve 12\n");
	/* Nothing is said of what does not apply, and nothing is left to be filled in. */
	g_assert_null(strstr(text, "testing mode"));
	g_assert_null(strstr(text, "- DANE:"));
	g_assert_null(strchr(text, '$'));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		g_assert_cmpuint(strlen(*line), <=, 80);
}

/* What mail does depends on mode and policy type. */
static void
test_effects(void)
{
	static const struct {
		const char *policy_type;
		MtaStsMode mode;
		const char *effect; /* the beginning */
	} rows[] = {
		{ "sts", MTA_STS_ENFORCE, "MTA-STS in enforce mode: The sender does not deliver" },
		{ "sts", MTA_STS_TESTING, "MTA-STS in testing mode: The mail is delivered" },
		{ "sts", MTA_STS_NONE, "MTA-STS in mode none: " },
		{ "sts", MTA_STS_NO_MODE, "MTA-STS in enforce mode: " },
		{ "tlsa", MTA_STS_NO_MODE, "DANE: With TLSA usage 3 the dates are not checked." },
		{ "no-policy-found", MTA_STS_NO_MODE,
			"Without a policy: No policy stops the mail" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(MadeUp) made = { 0 };
		make_up(&made, "example.org", "mx1.example.org", "reason");
		made.problem.mode = rows[i].mode;
		made.problem.policy_types->pdata[0] = (gpointer)rows[i].policy_type;
		g_autoptr(Document) document = explained_problem(&made.problem);
		const char *effect = table_text(document_table(document, "problem"), 0, "effect");
		g_test_message("%s", effect);
		g_assert_true(g_str_has_prefix(effect, rows[i].effect));
	}
}

/* Names and texts of strangers come out escaped, and in no command. */
static void
test_hostile_problem(void)
{
	static const char hostile[] = "a.example\n\033[31m; reboot #\342\200\256";
	g_auto(MadeUp) made = { 0 };

	make_up(&made, hostile, hostile, hostile);
	g_autoptr(Document) document = explained_problem(&made.problem);
	g_autofree char *text = rendered(document);
	g_assert_null(strchr(text, '\033'));
	g_assert_null(strstr(text, "\342\200\256"));
	const char *commands = strstr(text, "To see if it works now");
	g_assert_nonnull(commands);
	g_assert_null(strstr(commands, "reboot"));
	assert_has(commands, "M=mx.example.com");
}

static void
test_silence(void)
{
	const Silence silence = { .number = 7,
		.witness = "google.com",
		.name = "Google Inc.",
		.domains = names("example.org", NULL),
		.last_received = 20420 };
	g_autoptr(Document) document = explained_silence(&silence);
	g_autofree char *text = rendered(document);

	assert_has(text, "s7 Google Inc.: A sender that used to report does so no longer.\n");
	assert_has(text, "Last report: 2025-11-28\n");
	assert_has(text, "dig +short TXT _smtp._tls.example.org\n");
	assert_has(text, "tlsrpt accept s7\n");
	g_ptr_array_unref(silence.domains);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/explained/filled", test_filled);
	g_test_add_func("/explained/hostile-names", test_hostile_names);
	g_test_add_func("/explained/problem", test_problem);
	g_test_add_func("/explained/effects", test_effects);
	g_test_add_func("/explained/hostile-problem", test_hostile_problem);
	g_test_add_func("/explained/silence", test_silence);
	return g_test_run();
}
