/* A store that is a file: on which file systems it may be, and which writer's turn it is. */
#include "files.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool
fail_errno(TlsrptError code, const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, code, "the store: %s: %s", what, g_strerror(errno));
	return false;
}

/* A network file system has neither the locks nor the shared memory that WAL needs. */
bool
files_check_file_system(int directory, GError **error)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} remote[] = {
		{ 0x6969, "NFS" },
		{ 0xff534d42, "CIFS" },
		{ 0xfe534d42, "SMB2" },
		{ 0x517b, "SMB" },
		{ 0x01021997, "9P" },
		{ 0x00c36400, "Ceph" },
		{ 0x5346414f, "AFS" },
		{ 0x73757245, "Coda" },
		{ 0x564c, "NCP" },
		{ 0x0bd00bd0, "Lustre" },
		{ 0x47504653, "GPFS" },
		{ 0x01161970, "GFS2" },
		{ 0x7461636f, "OCFS2" },
	};
	struct statfs file_system;

	if (fstatfs(directory, &file_system) != 0)
		return fail_errno(TLSRPT_ERROR_STORE_READONLY, "its directory", error);
	for (size_t i = 0; i < G_N_ELEMENTS(remote); i++) {
		if ((unsigned long)file_system.f_type == remote[i].magic) {
			g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
				"the store is on a network file system (%s), where its locks do"
				" not hold", remote[i].name);
			return false;
		}
	}
	return true;
}

static void
on_alarm(G_GNUC_UNUSED int signal_number)
{
	/* Nothing to do: the signal only has to interrupt a system call. */
}

/*
 * The queue of writers.  When the lock is released, flock() wakes all who wait, and whoever comes
 * first gets it, even a process that has only just asked.  So each writer draws a number from the
 * lock file, holds a lock on the byte of that number until its turn is over, and waits for the byte
 * of the preceding number.  The kernel releases the bytes of a process that dies.  It is flock()
 * alone that keeps writers apart: if the queue does not work, because the disk is full or because a
 * signal has stopped a process in it, only the order of the writers is lost.
 */
#define DRAWING 0 /* the byte that is held while a number is drawn */
#define FIRST_NUMBER 1
#define LAST_NUMBER (INT64_MAX - 1)
#define CREATING LAST_NUMBER /* the byte of whoever makes the schema; no number reaches it */
#define PATIENCE_US G_USEC_PER_SEC /* how long to wait for the preceding number */

/* Whether a call was interrupted by a signal and there is time left to repeat it. */
static bool
is_interrupted(int64_t wait_until)
{
	return errno == EINTR && g_get_monotonic_time() < wait_until;
}

static bool
wait_for_byte(int lock, short type, int64_t at, int64_t wait_until)
{
	struct flock byte = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
	int result = -1;

	do
		result = fcntl(lock, F_OFD_SETLKW, &byte);
	while (result != 0 && is_interrupted(wait_until));
	return result == 0;
}

static bool
lock_byte(int lock, int64_t at, int64_t wait_until)
{
	return wait_for_byte(lock, F_WRLCK, at, wait_until);
}

/* Unlocks bytes from a position on; the length 0 means up to the end of the file. */
static void
unlock_bytes(int lock, int64_t at, int64_t length)
{
	struct flock bytes = {
		.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = length
	};

	(void)fcntl(lock, F_OFD_SETLK, &bytes);
}

/* Draws a number and locks its byte; false if that is impossible. */
static bool
draw_number(int lock, int64_t *number, int64_t wait_until)
{
	if (!lock_byte(lock, DRAWING, wait_until))
		return false;

	const bool has_number = pread(lock, number, sizeof(*number), 0) == sizeof(*number)
		&& *number >= FIRST_NUMBER && *number < LAST_NUMBER;
	if (!has_number)
		*number = FIRST_NUMBER;
	const int64_t next = *number + 1;
	const bool ok = pwrite(lock, &next, sizeof(next), 0) == sizeof(next)
		&& lock_byte(lock, *number, wait_until);
	unlock_bytes(lock, DRAWING, 1);
	return ok;
}

/*
 * The lock calls have no time-out, so a timer interrupts them when the time is up.  It fires again
 * and again, since it might first fire between the look at the clock and the call.
 */
static void
set_timer(int64_t wait_until)
{
	const suseconds_t tick = 20000;
	const int64_t wait = MAX(wait_until - g_get_monotonic_time(), tick);
	const struct itimerval ticking = { .it_interval.tv_usec = tick,
		.it_value.tv_sec = (time_t)(wait / G_USEC_PER_SEC),
		.it_value.tv_usec = (suseconds_t)(wait % G_USEC_PER_SEC) };

	setitimer(ITIMER_REAL, &ticking, NULL);
}

static void
wait_in_queue(int lock, int64_t wait_until)
{
	const int64_t patience = MIN(wait_until, g_get_monotonic_time() + PATIENCE_US);
	int64_t number;

	set_timer(patience);
	if (draw_number(lock, &number, patience) && number > FIRST_NUMBER)
		(void)lock_byte(lock, number - 1, patience);
}

static bool
wait_for_lock(int lock, int64_t wait_until)
{
	int result = -1;

	set_timer(wait_until);
	do
		result = flock(lock, LOCK_EX);
	while (result != 0 && is_interrupted(wait_until));
	return result == 0;
}

/* Handles the timer's signal; *before receives the action that the signal had. */
static void
catch_timer(struct sigaction *before)
{
	const struct sigaction interrupt = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &interrupt, before);
}

static void
release_timer(const struct sigaction *before)
{
	const struct itimerval none = { 0 };

	setitimer(ITIMER_REAL, &none, NULL);
	sigaction(SIGALRM, before, NULL);
}

/* The error for the caller when the wait for the lock file has failed. */
static bool
fail_wait(int problem, GError **error)
{
	errno = problem;
	if (problem != EINTR)
		return fail_errno(TLSRPT_ERROR_IO, "its lock file", error);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY,
		"the store is busy: other writers hold it");
	return false;
}

bool
files_take_turn(int lock, int64_t wait_until, GError **error)
{
	struct sigaction before;

	catch_timer(&before);
	wait_in_queue(lock, wait_until);
	const bool ok = wait_for_lock(lock, wait_until);
	const int problem = errno;
	release_timer(&before);
	if (ok)
		return true;

	unlock_bytes(lock, 0, 0);
	return fail_wait(problem, error);
}

void
files_give_turn(int lock)
{
	flock(lock, LOCK_UN);
	unlock_bytes(lock, 0, 0);
}

/*
 * Those who wait take a shared lock on the byte, so that all go on at once when it is free, without
 * taking turns.
 */
bool
files_claim(int lock, int64_t wait_until, bool *claimed, GError **error)
{
	struct flock byte = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = CREATING, .l_len = 1
	};
	struct sigaction before;

	/* Where the file system lacks such locks, the writers' turn alone must do. */
	*claimed = fcntl(lock, F_OFD_SETLK, &byte) == 0 || (errno != EAGAIN && errno != EACCES);
	if (*claimed)
		return true;

	catch_timer(&before);
	set_timer(wait_until);
	const bool ok = wait_for_byte(lock, F_RDLCK, CREATING, wait_until);
	const int problem = errno;
	release_timer(&before);
	unlock_bytes(lock, CREATING, 1);
	return ok || fail_wait(problem, error);
}
