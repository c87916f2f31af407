/*
 * Places where the tests make the work fail, or wait less long.  The macros do nothing but in the
 * test binary, which is built beside the real one and never installed.
 */
#ifndef TLSRPT_HOOKS_H
#define TLSRPT_HOOKS_H

#ifdef TLSRPT_TEST_HOOKS
#include <stdint.h>

/* Defined in tests/hooks.c. */
void test_hook(const char *place);
void test_hook_message(const char *file, int64_t number);
int test_idle_ms(int idle_ms);
#define TEST_HOOK(place) test_hook(place)
#define TEST_HOOK_MESSAGE(file, number) test_hook_message(file, number)
#define TEST_IDLE_MS(idle_ms) test_idle_ms(idle_ms)
#else
#define TEST_HOOK(place) ((void)0)
#define TEST_HOOK_MESSAGE(file, number) ((void)0)
#define TEST_IDLE_MS(idle_ms) (idle_ms)
#endif

#endif
