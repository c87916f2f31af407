/*
 * Whether the program is built with a sanitizer: it reports faults itself, and its shadow memory
 * would count against a limit of data.
 */
#ifndef TLSRPT_PROCESS_SANITIZED_H
#define TLSRPT_PROCESS_SANITIZED_H

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#endif
