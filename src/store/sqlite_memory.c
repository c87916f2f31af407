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

static void *
begin_piece(void *memory, size_t size)
{
	Head *head = memory;

	head->size = size;
	return head + 1;
}

/*
 * Calls malloc(); NULL if there is no memory.  Not inlined, as cut_new_block() is not: else the
 * thousands of calls that need neither would save registers for them.
 */
static G_GNUC_NO_INLINE void *
allocate_large(size_t size)
{
	void *memory = malloc(sizeof(Head) + size);

	return memory != NULL ? begin_piece(memory, size) : NULL;
}

/* A small piece from a new block; NULL if there is no memory for that. */
static G_GNUC_NO_INLINE void *
cut_new_block(size_t size)
{
	char *next = malloc(BLOCK_SIZE);

	if (next == NULL)
		return NULL;
	block = next + sizeof(Head) + size;
	block_left = BLOCK_SIZE - sizeof(Head) - size;
	return begin_piece(next, size);
}

/* A small piece that is in no list. */
static void *
cut(size_t size)
{
	char *next = block;

	if (block_left < sizeof(Head) + size)
		return cut_new_block(size);
	block += sizeof(Head) + size;
	block_left -= sizeof(Head) + size;
	return begin_piece(next, size);
}

static void *
allocate(int wanted)
{
	const size_t size = (size_t)round_up(wanted);

	if (size > SMALL_MAX)
		return allocate_large(size);
	Free **list = &lists[size / STEP];
	Free *piece = *list;
	if (piece == NULL)
		return cut(size);
	*list = piece->next;
	return piece;
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
