#!/bin/sh
# What lint/layers goes by finds what is planted: in a tree of three small files.
. "$TESTS/cli/lib.sh"
. "$TESTS/lint/objects.sh"

# graph EXCEPTION...: what is said of the tree with these exceptions
graph() {
	compile_tree tree
	printf '%s\n' '# reasons' "$@" >exceptions
	python3 "$TESTS/lint/graph.py" objects exceptions
}

mkdir -p tree/src/base tree/src/report tree/include
echo 'int low(void); int low(void) { return 1; }' >tree/src/base/low.c
echo 'int low(void), one(void); int one(void) { return low(); }' >tree/src/report/one.c
echo 'int one(void), two(void); int two(void) { return one(); }' >tree/src/report/two.c
is "$(graph)" "" "nothing is wrong with the tree"
is "$(graph 'src/report/two.c src/report/one.c: for nothing')" \
	"no longer needed: src/report/two.c src/report/one.c" "an exception that is not needed"
is "$(graph 'src/report/one.c src/report/gone.c: for nothing')" \
	"no longer needed: src/report/one.c src/report/gone.c" "an exception for a file that is gone"

echo 'int low(void), one(void), two(void); int one(void) { return low() + two(); }' >tree/src/report/one.c
is "$(graph)" "circle: src/report/one.c src/report/two.c" "a circle, with its files"
is "$(graph 'src/report/one.c src/report/two.c: planted')" "" "a circle that is listed"
is "$(graph 'src/report/one.c src/report/two.c:')" "circle: src/report/one.c src/report/two.c" \
	"an exception needs a reason"

echo 'extern int two_data; int low(void); int low(void) { return two_data; }' >tree/src/base/low.c
echo 'int low(void), one(void); int one(void) { return low(); }' >tree/src/report/one.c
echo 'int one(void), two(void), two_data = 1; int two(void) { return 1; }' >tree/src/report/two.c
is "$(graph)" "upward: src/base/low.c src/report/two.c" "a variable of a folder above"
is "$(graph 'src/base/low.c src/report/two.c: planted')" "" "one that is listed"

echo 'int low(void), two(void); int low(void) { return two(); }' >tree/src/base/low.c
echo 'int one(void), two(void); int two(void) { return one(); }' >tree/src/report/two.c
is "$(graph)" "circle: src/base/low.c src/report/one.c src/report/two.c
upward: src/base/low.c src/report/two.c" "a circle of three, by a call upward"

mkdir tree/src/cellar
mv tree/src/base/low.c tree/src/cellar
is "$(graph)" "src/cellar has no place in the order" "a folder that nobody knows"
finish
