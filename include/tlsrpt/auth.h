/*
 * Whom to believe: what the mail system that received a message found out about its sender, and
 * wrote into Authentication-Results (RFC 8601).
 */
#ifndef TLSRPT_AUTH_H
#define TLSRPT_AUTH_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	AUTH_UNCHECKED = 1, /* no trusted authserv-id is configured */
	AUTH_NONE, /* no trusted Authentication-Results field says anything about DKIM */
	AUTH_FAIL, /* DKIM was checked, and no signature of an aligned domain passed */
	AUTH_PASS, /* a signature of an aligned domain passed */
	AUTH_HTTPS, /* the report came by HTTPS, not by mail */
} Auth;

/* "pass"; static. */
const char *auth_name(Auth auth);

/* Whom the operator trusts.  Both lists end with NULL, are in lower case, and are borrowed. */
typedef struct {
	char *const *authserv_ids;
	/* our own hosts, by the name that they write into Received after "by" */
	char *const *hosts;
} AuthTrust;

/* A header field of the message; callers pass them in the order of the message. */
typedef struct {
	const char *name;
	const char *value; /* as received, folded or not */
} AuthField;

/*
 * Reads the fields from the top down.  An Authentication-Results field counts if its authserv-id is
 * trusted and every Received field above it is by a trusted host.  A dkim=pass in it counts if the
 * signing domain is aligned with from_domain and, unless that is NULL, with submitter.  *domain
 * receives the domain of the signature that decided, or NULL; caller frees.  It is
 * valid UTF-8.
 */
Auth auth_evaluate(const AuthField *fields, size_t n_fields, const AuthTrust *trust,
	const char *from_domain, const char *submitter, char **domain);

#endif
