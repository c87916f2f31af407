#include "store/memory.h"

#include <glib.h>
#include <string.h>

#define PIECES 500
#define ROUNDS 200000

typedef struct {
	unsigned char *content;
	int size;
	unsigned char filled_with;
} Piece;

static void
assert_whole(const Piece *piece, int size)
{
	g_assert_cmpint(memory_size(piece->content), >=, piece->size);
	g_assert_true((gsize)piece->content % 8 == 0);
	for (int i = 0; i < MIN(piece->size, size); i++)
		g_assert_cmpint(piece->content[i], ==, piece->filled_with);
}

static void
fill(Piece *piece, int size)
{
	piece->size = size;
	piece->filled_with = (unsigned char)g_test_rand_int();
	memset(piece->content, piece->filled_with, (size_t)size);
}

static int
any_size(void)
{
	/* Mostly small, around the limit of what is kept, and larger. */
	static const int limits[] = { 20, 100, 1100, 1100, 20000 };

	return g_test_rand_int_range(1, limits[g_test_rand_int_range(0, G_N_ELEMENTS(limits))]);
}

/* Pieces come and go in any order, and none of them touches another. */
static void
test_pieces(void)
{
	static Piece pieces[PIECES];

	for (int i = 0; i < ROUNDS; i++) {
		Piece *piece = &pieces[g_test_rand_int_range(0, PIECES)];
		const int size = any_size();
		if (piece->content == NULL) {
			piece->content = memory_allocate(size);
			fill(piece, size);
			continue;
		}
		assert_whole(piece, piece->size);
		if (i % 2 == 0) {
			piece->content = memory_resize(piece->content, size);
			assert_whole(&(Piece){ piece->content, MIN(size, piece->size),
					     piece->filled_with }, size);
			fill(piece, size);
		} else {
			memory_free(piece->content);
			piece->content = NULL;
		}
	}
	for (int i = 0; i < PIECES; i++)
		memory_free(pieces[i].content);
	memory_free(NULL);
}

/* What was given back is taken first, so that a long run needs no more than its worst moment. */
static void
test_again(void)
{
	void *before = memory_allocate(100);

	memory_free(before);
	void *again = memory_allocate(60);
	g_assert_true(again != before);
	memory_free(again);
	g_assert_true(memory_allocate(97) == before);
}

static void
test_sizes(void)
{
	for (int size = 1; size < 3000; size++) {
		const int rounded = memory_round_up(size);
		g_assert_cmpint(rounded, >=, size);
		g_assert_cmpint(rounded, <, size + 16);
		g_assert_cmpint(memory_round_up(rounded), ==, rounded);
		void *content = memory_allocate(size);
		g_assert_cmpint(memory_size(content), ==, rounded);
		memory_free(content);
	}
	/* The largest that SQLite asks for. */
	g_assert_cmpint(memory_round_up(0x7fffff00), >=, 0x7fffff00);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/memory/pieces", test_pieces);
	g_test_add_func("/memory/again", test_again);
	g_test_add_func("/memory/sizes", test_sizes);
	return g_test_run();
}
