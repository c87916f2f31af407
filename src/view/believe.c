/* Whose word counts, and who is one witness. */
#include "tlsrpt/registrable.h"
#include "tlsrpt/reporters.h"

#include <string.h>

#define AUTH_PASS "pass"
#define AUTH_HTTPS "https"

const char *
witness_of(const char *organization, const char *auth, const char *auth_domain)
{
	const bool is_signed = strcmp(auth, AUTH_PASS) == 0 && *auth_domain != '\0';

	return is_signed ? registrable_domain(auth_domain) : organization;
}

/* Whether a domain is one of the list, or lies below one. */
static bool
is_listed(const char *const *list, const char *domain)
{
	for (; list != NULL && *list != NULL; list++) {
		const size_t length = strlen(domain), own = strlen(*list);
		if (length >= own && strcmp(domain + length - own, *list) == 0
			&& (length == own || domain[length - own - 1] == '.'))
			return true;
	}
	return false;
}

/* As it is judged when a report comes in: by what signed it or, if nothing did, by the organization. */
static bool
is_ignored(const char *const *list, const char *organization, const char *signer)
{
	g_autofree char *name = *signer != '\0' ? g_strdup(signer)
						: g_utf8_strdown(organization, -1);

	for (; list != NULL && *list != NULL; list++) {
		if (strcmp(*signer != '\0' ? registrable_domain(*list) : *list, name) == 0)
			return true;
	}
	return false;
}

bool
believe_reporter(const BelieveRules *rules, const char *organization, const char *auth,
	const char *auth_domain)
{
	const bool passed = strcmp(auth, AUTH_PASS) == 0;

	if (is_ignored(rules->ignored, organization, witness_of("", auth, auth_domain)))
		return false;
	switch (rules->believe) {
	case BELIEVE_AUTHENTICATED:
		return passed || (rules->https && strcmp(auth, AUTH_HTTPS) == 0);
	case BELIEVE_LISTED:
		return passed && is_listed(rules->reporters, auth_domain);
	case BELIEVE_ALL:
		break;
	}
	return true;
}
