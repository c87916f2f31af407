/* Prints what the store says to PostgreSQL: the schema, and every statement to be prepared. */
#include "store/schema.h"
#include "store/sql.h"

#include <glib.h>
#include <stdio.h>

int
main(void)
{
	printf("%s\n%s\n", store_schema.tables[ENGINE_PGSQL], store_schema.views[ENGINE_PGSQL]);
	for (SqlStatement which = 0; which < SQL_STATEMENTS; which++) {
		g_autofree char *text = sql_with_dollars(sql_statement(ENGINE_PGSQL, which));
		printf("PREPARE s%d AS %s;\n", (int)which, text);
	}
	return 0;
}
