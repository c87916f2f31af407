/*
 * SQLite asks for thousands of small pieces of memory to parse the schema and prepare statements.
 * Its own remedy, the lookaside memory, is left out of Debian's build, and without one a delivery
 * spends every twelfth instruction in malloc().
 *
 * So small pieces are cut from blocks, and those that are free are kept in a list for each size.  A
 * block is never given back, as the next statement needs it again.  Large pieces come from
 * malloc().
 */
#include "sqlite_memory.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define STEP 16 /* sizes are rounded up to a multiple of it */
#define SMALL_MAX 1024
#define BLOCK_SIZE 65536

/* What precedes each piece. */
typedef union {
	size_t size; /* of the piece without its head */
	sqlite3_int64 alignment; /* SQLite wants 8 bytes */
} Head;

/* A piece in a list. */
typedef struct Free {
	struct Free *next;
} Free;

static Free *lists[SMALL_MAX / STEP + 1];
static char *block; /* what is left of the last one */
static size_t block_left;

static int
round_up(int size)
{
	return (size + STEP - 1) & ~(STEP - 1);
}

static Head *
head_of(void *piece)
{
	return (Head *)piece - 1;
}

static int
size_of(void *piece)
{
	return piece != NULL ? (int)head_of(piece)->size : 0;
}

/* Memory for a small piece that is in no list; NULL if there is none. */
static Head *
cut(size_t size)
{
	if (block_left < size) {
		char *next = malloc(BLOCK_SIZE);
		if (next == NULL)
			return NULL;
		block = next;
		block_left = BLOCK_SIZE;
	}

	void *piece = block;
	block += size;
	block_left -= size;
	return piece;
}

static void *
allocate(int wanted)
{
	const size_t size = (size_t)round_up(wanted);
	Free **list = size <= SMALL_MAX ? &lists[size / STEP] : NULL;

	if (list != NULL && *list != NULL) {
		Free *piece = *list;
		*list = piece->next;
		return piece;
	}
	Head *head = list != NULL ? cut(sizeof(Head) + size) : malloc(sizeof(Head) + size);
	if (head == NULL)
		return NULL;
	head->size = size;
	return head + 1;
}

static void
release(void *piece)
{
	if (piece == NULL)
		return;

	Head *head = head_of(piece);
	if (head->size > SMALL_MAX) {
		free(head);
		return;
	}
	Free *one = piece;
	one->next = lists[head->size / STEP];
	lists[head->size / STEP] = one;
}

/* gcc's analyzer does not follow a piece behind its head, and takes it for lost. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"

static void *
resize(void *piece, int wanted)
{
	const size_t size = head_of(piece)->size;

	if ((size_t)wanted <= size && size <= SMALL_MAX)
		return piece;
	void *other = allocate(wanted);
	if (other == NULL)
		return NULL;
	memcpy(other, piece, MIN(size, (size_t)wanted));
	release(piece);
	return other;
}
#pragma GCC diagnostic pop

static int
begin(G_GNUC_UNUSED void *data)
{
	return SQLITE_OK;
}

static void
end(G_GNUC_UNUSED void *data)
{
}

const sqlite3_mem_methods sqlite_memory = {
	.xMalloc = allocate,
	.xFree = release,
	.xRealloc = resize,
	.xSize = size_of,
	.xRoundup = round_up,
	.xInit = begin,
	.xShutdown = end,
};
