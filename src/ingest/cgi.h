/* --cgi: the report comes by an HTTPS POST (RFC 8460 section 5.4) through CGI/1.1 (RFC 3875). */
#ifndef TLSRPT_INGEST_CGI_H
#define TLSRPT_INGEST_CGI_H

#include "ingest.h"

/*
 * Takes the request in the environment and on standard input, and answers it on standard output.
 * Sets in options what is of the request.  The answer is what counts: the exit code is always 0.
 */
void cgi_run(IngestOptions *options);

/* Answers that nothing can be taken now. */
void cgi_unavailable(void);

/* The answer of cgi_unavailable(), for whoever cannot call that any more. */
extern const char cgi_unavailable_text[];

#endif
