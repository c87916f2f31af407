#include "tlsrpt/voucher.h"

#include "tlsrpt/hostname.h"

#include <string.h>

int
voucher_rank(Auth auth, const char *domain, const char *contact_info, char *const *reporters)
{
	static const int ranks[] = {
		[AUTH_FAIL] = 1,
		[AUTH_NONE] = 2,
		[AUTH_UNCHECKED] = 3,
		[AUTH_HTTPS] = 4,
		[AUTH_PASS] = 5,
	};
	const char *at = strrchr(contact_info, '@');

	if (auth < AUTH_UNCHECKED || auth > AUTH_HTTPS)
		return 0;
	if (auth != AUTH_PASS || domain == NULL)
		return ranks[auth];
	if (hostname_is_within(domain, reporters))
		return ranks[AUTH_PASS] + 2;
	return ranks[AUTH_PASS] + (at != NULL && hostname_is_aligned(at + 1, domain));
}
