/* One report in full. */
#include "tlsrpt/view.h"

#include "tlsrpt/explain.h"
#include "tlsrpt/report.h"

static void
add_head(Document *document, const StoredReport *stored)
{
	static const Column columns[] = {
		{ "id", NULL, CELL_COUNT },
		{ "organization", NULL, CELL_TEXT },
		{ "report_id", NULL, CELL_TEXT },
		{ "contact_info", NULL, CELL_TEXT },
		{ "start_time", NULL, CELL_TIME },
		{ "end_time", NULL, CELL_TIME },
		{ "received_time", NULL, CELL_TIME },
		{ "auth", NULL, CELL_TEXT },
		{ "auth_domain", NULL, CELL_TEXT },
		{ "submitter", NULL, CELL_TEXT },
		{ "report_domain", NULL, CELL_TEXT },
		{ "message_id", NULL, CELL_TEXT },
		{ "pruned", NULL, CELL_COUNT },
	};
	const Report *report = stored->report;
	Table *table =
		document_add_table(document, "report", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);
	const char *const texts[] = { NULL, report->organization, report->report_id,
		report->contact_info, NULL, NULL, NULL, stored->auth, stored->auth_domain,
		stored->submitter, stored->report_domain, stored->message_id };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		cell_set_text(&cells[i], texts[i]);
	cells[0].number = stored->id;
	cells[4].number = report->start_at;
	cells[5].number = report->end_at;
	cells[6].number = stored->received_at;
	cells[12].number = stored->pruned;
}

static void
add_policies(Document *document, const Report *report)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "policy_type", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "mx_hosts", NULL, CELL_TEXT },
		{ "successful_sessions", NULL, CELL_COUNT },
		{ "failed_sessions", NULL, CELL_COUNT },
	};
	Table *table =
		document_add_table(document, "policies", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], policy->policy_domain);
		cell_set_text(&cells[1], policy->policy_type);
		cell_set_text(&cells[2], policy->policy_text);
		cell_set_text(&cells[3], policy->mx_hosts);
		cells[4].number = policy->successful_sessions;
		cells[5].number = policy->failed_sessions;
	}
}

static const char *
meaning(ExplanationKind kind, const char *name)
{
	const Explanation *explanation = explain(kind, name);

	return explanation != NULL ? explanation->meaning : NULL;
}

static void
add_failures(Document *document, const Report *report)
{
	static const Column columns[] = {
		{ "policy", NULL, CELL_COUNT }, /* from 1, in the order of the policies */
		{ "result_type", NULL, CELL_TEXT },
		{ "meaning", NULL, CELL_TEXT },
		{ "failed_sessions", NULL, CELL_COUNT },
		{ "sending_mta_ip", NULL, CELL_TEXT },
		{ "receiving_mx_hostname", NULL, CELL_TEXT },
		{ "receiving_mx_helo", NULL, CELL_TEXT },
		{ "receiving_ip", NULL, CELL_TEXT },
		{ "additional_information", NULL, CELL_TEXT },
		{ "failure_reason_code", NULL, CELL_TEXT },
		{ "reason_meaning", NULL, CELL_TEXT },
	};
	Table *table =
		document_add_table(document, "failures", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		for (size_t j = 0; j < policy->failures->len; j++) {
			const Failure *failure = &g_array_index(policy->failures, Failure, j);
			const char *const texts[] = { NULL, failure->result_type,
				meaning(EXPLAIN_RESULT_TYPE, failure->result_type), NULL,
				failure->sending_mta_ip, failure->receiving_mx_hostname,
				failure->receiving_mx_helo, failure->receiving_ip,
				failure->additional_information, failure->failure_reason_code,
				meaning(EXPLAIN_REASON_CODE, failure->failure_reason_code) };
			Cell *cells = table_add_row(table);
			for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
				cell_set_text(&cells[k], texts[k]);
			cells[0].number = (int64_t)i + 1;
			cells[3].number = failure->failed_sessions;
		}
	}
}

static void
add_findings(Document *document, const Report *report)
{
	static const Column columns[] = {
		{ "path", NULL, CELL_TEXT },
		{ "code", NULL, CELL_TEXT },
		{ "detail", NULL, CELL_TEXT },
	};
	Table *table =
		document_add_table(document, "findings", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], finding->path);
		cell_set_text(&cells[1], finding_name(finding->code));
		cell_set_text(&cells[2], finding->detail);
	}
}

Document *
view_report(const StoredReport *stored)
{
	Document *document = document_new("report");
	const Report *report = stored->report;

	add_head(document, stored);
	add_policies(document, report);
	add_failures(document, report);
	add_findings(document, report);
	return document;
}
