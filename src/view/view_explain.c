#include "tlsrpt/view.h"

#include "tlsrpt/explain.h"

enum {
	KIND,
	NAME,
	MEANING,
	HAPPENED,
	ENFORCE,
	TESTING,
	DANE,
	CAUSES,
	FIXES,
	VERIFY,
	CHECKERS,
	SOURCE,
	COLUMNS
};

static const Column columns[COLUMNS] = {
	[KIND] = { "kind", "Kind", CELL_ENUM },
	[NAME] = { "name", "Name", CELL_NAME },
	[MEANING] = { "meaning", "Meaning", CELL_TEXT },
	[HAPPENED] = { "happened", NULL, CELL_TEXT },
	[ENFORCE] = { "enforce", NULL, CELL_TEXT },
	[TESTING] = { "testing", NULL, CELL_TEXT },
	[DANE] = { "dane", NULL, CELL_TEXT },
	[CAUSES] = { "causes", NULL, CELL_TEXT },
	[FIXES] = { "fixes", NULL, CELL_TEXT },
	[VERIFY] = { "verify", NULL, CELL_TEXT },
	[CHECKERS] = { "checkers", NULL, CELL_TEXT },
	[SOURCE] = { "source", NULL, CELL_TEXT },
};

static const char *
kind_name(ExplanationKind kind)
{
	return kind == EXPLAIN_RESULT_TYPE    ? "result-type"
		: kind == EXPLAIN_POLICY_TYPE ? "policy-type"
		: kind == EXPLAIN_KIND	      ? "kind"
					      : "failure-reason-code";
}

static void
set_list(Cell *cell, const char *const *list)
{
	g_autofree char *joined = list != NULL ? g_strjoinv("\n", (char **)list) : NULL;

	cell_set_text(cell, joined);
}

static void
add_row(Table *table, const Explanation *one)
{
	Cell *cells = table_add_row(table);

	cell_set_enum(&cells[KIND], (int)one->kind, kind_name(one->kind));
	cell_set_text(&cells[NAME], one->name);
	cell_set_text(&cells[MEANING], one->meaning);
	cell_set_text(&cells[HAPPENED], one->happened);
	cell_set_text(&cells[ENFORCE], one->enforce);
	cell_set_text(&cells[TESTING], one->testing);
	cell_set_text(&cells[DANE], one->dane);
	set_list(&cells[CAUSES], one->causes);
	set_list(&cells[FIXES], one->fixes);
	set_list(&cells[VERIFY], one->verify);
	set_list(&cells[CHECKERS], one->checkers);
	cell_set_text(&cells[SOURCE], one->source);
}

Document *
view_explain(const char *name)
{
	static const ExplanationKind kinds[] = { EXPLAIN_RESULT_TYPE, EXPLAIN_POLICY_TYPE,
		EXPLAIN_KIND, EXPLAIN_REASON_CODE };
	g_autoptr(Document) document = document_new("explain");
	Table *table = document_add_table(document, "explanations", NULL, columns, COLUMNS);

	if (name == NULL) {
		const Explanation *one;
		for (size_t i = 0; (one = explain_nth(i)) != NULL; i++)
			add_row(table, one);
		return g_steal_pointer(&document);
	}
	/* A reason code may have the name of a result type, which says all that there is to say. */
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const Explanation *one = explain(kinds[i], name);
		if (one != NULL) {
			add_row(table, one);
			return g_steal_pointer(&document);
		}
	}
	return NULL;
}
