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
 * Makes every fault of this process (a wild pointer, a full stack, an abort for want of memory, a
 * limit of whoever started it) end in an exit code that mail systems take for "try again", since a
 * signal bounces the mail in some of them.  The children that it forks undo that, since their death
 * by a signal tells what it was.  Comes before everything else, even before the constructors of the
 * libraries; a library that gets stuck in its own fault there (GLib 2.74 does, which takes a lock
 * twice) is at an end, too.
 */
void process_catch_faults(void);
void process_release_faults(void);

/* What the process does before it ends so. */
typedef struct {
	int drain_ms; /* reads standard input to its end, or until nothing comes for so long; 0: not */
	const char *answer; /* static; to standard output, and the exit code is 0 then */
	const char *complaint; /* static; to standard error */
} FaultManners;

/* All NULL and false at first. */
void process_set_fault_manners(const FaultManners *manners);

/* The constructors are done. */
void process_constructed(void);

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
 * Whether a confined process could have half of its memory now.  One that dies although it could is
 * not the victim of a moment in which the machine had none.
 */
bool process_has_room(int64_t memory);

/* How a child has ended, and what it took. */
typedef struct {
	int status; /* of waitpid() */
	int64_t peak; /* bytes of memory that it had at most */
} ProcessEnd;

void process_wait(int child, ProcessEnd *end);

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

/*
 * What it means that a process confined to that much memory got no more: it is the message's fault
 * (TOO_COSTLY) if the process had come near to its limit, else the machine's (NO_MEMORY).
 */
GError *process_out_of_memory(int64_t memory, const ProcessEnd *end);

/*
 * What it means that it died of a signal while parsing; NULL if somebody else has killed it.  A
 * library that does not look whether it gets the memory that it asks for dies of that, too.  So
 * CRASHED may be the machine's fault, as long as it does not happen again.
 */
GError *process_death(const ProcessEnd *end, int64_t memory);

/* What it means that it took too long. */
GError *process_overtime(void);

#endif
