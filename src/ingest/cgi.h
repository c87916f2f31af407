/* --cgi: the report comes by an HTTPS POST (RFC 8460 section 5.4) through CGI/1.1 (RFC 3875). */
#ifndef TLSRPT_INGEST_CGI_H
#define TLSRPT_INGEST_CGI_H

#include "ingest.h"

/*
 * Takes the request from the environment and standard input, and answers it on standard output.
 * Sets the options that depend on the request.  The answer says what happened, and the exit code
 * is always 0.
 */
void cgi_run(IngestOptions *options);

/* Answers that no report can be taken now. */
void cgi_unavailable(void);

/* The answer of cgi_unavailable(), for the handler of a fault, which cannot call that. */
extern const char cgi_unavailable_text[];

#endif
