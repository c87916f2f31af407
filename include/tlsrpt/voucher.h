/* Whose word counts more: a report may have come from more than one sender. */
#ifndef TLSRPT_VOUCHER_H
#define TLSRPT_VOUCHER_H

#include "tlsrpt/auth.h"

/*
 * How much it counts that a report was sent in this way: the greater, the better.  From the best to
 * the worst: pass of a domain that is one of reporters, or below one; pass of a domain that is
 * aligned with the report's contact-info; other pass; https; unchecked; none; fail.  domain may be
 * NULL.
 */
int voucher_rank(Auth auth, const char *domain, const char *contact_info, char *const *reporters);

#endif
