/*
 * Whom to believe: what the mail system in front of us found out about the sender of a message, as
 * it says in Authentication-Results (RFC 8601).
 */
#ifndef TLSRPT_AUTH_H
#define TLSRPT_AUTH_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	AUTH_UNCHECKED = 1, /* no trusted authserv-id is configured */
	AUTH_NONE, /* nobody trusted says anything of DKIM */
	AUTH_FAIL, /* no signature that passed is of an aligned domain */
	AUTH_PASS, /* one is */
	AUTH_HTTPS, /* it did not come by mail */
} Auth;

/* "pass"; static. */
const char *auth_name(Auth auth);

/* Whom the operator trusts; both end with NULL, in lower case, and are borrowed. */
typedef struct {
	char *const *authserv_ids;
	char *const *hosts; /* which add a Received field on the way that is ours */
} AuthTrust;

/* One header field of the message, in the order of the message. */
typedef struct {
	const char *name;
	const char *value; /* as received, folded or not */
} AuthField;

/*
 * Reads the fields top down; an Authentication-Results field counts if it has a trusted
 * authserv-id and no Received field above it is by a host that is not trusted.  dkim=pass counts
 * if the signing domain is aligned with from_domain and, where it is not NULL, with submitter: the
 * same, or one a subdomain of the other.  *domain receives the domain of the signature that
 * decided, or NULL; caller frees.
 */
Auth auth_evaluate(const AuthField *fields, size_t n_fields, const AuthTrust *trust,
	const char *from_domain, const char *submitter, char **domain);

/* Whether two domains are the same, or one a subdomain of the other; a mere TLD is of nobody. */
bool auth_is_aligned(const char *one, const char *other);

#endif
