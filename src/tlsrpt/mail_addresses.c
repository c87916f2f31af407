#include "mail_addresses.h"

#include "command.h"

#include "tlsrpt/compose.h"
#include "tlsrpt/error.h"

/* NULL if what counts is missing or empty. */
static const char *
address_of(const GivenAddress *given)
{
	const char *value = given->option != NULL ? given->option : given->configured;

	return value != NULL && *value != '\0' ? value : NULL;
}

bool
mail_addresses_find(const GivenAddresses *given, MailAddresses *found, GError **error)
{
	const char *from = address_of(&given->from);

	*found = (MailAddresses){
		.from = from != NULL ? g_strdup(from)
				     : g_strconcat(PROGRAM "@", g_get_host_name(), NULL),
		.to = g_strdup(address_of(&given->to)),
	};
	if (found->to == NULL && given->needs_to) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"no recipient: give --to, or to= in the group [%s] of the configuration",
			given->group);
		return false;
	}
	return (found->to == NULL || compose_check_addresses("--to", found->to, true, error))
		&& compose_check_addresses("--from", found->from, false, error);
}

void
mail_addresses_clear(MailAddresses *addresses)
{
	g_clear_pointer(&addresses->from, g_free);
	g_clear_pointer(&addresses->to, g_free);
}
