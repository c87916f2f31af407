#include "confined.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/limits.h"
#include "tlsrpt/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DONE = 0, FAILED = 1 };

/*
 * Memory that a child shares with its parent.  It holds the request and then the result or, if the
 * service has failed, the code of its error and the text.
 */
typedef struct {
	size_t size;
	uint8_t bytes[];
} Room;

#define NUMBERS_SIZE (64 * MIB) /* more than the numbers of a report take */
#define LIMIT_MAX (1024 * MIB) /* so that no limit of the configuration makes the room too large */

struct Confined {
	ConfinedService service;
	const Config *config;
	Room *room;
	size_t room_size;
	Child child;
	bool has_served; /* the child, another request */
};

/* GLib complains when it gets no memory; the error that the parent makes of it says enough. */
static void
be_silent(void)
{
	if (freopen("/dev/null", "w", stderr) == NULL)
		return; /* it is as loud as it was */
}

/*
 * Closes everything but the channel, so that a child that stays holds no lock of the store.  Returns
 * the number that the channel has then.
 */
static int
close_others(int channel)
{
	const int kept = STDERR_FILENO + 1;

	if (channel != kept)
		dup2(channel, kept);
	process_close_from(kept + 1);
	return kept;
}

/* Packs the error that the service has ended with, and nothing else. */
static void
pack_error(GByteArray *packed, const GError *error)
{
	g_byte_array_set_size(packed, 0);
	pack_int(packed, error->code);
	pack_text(packed, error->message);
}

/*
 * How large the room must be for a message, and for a report, in which one byte that is no UTF-8
 * becomes three.  Only what is written to takes memory of the machine.
 */
static size_t
room_size(const Limits *limits)
{
	return sizeof(Room)
		+ (size_t)(MIN(limits->message, LIMIT_MAX) + 4 * MIN(limits->report, LIMIT_MAX)
			+ NUMBERS_SIZE);
}

static bool
put_in_room(const Confined *confined, const GByteArray *packed, GError **error)
{
	if (packed->len > confined->room_size - sizeof(Room)) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY,
			"it is too large to be parsed in a process of its own");
		return false;
	}
	if (packed->len > 0)
		memcpy(confined->room->bytes, packed->data, packed->len);
	confined->room->size = packed->len;
	return true;
}

static GBytes *
copy_from_room(const Confined *confined)
{
	/* Read once, since a child that has run wild may still change it. */
	const size_t size = *(const volatile size_t *)&confined->room->size;

	return g_bytes_new(confined->room->bytes, MIN(size, confined->room_size - sizeof(Room)));
}

/* Serves one request, and returns what became of it. */
static int
serve_one(const Confined *confined)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	Unpacker request = { .at = confined->room->bytes, .left = confined->room->size };

	if (confined->service(&request, confined->config, packed, &error)
		&& put_in_room(confined, packed, &error))
		return DONE;
	if (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY))
		return PROCESS_NO_MEMORY;
	pack_error(packed, error);
	return put_in_room(confined, packed, NULL) ? FAILED : PROCESS_NO_MEMORY;
}

/* In the child: serves until the parent closes the channel. */
static int
serve(int channel, void *data)
{
	const Confined *confined = data;
	char byte;

	be_silent();
	channel = close_others(channel);
	/* The processor time of many requests has no limit; the parent watches the time of each. */
	process_confine(confined->config->limits.memory, 0);
	while (read(channel, &byte, 1) == 1) {
		TEST_HOOK("parsing");
		const int code = serve_one(confined);
		byte = (char)code;
		if (code == PROCESS_NO_MEMORY || write(channel, &byte, 1) != 1)
			_exit(code);
	}
	/*
	 * The child must not touch the store that its parent may have open, not even as it exits.
	 */
	_exit(DONE);
}

static bool
start(Confined *confined, GError **error)
{
	const ChildTask task = {
		.run = serve,
		.data = confined,
		.phase = PHASE_PARSING,
		.by_socket = true,
	};

	confined->has_served = false;
	return process_start(&task, &confined->child, error);
}

Confined *
confined_new(ConfinedService service, const Config *config, GError **error)
{
	const size_t size = room_size(&config->limits);
	Room *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED) {
		error_errno("no memory for what is parsed", error);
		return NULL;
	}
	Confined *confined = g_new0(Confined, 1);
	confined->service = service;
	confined->config = config;
	confined->room = room;
	confined->room_size = size;
	return confined;
}

void
confined_free(Confined *confined)
{
	if (confined == NULL)
		return;
	if (confined->child.pid != 0)
		process_reap(&confined->child);
	munmap(confined->room, confined->room_size);
	g_free(confined);
}

/* Sets the error that the work in the child has ended with. */
static void
propagate(GBytes *result, GError **error)
{
	Unpacker unpacker = confined_unpacker(result);
	const int code = (int)unpack_int(&unpacker, 0, G_MAXINT);
	const char *text = unpack_some_text(&unpacker);

	if (confined_is_sound(&unpacker, error))
		g_set_error_literal(error, TLSRPT_ERROR, code, text);
}

/* Has the child that there is serve the request; *died says whether it died of it. */
static GBytes *
ask_child(Confined *confined, const GByteArray *request, bool *died, GError **error)
{
	const Config *config = confined->config;
	Child *child = &confined->child;
	char code = 0;

	if (!put_in_room(confined, request, error))
		return NULL;
	/* If the child is dead, waiting for it shows that. */
	const ssize_t sent = send(child->channel, &code, 1, MSG_NOSIGNAL);
	(void)sent;
	*died = !process_await(child, MAX(config->deadline_ms * 1000 * 5 / 8, 1), &code);
	if (*died) {
		g_propagate_error(error, process_judge(child, config->limits.memory));
		return NULL;
	}
	g_autoptr(GBytes) result = copy_from_room(confined);
	if (code == DONE)
		return g_steal_pointer(&result);
	propagate(result, error);
	return NULL;
}

GBytes *
confined_ask(Confined *confined, const GByteArray *request, GError **error)
{
	bool died = false;

	for (;;) {
		GError *problem = NULL;
		if (confined->child.pid == 0 && !start(confined, error))
			return NULL;
		const bool has_served = confined->has_served;
		confined->has_served = true;
		GBytes *result = ask_child(confined, request, &died, &problem);
		if (result != NULL)
			return result;
		if (!died || !has_served || confined->child.timed_out) {
			g_propagate_error(error, problem);
			return NULL;
		}
		g_error_free(problem);
	}
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
