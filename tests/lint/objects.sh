# Sourced by the lints that look at the symbols of objects: compiles a tree for the purpose, without
# the inlining and the checked variants (__printf_chk) that would hide a call.

# compile_tree TREE: each src/FOLDER/FILE.c makes objects/src+FOLDER+FILE.c.o, .defined and .undefined
compile_tree() {
	flags=$(pkg-config --cflags glib-2.0 gmime-3.0 json-c libpsl sqlite3 zlib libpq)
	rm -rf objects
	mkdir objects
	for source in $(cd "$1" && find src -name '*.c'); do
		object=objects/$(echo "$source" | tr / +)
		# shellcheck disable=SC2086
		${CC:-cc} -std=c11 -O0 -U_FORTIFY_SOURCE -D_GNU_SOURCE -DG_LOG_DOMAIN='"tlsrpt"' \
			-DTLSRPT_VERSION='"0"' -DTLSRPT_MODULES='"/"' -I"$1/include" $flags -c "$1/$source" -o "$object.o" ||
			ok 1 "$source compiles"
		nm -u "$object.o" | awk '{ print $2 }' >"$object.undefined"
		nm "$object.o" | awk '$2 ~ /^[BCDRTVW]$/ { print $3 }' >"$object.defined"
	done
}
