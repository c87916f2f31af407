#include "memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What is freed is kept, by size, for the next that asks for that; larger pieces are malloc's. */
#define STEP 16
#define LARGEST 1024
#define CHUNK (64 * 1024)

typedef struct Block Block;
struct Block {
	size_t size; /* of the content */
	union {
		Block *next; /* of the free ones of this size */
		char content[sizeof(Block *)];
	};
};

#define HEADER offsetof(Block, content)

static Block *free_blocks[LARGEST / STEP + 1];
static char *fresh, *fresh_end; /* what is left of the newest chunk */

static Block *
block_of(void *content)
{
	return (Block *)(void *)((char *)content - HEADER);
}

int
memory_round_up(int size)
{
	const size_t steps = ((size_t)size + HEADER + STEP - 1) / STEP;

	return (int)(steps * STEP - HEADER);
}

static Block *
take_large(Block *before, size_t size)
{
	Block *block = realloc(before, HEADER + size);

	if (block != NULL)
		block->size = size;
	return block;
}

static Block *
take_fresh(size_t size)
{
	if ((size_t)(fresh_end - fresh) < HEADER + size) {
		char *chunk = malloc(CHUNK);
		if (chunk == NULL)
			return NULL;
		fresh = chunk;
		fresh_end = chunk + CHUNK;
	}
	Block *block = (Block *)(void *)fresh;
	fresh += HEADER + size;
	block->size = size;
	return block;
}

void *
memory_allocate(int wanted)
{
	const size_t size = (size_t)memory_round_up(wanted);

	if (size > LARGEST) {
		Block *block = take_large(NULL, size);
		return block != NULL ? block->content : NULL;
	}
	Block **list = &free_blocks[size / STEP];
	Block *block = *list;
	if (block != NULL)
		*list = block->next;
	else
		block = take_fresh(size);
	return block != NULL ? block->content : NULL;
}

void
memory_free(void *content)
{
	if (content == NULL)
		return;

	Block *block = block_of(content);
	if (block->size > LARGEST) {
		free(block);
		return;
	}
	Block **list = &free_blocks[block->size / STEP];
	block->next = *list;
	*list = block;
}

void *
memory_resize(void *content, int wanted)
{
	const size_t size = (size_t)memory_round_up(wanted);
	Block *block = block_of(content);

	if (size == block->size)
		return content;
	if (block->size > LARGEST && size > LARGEST) {
		block = take_large(block, size);
		return block != NULL ? block->content : NULL;
	}
	void *moved = memory_allocate(wanted);
	if (moved == NULL)
		return NULL;
	memcpy(moved, content, block->size < size ? block->size : size);
	memory_free(content);
	return moved;
}

int
memory_size(void *content)
{
	return (int)block_of(content)->size;
}
