# Sourced by contrib/run-tests: other architectures, each in a root of its own.

# architecture NAME: it builds there without a warning, and passes the unit tests and all samples
architecture() {
	mkdir -p "$build"
	log=$build/$1.log
	{
		"$top/contrib/suite" --arch "$1" "$codename" sh -euc '
			top=$PWD
			. contrib/setup.sh
			install_missing $BUILD_PACKAGES locales
			cmake -S . -B build/release -G Ninja -DTLSRPT_WERROR=ON >/dev/null
			ninja -C build/release --quiet
			ctest --test-dir build/release --output-on-failure -j "$(nproc)" -R "^(unit/|cli/samples\$)"' ||
			echo $? >"$log.status"
	} 2>&1 | tee "$log"
	status=$(cat "$log.status" 2>/dev/null || echo 0)
	rm -f "$log.status"
	if [ "$status" -eq 77 ]; then
		permit "architecture $1" "$(tail -n 1 "$log")"
		result skipped "architecture $1"
		return 0
	fi
	results_of_ctest "$1" "$log"
	return "$status"
}
