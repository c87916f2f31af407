/*
 * Processes: what one keeps of whoever started it, how one ends when it fails itself, what limits
 * it works under, and how it starts, watches and judges a child that does the dangerous part.
 * Signal dispositions, umask, descriptors and working directory differ in every mail system, so
 * they are taken from none.
 */
#ifndef TLSRPT_PROCESS_H
#define TLSRPT_PROCESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	bool stdin_closed, stdout_closed; /* at the start; they are /dev/null now */
} Inherited;

/*
 * Resets what the process has inherited; called before anything else in main().  Descriptors 0 to 2
 * are open afterwards, and no others.
 */
void process_disinherit(Inherited *inherited);

/* Closes all descriptors from this one on. */
void process_close_from(int lowest);

/*
 * Makes every fault of this process (a wild pointer, a full stack, an abort for want of memory, a
 * limit of whoever started it) end in an exit code that mail systems take for "try again", since a
 * signal bounces the mail in some of them.  A child that process_start() makes undoes that, since
 * its death by a signal tells what happened.  Must be called even before the constructors of the
 * libraries.  A library that hangs in its own fault there (GLib 2.74 takes a lock twice) is ended,
 * too.
 */
void process_catch_faults(void);

/* What the process does before a fault ends it. */
typedef struct {
	/* Reads standard input until it ends or is silent for so long; 0: does not read it. */
	int drain_ms;
	const char *answer; /* static; goes to standard output, and the exit code is 0 then */
	const char *complaint; /* static; goes to standard error */
} FaultManners;

/* Until it is called, all of them are NULL and 0. */
void process_set_fault_manners(const FaultManners *manners);

/* To be called as main() begins: the constructors of the libraries are done. */
void process_constructed(void);

/*
 * Gives up what the parsing of a stranger's message does not need, and lowers the limits of memory
 * (bytes of RLIMIT_DATA) and of processor time (seconds); 0 leaves that limit as it is.
 */
void process_confine(int64_t memory, int64_t cpu_s);

/* Which limit a process that process_confine() has confined meets first. */
typedef enum {
	MEMORY_OURS, /* ours */
	MEMORY_THEIRS, /* a tighter one of whoever started the program */
	MEMORY_UNLIMITED, /* none but the memory of the machine */
} MemoryLimit;

MemoryLimit process_memory_limit(int64_t memory);

/*
 * Whether a confined process could get half of its memory now.  If it could and dies all the same,
 * the reason is not that the machine had no memory for a moment.
 */
bool process_has_room(int64_t memory);

/*
 * Makes TERM, HUP and INT stop the program in its own time: they interrupt whatever waits, and
 * process_stop_signal() returns the signal from then on.  With hold, they arrive only while
 * process_watch() waits.  Children do not inherit any of this.
 */
void process_catch_stop_signals(bool hold);

/* The signal that has asked the program to stop, or 0. */
int process_stop_signal(void);

/* How far the work of a child is.  What its end means depends on it. */
typedef enum {
	PHASE_READING = 'r', /* of the input; has no deadline of its own */
	PHASE_PARSING = 'p', /* a death is the message's fault, unless somebody else caused it */
	PHASE_STORING = 's', /* a death is not the message's fault, unless it took too long to store */
} ProcessPhase;

/* The exit code of a child that got no memory while it was parsing. */
#define PROCESS_NO_MEMORY 70

/* What a child is to do. */
typedef struct {
	/* Runs in the child; what it returns is the exit code. */
	int (*run)(int channel, void *data);
	void *data;
	/* Which exit codes of the child are results of its work; NULL: none is. */
	bool (*is_result)(int code);
	ProcessPhase phase; /* in which the child begins */
	/*
	 * Whether the channel is a socket for packets in both directions (SOCK_SEQPACKET), with
	 * which the caller deals; else it is a pipe, on which the child tells its phases.
	 */
	bool by_socket;
	int64_t clock_starts_at; /* when its time limit begins (g_get_monotonic_time()); 0: now */
} ChildTask;

/* A child. */
typedef struct {
	int pid; /* 0 if there is none */
	int channel; /* our end */
	ProcessPhase phase; /* the last one that the child told; the caller sets it if by_socket */
	int64_t clock_starts_at; /* set anew when the child stops reading */
	bool timed_out; /* the child was killed because its time was over */
	int64_t limit_us; /* that time, where process_watch() had one; else 0 */
	int64_t cpu_us; /* the processor time that it took */
	int status; /* how it ended, as wait4(2) has it */
	int64_t peak; /* the most memory that it had, in bytes */
	bool (*is_result)(int code);
} Child;

/*
 * Forks a child, which dies with this process and has none of its handlers of signals.  The fork is
 * sound only while this process has one thread.  TLSRPT_ERROR_IO.
 */
bool process_start(const ChildTask *task, Child *child, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In a child: tells its phase to the parent.  Ends the child if that fails. */
void process_tell_phase(int channel, ProcessPhase phase);

/*
 * Waits until a child with a pipe ends, and takes in its phases.  Kills it when more than limit_us
 * has passed since it stopped reading (0: no limit), or when this process is asked to stop.
 */
void process_watch(Child *child, int64_t limit_us);

/*
 * Waits for one byte from a child with a socket, for limit_us at most.  Returns false if none
 * comes: the child has ended, or was killed, and is reaped.
 */
bool process_await(Child *child, int64_t limit_us, char *byte) G_GNUC_WARN_UNUSED_RESULT;

/* Closes the channel and waits until the child has ended, which it must do by itself. */
void process_reap(Child *child);

/*
 * What the end of a child means: NULL if it has ended with a result.  memory is the limit that it
 * was confined to.
 *
 * TOO_COSTLY and CRASHED are the message's fault; one that was stored until the time was over is too
 * costly if a quarter of that was processor time, and else had to wait.  CRASHED may still be the machine's: a library
 * that does not check whether it gets the memory that it asks for dies of a wild pointer, too; if
 * it happens a second time it is the message's.  NO_MEMORY, STORE_BUSY (out of time while storing)
 * and INTERRUPTED (killed by somebody, or an exit code that is not a result) are not its fault.
 */
GError *process_judge(const Child *child, int64_t memory) G_GNUC_WARN_UNUSED_RESULT;

/* The result of a child that process_judge() has no error for: its exit code. */
int process_result(const Child *child);

/* The error that says that parsing needs more memory than it may take: TOO_COSTLY. */
GError *process_over_memory(void) G_GNUC_WARN_UNUSED_RESULT;

#endif
