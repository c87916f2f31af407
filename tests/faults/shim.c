/*
 * A library to be loaded with LD_PRELOAD that lets one call of some kind fail, or all from one on.
 * It counts those of the process that was started ("parent") and those of all that come of it by
 * fork() ("child") in a file that it shares with the test, which is run.py.
 *
 * TLSRPT_FAULT_FILE  the file, as large as Shared; without it nothing happens
 * TLSRPT_FAULT_WHAT  memory: malloc() and whatever else allocates; fork, pipe2, memfd_create, write
 * TLSRPT_FAULT_WHO   whose calls fail: parent, child, or all, which are then counted together
 * TLSRPT_FAULT_AT    which one fails, from 1; 0 for none
 * TLSRPT_FAULT_MODE  once, or on: that one and all after it
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
	_Atomic int64_t parent, child; /* calls so far */
	_Atomic int64_t failed; /* of which so many have failed */
} Shared;

/* The real functions, by the names under which glibc has them for such purposes as this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static const char memory[] = "memory";
static const char *what; /* fails */
static enum { NOT_BEGUN, READY, IDLE } state;
static Shared *shared;
static pid_t parent;
static bool parent_fails, child_fails, goes_on;
static int64_t fails_at;

/* With the first allocation: that is one of a library's constructor, long before main(). */
static void
begin(void)
{
	const char *name = getenv("TLSRPT_FAULT_FILE");
	const char *kind = getenv("TLSRPT_FAULT_WHAT");
	const char *who = getenv("TLSRPT_FAULT_WHO");
	const char *at = getenv("TLSRPT_FAULT_AT");
	const char *mode = getenv("TLSRPT_FAULT_MODE");

	state = IDLE;
	if (name == NULL || kind == NULL || who == NULL || at == NULL || mode == NULL)
		return;

	const int file = open(name, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return;
	void *map = mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (map == MAP_FAILED)
		return;
	shared = map;
	what = kind;
	parent = getpid();
	parent_fails = strcmp(who, "child") != 0;
	child_fails = strcmp(who, "parent") != 0;
	fails_at = atoll(at);
	goes_on = strcmp(mode, "on") == 0;
	state = READY;
}

/* Whether the call that is about to be made is to fail. */
static bool
fails(const char *kind, int error)
{
	/* So early that there is no environment yet, it is the dynamic linker's. */
	if (state == NOT_BEGUN && environ != NULL)
		begin();
	if (state != READY || strcmp(kind, what) != 0)
		return false;

	const bool is_parent = getpid() == parent;
	int64_t number = 1 + atomic_fetch_add(is_parent ? &shared->parent : &shared->child, 1);
	if (!(is_parent ? parent_fails : child_fails))
		return false;
	if (parent_fails && child_fails)
		number += atomic_load(is_parent ? &shared->child : &shared->parent);
	if (fails_at == 0 || (goes_on ? number < fails_at : number != fails_at))
		return false;
	atomic_fetch_add(&shared->failed, 1);
	errno = error;
	return true;
}

void *
malloc(size_t size)
{
	return fails(memory, ENOMEM) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails(memory, ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *block, size_t size)
{
	return fails(memory, ENOMEM) ? NULL : __libc_realloc(block, size);
}

void *
reallocarray(void *block, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, total);
}

void *
memalign(size_t alignment, size_t size)
{
	return fails(memory, ENOMEM) ? NULL : __libc_memalign(alignment, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int
posix_memalign(void **block, size_t alignment, size_t size)
{
	*block = memalign(alignment, size);
	return *block != NULL ? 0 : ENOMEM;
}

pid_t
fork(void)
{
	pid_t (*real)(void);

	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	return fails("fork", EAGAIN) ? -1 : real();
}

int
pipe2(int ends[2], int flags)
{
	int (*real)(int *, int);

	*(void **)&real = dlsym(RTLD_NEXT, "pipe2");
	return fails("pipe2", EMFILE) ? -1 : real(ends, flags);
}

int
memfd_create(const char *name, unsigned flags)
{
	int (*real)(const char *, unsigned);

	*(void **)&real = dlsym(RTLD_NEXT, "memfd_create");
	return fails("memfd_create", ENOMEM) ? -1 : real(name, flags);
}

ssize_t
write(int descriptor, const void *bytes, size_t size)
{
	ssize_t (*real)(int, const void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	return fails("write", EIO) ? -1 : real(descriptor, bytes, size);
}
