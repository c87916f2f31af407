#include "bulk_pool.h"

#include "tlsrpt/error.h"
#include "tlsrpt/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define TICK_MS 200
#define TICK_US (INT64_C(1000) * TICK_MS)
#define DEATHS_MAX 3

typedef struct {
	Child child;
	WorkerSlot *slot;
	GString *names; /* of the files in its task; empty if it is idle */
	Task task;
	int64_t seen_serial; /* of the message that it worked on at the last tick */
	int64_t stuck_us; /* how long it has worked on that message */
	int deaths; /* while it was not parsing, since its last answer */
} Worker;

struct Pool {
	const WorkerOptions *options;
	PoolListener listener;
	Worker *workers;
	int jobs;
	BulkCounts counts;
	int64_t ticked_at; /* g_get_monotonic_time() */
	bool store_failed;
	char *packet; /* a buffer for one answer */
};

#define PACKET_SIZE (sizeof(Answer) + 2 * LINES_BYTES_MAX)

/* What a new child needs to become a worker. */
typedef struct {
	const Pool *pool;
	const Worker *self;
} WorkerStart;

/* In the child. */
static int
run_worker(int channel, void *data)
{
	const WorkerStart *start = data;
	const Pool *pool = start->pool;

	/*
	 * Ctrl-C reaches the whole group; the parent acts on it, and this process ends with the
	 * parent.
	 */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (int i = 0; i < pool->jobs; i++) {
		if (pool->workers[i].child.pid != 0)
			close(pool->workers[i].child.channel);
	}
	return worker_run(pool->options, channel, start->self->slot);
}

/* Starts a process for a worker. */
static bool
start_worker(Pool *pool, Worker *worker, GError **error)
{
	WorkerStart start = { pool, worker };
	const ChildTask task = { .run = run_worker, .data = &start, .by_socket = true };

	worker->stuck_us = 0;
	return process_start(&task, &worker->child, error);
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

void
pool_free(Pool *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < pool->jobs; i++) {
		Worker *worker = &pool->workers[i];
		if (worker->child.pid != 0) {
			/* An idle one ends by itself when its channel closes. */
			if (worker->names->len > 0)
				kill(worker->child.pid, SIGKILL);
			process_reap(&worker->child);
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
	/* If the worker is dead, the next read from its channel shows that. */
	while (sendmsg(worker->child.channel, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

static void
add_counts(BulkCounts *sum, const BulkCounts *counts)
{
	sum->files += counts->files;
	sum->messages += counts->messages;
	sum->bytes += counts->bytes;
	sum->stored += counts->stored;
	sum->replaced += counts->replaced;
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

/* Takes in an answer; returns false if the worker has closed its end of the channel. */
static bool
take_answer(Pool *pool, Worker *worker)
{
	Answer answer;
	const ssize_t got = recv(worker->child.channel, pool->packet, PACKET_SIZE, 0);

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

/* The name of a file in a list of names. */
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

/* Names the message at which a worker has died, and counts it. */
static void
blame(Pool *pool, const Worker *worker, const GError *error)
{
	const WorkerSlot *slot = worker->slot;
	g_autofree char *name = worker_name(
		name_at(worker->names, slot->at.file), slot->in_mbox, &slot->at);
	g_autofree char *text = g_strdup_printf("%s: %s", name, error->message);

	if (error_quarantine_reason(error) != NULL)
		pool->counts.bad++;
	else
		pool->counts.failed++;
	pool->counts.messages++;
	pool->listener.line(LOG_FAILED, text, pool->listener.data);
}

/*
 * Decides what is to blame for the death of a worker.  If it was parsing a message, the message is
 * tried once more, since earlier messages or somebody else may have caused the death; one that took
 * too long is not tried again.  If it was not parsing, the task is taken up again a few times.
 */
static bool
examine(Pool *pool, Worker *worker, GError **error)
{
	const Position *at = &worker->slot->at;
	const bool timed_out = worker->child.timed_out;
	Task *task = &worker->task;

	worker->child.phase = (ProcessPhase)atomic_load(&worker->slot->phase);
	if (worker->child.phase != PHASE_PARSING) {
		if (++worker->deaths < DEATHS_MAX)
			return true;
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
			"the work was killed again and again, the last time at %s",
			name_at(worker->names, at->file));
		return false;
	}
	task->skip = timed_out || is_same_place(&task->suspect, at);
	task->suspect = *at;
	if (task->skip) {
		g_autoptr(GError) problem = process_judge(
			&worker->child, pool->options->ingest->config->limits.memory);
		blame(pool, worker, problem);
	}
	return true;
}

/* Has another process take up what a dead one has not finished. */
static bool
revive(Pool *pool, Worker *worker, GError **error)
{
	process_reap(&worker->child);
	if (pool->store_failed || worker->names->len == 0)
		return true; /* pool_give() starts another one */
	if (!examine(pool, worker, error) || !start_worker(pool, worker, error))
		return false;
	send_task(worker);
	return true;
}

/* Kills the worker if it has worked on the same message for too long. */
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
	kill(worker->child.pid, SIGKILL);
	worker->child.timed_out = true;
	return revive(pool, worker, error);
}

static bool
tick(Pool *pool, GError **error)
{
	const int64_t now = g_get_monotonic_time();
	/* If all of this was stopped for a while, that time is not the messages' fault. */
	const int64_t elapsed_us = MIN(now - pool->ticked_at, 2 * TICK_US);

	if (now - pool->ticked_at < TICK_US)
		return true;
	pool->ticked_at = now;
	pool->listener.progress(&pool->counts, pool->listener.data);
	for (int i = 0; i < pool->jobs; i++) {
		Worker *worker = &pool->workers[i];
		if (worker->child.pid != 0 && worker->names->len > 0
			&& !check_deadline(pool, worker, elapsed_us, error))
			return false;
	}
	return true;
}

/* Waits for answers of workers, and takes them in. */
static bool
wait_for_answers(Pool *pool, GError **error)
{
	g_autofree struct pollfd *pollers = g_new0(struct pollfd, pool->jobs);

	for (int i = 0; i < pool->jobs; i++) {
		pollers[i].fd = pool->workers[i].child.pid != 0 ? pool->workers[i].child.channel
								: -1;
		pollers[i].events = POLLIN;
	}
	const int ready = poll(pollers, (nfds_t)pool->jobs, TICK_MS);
	for (int i = 0; i < pool->jobs && ready > 0; i++) {
		if (pollers[i].revents != 0 && !take_answer(pool, &pool->workers[i])
			&& !revive(pool, &pool->workers[i], error))
			return false;
	}
	if (process_stop_signal() != 0) {
		g_set_error_literal(
			error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED, "interrupted by a signal");
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
	if (worker->child.pid == 0 && !start_worker(pool, worker, error))
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
