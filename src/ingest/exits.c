#include "exits.h"

#include "tlsrpt/error.h"

#include <sysexits.h>

IngestResult
result_of_error(const GError *error)
{
	if (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_LARGE))
		return INGEST_TOO_LARGE;
	return error_quarantine_reason(error) != NULL ? INGEST_REFUSED : INGEST_RETRY;
}

bool
ingest_is_result(int code)
{
	switch ((IngestResult)code) {
	case INGEST_STORED:
	case INGEST_DUPLICATE:
	case INGEST_KEPT:
	case INGEST_REFUSED:
	case INGEST_TOO_LARGE:
	case INGEST_RETRY:
		return true;
	case INGEST_NO_MEMORY:
		break;
	}
	return false;
}

int
exit_code(const GError *error)
{
	return exit_code_of_result(result_of_error(error));
}

int
exit_code_of_result(IngestResult result)
{
	switch (result) {
	case INGEST_STORED:
	case INGEST_DUPLICATE:
	case INGEST_KEPT:
		return EX_OK;
	case INGEST_REFUSED:
	case INGEST_TOO_LARGE:
		return EX_DATAERR;
	case INGEST_NO_MEMORY:
	case INGEST_RETRY:
		break;
	}
	return EX_TEMPFAIL;
}
