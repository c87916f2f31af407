/*
 * A place where the tests make the work fail.  The macro is empty but in the test binary, which is
 * built beside the real one and never installed.
 */
#ifndef TLSRPT_INGEST_HOOKS_H
#define TLSRPT_INGEST_HOOKS_H

#ifdef TLSRPT_TEST_HOOKS
/* Defined in tests/hooks.c. */
void test_hook(const char *place);
#define TEST_HOOK(place) test_hook(place)
#else
#define TEST_HOOK(place) ((void)0)
#endif

#endif
