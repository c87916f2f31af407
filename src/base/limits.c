#include "tlsrpt/limits.h"

const LimitKey limit_keys[] = {
#define LIMIT_KEY(member, key, standard, lowest, highest) \
	{ key, offsetof(Limits, member), standard, lowest, highest },
	TLSRPT_LIMITS(LIMIT_KEY)
#undef LIMIT_KEY
	{ 0 },
};

void
limits_init(Limits *limits)
{
#define LIMIT_INIT(member, key, standard, lowest, highest) limits->member = standard;
	TLSRPT_LIMITS(LIMIT_INIT)
#undef LIMIT_INIT
}
