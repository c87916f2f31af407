/* The complete schema, tables and views, for each engine. */
#ifndef TLSRPT_STORE_SCHEMA_H
#define TLSRPT_STORE_SCHEMA_H

typedef enum {
	ENGINE_SQLITE,
	ENGINE_PGSQL,
	ENGINES /* the number of engines */
} Engine;

/* A step from one version to the next.  digest is that of the store before the step. */
typedef struct {
	const char *digest[ENGINES];
	const char *sql[ENGINES];
} SchemaStep;

typedef struct {
	int version;
	const char *tables[ENGINES];
	const char *views[ENGINES];
	const char *drop_views[ENGINES]; /* otherwise a step could not rename tables */
	/*
	 * SHA-256 of the tables and views, in hexadecimal.  It is also written into the store, so
	 * that a store with the same version but other tables is recognized as foreign.  It is a
	 * constant, since computing it would cost each delivery half a million instructions; a test
	 * computes it.
	 */
	const char *digest[ENGINES];
	const SchemaStep *steps; /* to versions 2, 3, ...: version - 1 steps */
} Schema;

extern const Schema store_schema;

/* SHA-256 of the tables and views of an engine, in hexadecimal; caller frees. */
char *schema_compute_digest(const Schema *schema, Engine engine);

#endif
