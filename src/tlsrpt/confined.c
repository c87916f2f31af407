#include "confined.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/limits.h"
#include "tlsrpt/process.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The memory in which the child leaves its result.  It takes no more of the machine's than is written
 * to it; the largest report that the limits allow needs about half.
 */
#define ROOM_SIZE ((size_t)(128 * MIB))

enum { DONE = 0, FAILED = 1 };

typedef struct {
	size_t size; /* of the result */
	uint8_t result[]; /* what was packed; or, if the work has failed, the code of its error and the text */
} Room;

typedef struct {
	ConfinedWork work;
	const void *data;
	const Config *config;
	Room *room;
} Confined;

/* GLib complains when it gets no memory; the error that the parent makes of it says enough. */
static void
be_silent(void)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
}

/* Does the work, and returns the exit code. */
static int
work(const Confined *confined, GByteArray *packed)
{
	g_autoptr(GError) error = NULL;

	if (confined->work(confined->data, packed, &error))
		return DONE;
	if (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY))
		return PROCESS_NO_MEMORY;
	g_byte_array_set_size(packed, 0);
	pack_int(packed, error->code);
	pack_text(packed, error->message);
	return FAILED;
}

/* In the child. */
static int
run(G_GNUC_UNUSED int channel, void *data)
{
	const Confined *confined = data;
	const Config *config = confined->config;

	be_silent();
	process_confine(config->limits.memory, config->deadline_ms / 1000 + 2);
	TEST_HOOK("parsing");
	g_autoptr(GByteArray) packed = g_byte_array_new();
	int code = work(confined, packed);
	if (packed->len > ROOM_SIZE - sizeof(Room))
		code = PROCESS_NO_MEMORY;
	else
		memcpy(confined->room->result, packed->data, packed->len);
	confined->room->size = packed->len;
	/* The child must not touch the store that its parent may have open, not even as it exits. */
	_exit(code);
}

static bool
is_result(int code)
{
	return code == DONE || code == FAILED;
}

/* The error that the work in the child has ended with. */
static void
propagate(GBytes *result, GError **error)
{
	Unpacker unpacker = confined_unpacker(result);
	const int code = (int)unpack_int(&unpacker, 0, G_MAXINT);
	const char *text = unpack_some_text(&unpacker);

	if (confined_is_sound(&unpacker, error))
		g_set_error_literal(error, TLSRPT_ERROR, code, text);
}

static GBytes *
copy_result(const Room *room)
{
	return g_bytes_new(room->result, MIN(room->size, ROOM_SIZE - sizeof(Room)));
}

static GBytes *
run_in_room(const Confined *confined, GError **error)
{
	const ChildTask task = {
		.run = run,
		.data = (void *)confined,
		.is_result = is_result,
		.phase = PHASE_PARSING,
	};
	const Config *config = confined->config;
	Child child;

	if (!process_start(&task, &child, error))
		return NULL;
	process_watch(&child, MAX(config->deadline_ms * 1000 * 5 / 8, 1));
	GError *problem = process_judge(&child, config->limits.memory);
	if (problem != NULL) {
		g_propagate_error(error, problem);
		return NULL;
	}
	g_autoptr(GBytes) result = copy_result(confined->room);
	if (process_result(&child) == DONE)
		return g_steal_pointer(&result);
	propagate(result, error);
	return NULL;
}

GBytes *
confined_run(ConfinedWork work_of_caller, const void *data, const Config *config, GError **error)
{
	Room *room = mmap(NULL, ROOM_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	const Confined confined = { work_of_caller, data, config, room };

	if (room == MAP_FAILED) {
		error_errno("no memory for what is parsed", error);
		return NULL;
	}
	GBytes *packed = run_in_room(&confined, error);
	munmap(room, ROOM_SIZE);
	return packed;
}

Unpacker
confined_unpacker(GBytes *packed)
{
	gsize size;
	const void *bytes = g_bytes_get_data(packed, &size);

	return (Unpacker){ .at = bytes, .left = size };
}

bool
confined_is_sound(const Unpacker *unpacker, GError **error)
{
	if (!unpacker->failed && unpacker->left == 0)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
		"the process that parsed has left a result that makes no sense");
	return false;
}
