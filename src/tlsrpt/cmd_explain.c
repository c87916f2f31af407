#include "command.h"

#include "tlsrpt/error.h"

static Document *
answer(const Request *request, G_GNUC_UNUSED Store *store, GError **error)
{
	const char *name = request->operands[0];
	Document *document = view_explain(name);

	if (document == NULL)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"nothing is known of \"%s\"; tlsrpt explain lists what is", name);
	return document;
}

const Command command_explain = {
	.name = "explain",
	.operands = "[NAME]",
	.summary = "What a failure means, and what to do",
	.max_operands = 1,
	.answer = answer,
	.document = "explain",
};
