# Sourced by contrib/run-tests: the editions of the programs, each with a folder of its own in $build.

# build EDITION CMAKE-OPTION...: all, or what is in $targets
build() {
	folder=$build/$1
	shift
	say "Building in $folder: $*"
	# shellcheck disable=SC2086
	cmake -S "$top" -B "$folder" -G Ninja -DTLSRPT_WERROR=ON "$@" >/dev/null && ninja -C "$folder" --quiet ${targets-}
}

# run EDITION CTEST-OPTION...
run() {
	edition=$1
	folder=$build/$1
	shift
	say "Testing in $folder"
	status=0
	{ ctest --test-dir "$folder" --output-on-failure -j "$jobs" "$@" </dev/null || echo failed >"$folder/failed"; } 2>&1 |
		tee "$folder/test.log"
	[ ! -e "$folder/failed" ] || status=1
	rm -f "$folder/failed"
	results_of_ctest "$edition" "$folder/test.log"
	return $status
}

# As far as one goes without another's failure hiding it.
edition_sanitize() {
	# As with a C library that has no close_range(), for the sake of what stands in.
	group "sanitize: build" build sanitize -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
		-DTLSRPT_SANITIZE=ON -DHAVE_CLOSE_RANGE=OFF || return
	group "sanitize: tests" run sanitize -LE release
}

edition_fuzz() {
	targets="fuzzers tlsrpt-ingest"
	group "fuzz: build" build fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DTLSRPT_SANITIZE=ON \
		-DTLSRPT_FUZZ=ON || { unset targets; return 1; }
	unset targets
	group "fuzz: targets" run fuzz -R '^fuzz/'
}

edition_coverage() {
	group "coverage: build" build coverage -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug \
		-DTLSRPT_COVERAGE=ON -DTLSRPT_STATIC=ON || return
	find "$build/coverage" -name '*.gcda' -delete
	group "coverage: tests" run coverage -LE 'release|no-coverage' || :
	group "coverage: 90 % of the lines of src" gcovr --root "$top" --filter "$top/src/" --print-summary \
		--fail-under-line 90 "$build/coverage" >"$build/coverage.txt" && result passed "coverage: 90 % of the lines of src"
}

edition_clang() {
	group "clang: build" build clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release &&
		result passed "clang: build"
}

edition_release() {
	group "release: build" build release -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release \
		"-DTLSRPT_PACKAGED=$packaged" || return
	[ -n "$prepare" ] || group "release: tests" run release
}
