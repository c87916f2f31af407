/* Prints what the store says to PostgreSQL: the schema, and every statement to be prepared. */
#include "store/schema.h"
#include "store/sql_pgsql.h"

#include <glib.h>
#include <stdio.h>

int
main(void)
{
	printf("%s\n%s\n", store_schema.tables[ENGINE_PGSQL], store_schema.views[ENGINE_PGSQL]);
	for (int which = 0; which < SQL_ALL_STATEMENTS; which++) {
		/* LOCK cannot be prepared by name. */
		if (which == SQL_STATEMENTS || which == SQL_LOCK_INCIDENTS)
			continue;
		g_autofree char *text = sql_with_dollars(sql_pgsql_statement(which));
		printf("PREPARE s%d AS %s;\n", which, text);
	}
	return 0;
}
