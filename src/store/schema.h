/* The tables and views of a store, whole, for each engine. */
#ifndef TLSRPT_STORE_SCHEMA_H
#define TLSRPT_STORE_SCHEMA_H

typedef enum {
	ENGINE_SQLITE,
	ENGINE_PGSQL,
	ENGINES /* how many there are */
} Engine;

/* From one version to the next: from the store whose digest is this, for each engine. */
typedef struct {
	const char *digest[ENGINES];
	const char *sql[ENGINES];
} SchemaStep;

typedef struct {
	int version;
	const char *tables[ENGINES];
	const char *views[ENGINES];
	const char *drop_views[ENGINES]; /* before a step, which could not rename their tables else */
	/*
	 * SHA-256 of tables and views, in hexadecimal.  It stands in the store, so that a store whose
	 * version is the same and whose tables are not is told from one of ours.  A constant, since
	 * computing it would cost each delivery half a million instructions; a test computes it.
	 */
	const char *digest[ENGINES];
	const SchemaStep *steps; /* to version 2, to version 3, ...: version - 1 of them */
} Schema;

extern const Schema store_schema;

/* SHA-256 of the tables and views of an engine, in hexadecimal; caller frees. */
char *schema_compute_digest(const Schema *schema, Engine engine);

#endif
