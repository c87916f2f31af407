/*
 * What a process has from whoever started it, and what it keeps of that.  Signal dispositions,
 * umask, descriptors and working directory differ in every mail system, so they are taken from
 * none.
 */
#ifndef TLSRPT_INGEST_PROCESS_H
#define TLSRPT_INGEST_PROCESS_H

#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	bool stdin_closed, stdout_closed; /* at the start; they are /dev/null now */
} Inherited;

/* First of all. Descriptors 0 to 2 are open afterwards, and no others. */
void process_disinherit(Inherited *inherited);

/*
 * Gives up what the parsing of a stranger's message does not need.  memory (bytes of RLIMIT_DATA)
 * and cpu_s (seconds) are no limit where 0.
 */
void process_confine(int64_t memory, int64_t cpu_s);

/* Where memory ends for a process that process_confine() has confined. */
typedef enum {
	MEMORY_OURS, /* at our limit */
	MEMORY_THEIRS, /* at a tighter one of whoever started the program */
	MEMORY_UNLIMITED, /* at that of the machine */
} MemoryLimit;

MemoryLimit process_memory_limit(int64_t memory);

/*
 * Makes TERM, HUP and INT stop the program in its own time: they interrupt whatever waits, and
 * process_stop_signal() is not 0 any more.  process_release_stop_signals() undoes it, in a child.
 */
void process_catch_stop_signals(void);
void process_release_stop_signals(void);
int process_stop_signal(void);

/* Adds those signals to a set. */
void process_add_stop_signals(sigset_t *set);

/* In a child: dies with its parent. false if that is dead already. */
bool process_die_with_parent(int parent);

/* What it means that a process confined to that much memory got no more: whose fault it is. */
GError *process_out_of_memory(int64_t memory);

/* What it means that it died of a signal while parsing; NULL if somebody else has killed it. */
GError *process_death(int number, int64_t memory);

#endif
