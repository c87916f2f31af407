#include "pool.h"

#include "process.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define TICK_MS 200
#define TICK_US (INT64_C(1000) * TICK_MS)
#define DEATHS_MAX 3

typedef struct {
	pid_t pid; /* 0: there is none */
	int socket;
	WorkerSlot *slot;
	GString *names; /* of its task; empty if it is idle */
	Task task;
	int64_t seen_serial; /* of the message that it had at the last tick */
	int64_t stuck_us; /* how long it has had that */
	int deaths; /* since it last answered, other than by a message */
} Worker;

struct Pool {
	const WorkerOptions *options;
	PoolListener listener;
	Worker *workers;
	int jobs;
	BulkCounts counts;
	int64_t ticked_at; /* g_get_monotonic_time() */
	bool store_failed;
	char *packet; /* for one answer */
};

#define PACKET_SIZE (sizeof(Answer) + 2 * LINES_BYTES_MAX)

static void
run_worker(const Pool *pool, const Worker *self, int socket, pid_t parent)
{
	process_release_faults();
	/* Ctrl-C is for the parent to understand; this process dies with it. */
	process_release_stop_signals();
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (!process_die_with_parent(parent))
		_exit(EX_TEMPFAIL);
	for (int i = 0; i < pool->jobs; i++) {
		if (pool->workers[i].pid != 0)
			close(pool->workers[i].socket);
	}
	close(self->socket);
	exit(worker_run(pool->options, socket, self->slot));
}

/* Starts a process for a worker. The fork is whole: this process has one thread. */
static bool
start(Pool *pool, Worker *worker, GError **error)
{
	const pid_t parent = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return error_errno("cannot make a socket", error);
	worker->socket = ends[0];
	worker->stuck_us = 0;
	const pid_t pid = fork();
	if (pid == 0)
		run_worker(pool, worker, ends[1], parent);
	if (pid < 0)
		error_errno("cannot start a worker", error);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	worker->pid = pid;
	return true;
}

Pool *
pool_new(const WorkerOptions *options, int jobs, const PoolListener *listener, GError **error)
{
	g_autoptr(Pool) pool = g_new0(Pool, 1);

	pool->options = options;
	pool->listener = *listener;
	pool->jobs = jobs;
	pool->workers = g_new0(Worker, jobs);
	pool->packet = g_malloc(PACKET_SIZE);
	pool->ticked_at = g_get_monotonic_time();
	for (int i = 0; i < jobs; i++) {
		Worker *worker = &pool->workers[i];
		worker->names = g_string_new(NULL);
		worker->slot = mmap(NULL, sizeof(WorkerSlot), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (worker->slot == MAP_FAILED) {
			worker->slot = NULL;
			error_errno("no memory for a worker", error);
			return NULL;
		}
	}
	return g_steal_pointer(&pool);
}

/* Waits for the end of a worker. */
static ProcessEnd
bury(Worker *worker)
{
	ProcessEnd end;

	close(worker->socket);
	process_wait(worker->pid, &end);
	worker->pid = 0;
	return end;
}

void
pool_free(Pool *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < pool->jobs; i++) {
		Worker *worker = &pool->workers[i];
		if (worker->pid != 0) {
			/* An idle one ends by itself when its socket closes. */
			if (worker->names->len > 0)
				kill(worker->pid, SIGKILL);
			bury(worker);
		}
		if (worker->slot != NULL)
			munmap(worker->slot, sizeof(WorkerSlot));
		if (worker->names != NULL)
			g_string_free(worker->names, TRUE);
	}
	g_free(pool->workers);
	g_free(pool->packet);
	g_free(pool);
}

