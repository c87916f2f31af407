#include "exits.h"

#include "tlsrpt/error.h"

#include <sysexits.h>

int
exit_code(const GError *error)
{
	if (error_quarantine_reason(error) != NULL
		|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_LARGE))
		return EX_DATAERR;
	return EX_TEMPFAIL;
}
