/* From whom and to whom the mails of digest and alert are. */
#ifndef TLSRPT_TLSRPT_MAIL_ADDRESSES_H
#define TLSRPT_TLSRPT_MAIL_ADDRESSES_H

#include <glib.h>
#include <stdbool.h>

/* One of the two addresses, as the option has it and as the configuration does; either may be NULL. */
typedef struct {
	const char *option, *configured;
} GivenAddress;

typedef struct {
	const char *group; /* of the configuration, for messages */
	GivenAddress from, to;
	bool needs_to; /* it is to become a mail */
} GivenAddresses;

typedef struct {
	char *from; /* tlsrpt at this host if none is given */
	char *to; /* NULL if none is given */
} MailAddresses;

/* The option counts, else the configuration.  TLSRPT_ERROR_USAGE; cleared by whoever calls. */
bool mail_addresses_find(const GivenAddresses *given, MailAddresses *found,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

void mail_addresses_clear(MailAddresses *addresses);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailAddresses, mail_addresses_clear)

#endif