static void
send_task(Worker *worker)
{
	struct iovec parts[] = {
		{ &worker->task, sizeof(worker->task) },
		{ worker->names->str, worker->names->len },
	};
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS(parts) };

	worker->slot->at = worker->task.start;
	atomic_store(&worker->slot->phase, PHASE_READING);
	/* If it is dead, that shows itself at the other end of the socket. */
	while (sendmsg(worker->socket, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

static void
add_counts(BulkCounts *sum, const BulkCounts *counts)
{
	sum->files += counts->files;
	sum->messages += counts->messages;
	sum->bytes += counts->bytes;
	sum->stored += counts->stored;
	sum->duplicates += counts->duplicates;
	sum->without += counts->without;
	sum->others += counts->others;
	sum->bad += counts->bad;
	sum->failed += counts->failed;
}

static void
tell_lines(const Pool *pool, const char *lines, const char *end)
{
	while (lines < end) {
		pool->listener.line((LogEvent)*lines, lines + 1, pool->listener.data);
		lines += 1 + strlen(lines + 1) + 1;
	}
}

/* Takes in an answer; false if the worker has closed its end. */
static bool
take_answer(Pool *pool, Worker *worker)
{
	Answer answer;
	const ssize_t got = recv(worker->socket, pool->packet, PACKET_SIZE, 0);

	if (got < 0 && errno == EINTR)
		return true;
	if (got < (ssize_t)sizeof(Answer))
		return false;
	memcpy(&answer, pool->packet, sizeof(Answer));
	tell_lines(pool, pool->packet + sizeof(Answer), pool->packet + got);
	add_counts(&pool->counts, &answer.counts);
	worker->task.start = answer.reached;
	worker->deaths = 0;
	if (answer.kind == ANSWER_DONE)
		g_string_truncate(worker->names, 0);
	if (answer.kind == ANSWER_STORE)
		pool->store_failed = true;
	return true;
}

/* The name in a list of names. */
static const char *
name_at(const GString *names, int64_t file)
{
	const char *name = names->str;

	while (file-- > 0)
		name += strlen(name) + 1;
	return name;
}

static bool
is_same_place(const Position *one, const Position *other)
{
	return one->file == other->file && one->number == other->number;
}

/* What the end of a worker that was parsing means for the message that it had. */
static GError *
judge(const Pool *pool, const ProcessEnd *end, bool timed_out)
{
	const int64_t memory = pool->options->ingest->config->limits.memory;

	if (WIFEXITED(end->status) && WEXITSTATUS(end->status) == INGEST_NO_MEMORY)
		return process_out_of_memory(memory, end);

	GError *death = timed_out ? process_overtime() : process_death(end, memory);
	return death != NULL ? death
			     : g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
				       "the work was killed");
}

/* Names the message at which a worker has died, and counts it. */
static void
blame(Pool *pool, const Worker *worker, const GError *error)
{
	const WorkerSlot *slot = worker->slot;
	g_autofree char *name = worker_name(name_at(worker->names, slot->at.file), slot->in_mbox,
		&slot->at);
	g_autofree char *text = g_strdup_printf("%s: %s", name, error->message);

	if (error_quarantine_reason(error) != NULL)
		pool->counts.bad++;
	else
		pool->counts.failed++;
	pool->counts.messages++;
	pool->listener.line(LOG_FAILED, text, pool->listener.data);
}

/*
 * Looks who is to blame for the death of a worker.  A message is tried once more, since it may
 * have been other messages' doing, or somebody else's; it has had its chance if it took too long.
 * If it was no message, there are a few more attempts.
 */
static bool
examine(Pool *pool, Worker *worker, const ProcessEnd *end, bool timed_out, GError **error)
{
	const Position *at = &worker->slot->at;
	Task *task = &worker->task;

	if (atomic_load(&worker->slot->phase) != PHASE_PARSING) {
		if (++worker->deaths < DEATHS_MAX)
			return true;
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
			"the work was killed again and again, lastly at %s",
			name_at(worker->names, at->file));
		return false;
	}
	task->skip = timed_out || is_same_place(&task->suspect, at);
	task->suspect = *at;
	if (task->skip) {
		g_autoptr(GError) problem = judge(pool, end, timed_out);
		blame(pool, worker, problem);
	}
	return true;
}

