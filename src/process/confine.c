#include "tlsrpt/process.h"

#include "sanitized.h"

#include "tlsrpt/limits.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Whether the limit that the process has is looser than a value. */
static bool
is_looser(int resource, int64_t value)
{
	struct rlimit limit;

	return getrlimit(resource, &limit) == 0 && limit.rlim_cur > (rlim_t)value;
}

static void
lower(int resource, int64_t value)
{
	struct rlimit limit;

	if (is_looser(resource, value) && getrlimit(resource, &limit) == 0) {
		limit.rlim_cur = (rlim_t)value;
		setrlimit(resource, &limit);
	}
}

void
process_confine(int64_t memory, int64_t cpu_s)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	lower(RLIMIT_CORE, 0); /* a core file holds somebody's mail */
	if (cpu_s > 0)
		lower(RLIMIT_CPU, cpu_s);
	if (!SANITIZED && memory > 0)
		lower(RLIMIT_DATA, memory);
}

MemoryLimit
process_memory_limit(int64_t memory)
{
	const int64_t ours = SANITIZED || memory <= 0 ? INT64_MAX : memory;

	if (!is_looser(RLIMIT_DATA, ours) || !is_looser(RLIMIT_AS, ours))
		return MEMORY_THEIRS;
	return ours == memory ? MEMORY_OURS : MEMORY_UNLIMITED;
}

bool
process_has_room(int64_t memory)
{
	const size_t size = (size_t)(SANITIZED || memory <= 0 ? 16 * MIB : memory / 2);
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* malloc() may fail although mmap() does not. */
	g_autofree void *piece = g_try_malloc(64 * KIB);

	if (room == MAP_FAILED)
		return false;
	munmap(room, size);
	return piece != NULL;
}
