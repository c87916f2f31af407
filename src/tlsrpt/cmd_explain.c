#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/suggest.h"
#include "tlsrpt/view_explain.h"

/* The number in "12", or in "s7" of a silence; 0 if the name is no number. */
static int64_t
number_of(const char *name, bool *is_silence)
{
	gint64 number;

	*is_silence = name != NULL && *name == 's';
	return name != NULL
			&& g_ascii_string_to_signed(
				name + *is_silence, 10, 1, G_MAXINT64, &number, NULL)
		? number
		: 0;
}

/* A problem and a silence are in the store; what a name means is not. */
static StoreUse
use(const Request *request)
{
	bool is_silence;

	return number_of(request->operands[0], &is_silence) != 0 ? STORE_READ : STORE_UNUSED;
}

static Document *
explain_number(const Request *request, Store *store, GError **error)
{
	bool is_silence;
	const int64_t number = number_of(request->operands[0], &is_silence);
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const ProblemsQuestion question = {
		.store = store,
		.filter = &request->filter,
		.rules = &rules,
		.believe = &believe,
		.without_silences = !is_silence,
	};

	return is_silence ? view_explain_silence(&question, number, error)
			  : view_explain_problem(&question, number, error);
}

static void
fail_unknown(const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const Explanation *one;

	for (size_t i = 0; (one = explain_nth(i)) != NULL; i++)
		g_ptr_array_add(names, (char *)one->name);
	g_ptr_array_add(names, NULL);
	g_autofree char *meant = suggest_text(name, (const char *const *)names->pdata);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"nothing is known of \"%s\"%s%s tlsrpt explain lists what is", name, meant,
		*meant != '\0' ? "" : ";");
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const char *name = request->operands[0];

	if (store != NULL)
		return explain_number(request, store, error);
	Document *document = view_explain(name);
	if (document == NULL)
		fail_unknown(name, error);
	return document;
}

const Command command_explain = {
	.name = "explain",
	.operands = "[NAME|PROBLEM]",
	.summary = "What a failure means, and what to do",
	.takes = TAKES_STORE,
	.default_days = 28,
	.max_operands = 1,
	.use = use,
	.answer = answer,
	.document = "explain",
};