/* Has another process take up what a dead one has not finished. */
static bool
revive(Pool *pool, Worker *worker, bool timed_out, GError **error)
{
	const ProcessEnd end = bury(worker);

	if (pool->store_failed || worker->names->len == 0)
		return true; /* pool_give() starts another one */
	if (!examine(pool, worker, &end, timed_out, error) || !start(pool, worker, error))
		return false;
	send_task(worker);
	return true;
}

/* Kills the worker if it has had the same message for too long. */
static bool
check_deadline(Pool *pool, Worker *worker, int64_t elapsed_us, GError **error)
{
	const int64_t serial = atomic_load(&worker->slot->serial);
	const bool parsing = atomic_load(&worker->slot->phase) == PHASE_PARSING;

	if (serial != worker->seen_serial || !parsing)
		worker->stuck_us = 0;
	else
		worker->stuck_us += elapsed_us;
	worker->seen_serial = serial;
	if (worker->stuck_us < pool->options->ingest->config->deadline_ms * 1000)
		return true;
	kill(worker->pid, SIGKILL);
	return revive(pool, worker, true, error);
}

static bool
tick(Pool *pool, GError **error)
{
	const int64_t now = g_get_monotonic_time();
	/* Somebody who stops all of this for a while shall not make it the messages' fault. */
	const int64_t elapsed_us = MIN(now - pool->ticked_at, 2 * TICK_US);

	if (now - pool->ticked_at < TICK_US)
		return true;
	pool->ticked_at = now;
	pool->listener.progress(&pool->counts, pool->listener.data);
	for (int i = 0; i < pool->jobs; i++) {
		Worker *worker = &pool->workers[i];
		if (worker->pid != 0 && worker->names->len > 0
			&& !check_deadline(pool, worker, elapsed_us, error))
			return false;
	}
	return true;
}

/* Waits for workers to say something, and takes that in. */
static bool
wait_for_answers(Pool *pool, GError **error)
{
	g_autofree struct pollfd *pollers = g_new0(struct pollfd, pool->jobs);

	for (int i = 0; i < pool->jobs; i++) {
		pollers[i].fd = pool->workers[i].pid != 0 ? pool->workers[i].socket : -1;
		pollers[i].events = POLLIN;
	}
	const int ready = poll(pollers, (nfds_t)pool->jobs, TICK_MS);
	for (int i = 0; i < pool->jobs && ready > 0; i++) {
		if (pollers[i].revents != 0 && !take_answer(pool, &pool->workers[i])
			&& !revive(pool, &pool->workers[i], false, error))
			return false;
	}
	if (process_stop_signal() != 0) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
			"interrupted by a signal");
		return false;
	}
	return !pool->store_failed && tick(pool, error);
}

static Worker *
find_idle(Pool *pool)
{
	for (int i = 0; i < pool->jobs; i++) {
		if (pool->workers[i].names->len == 0)
			return &pool->workers[i];
	}
	return NULL;
}

bool
pool_give(Pool *pool, const char *names, size_t size, GError **error)
{
	Worker *worker;

	while ((worker = find_idle(pool)) == NULL) {
		if (!wait_for_answers(pool, error))
			return false;
	}
	if (worker->pid == 0 && !start(pool, worker, error))
		return false;
	g_string_append_len(worker->names, names, (gssize)size);
	worker->task = (Task){ .suspect.file = -1 };
	send_task(worker);
	return true;
}

bool
pool_finish(Pool *pool, GError **error)
{
	for (int i = 0; i < pool->jobs; i++) {
		while (pool->workers[i].names->len > 0) {
			if (!wait_for_answers(pool, error))
				return false;
		}
	}
	return true;
}

const BulkCounts *
pool_counts(const Pool *pool)
{
	return &pool->counts;
}
