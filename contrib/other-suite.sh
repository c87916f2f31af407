# Sourced by contrib/run-tests: the tests of the other Debian release, in a root of its own, and what
# is handed over to it and back.

case $codename in
trixie) other=bookworm ;;
*) other=trixie ;;
esac

# hand_over FOLDER: the modules from npm, the packages made here, and what the programs in them print here.
# A package runs on the release that it was made on, and on later ones.
hand_over() {
	cp -R "$TLSRPT_MODULES" "$1/modules" || return
	[ "$codename" = bookworm ] || return 0
	(cd "$build/release" && cpack -G DEB -B "$1/package") >"$1/cpack.log" 2>&1 || return
	dpkg-deb -x "$1"/package/tlsrpt-ingest_*.deb "$1/here"
	BIN=$1/here/usr/bin TESTS=$top/tests SOURCE=$top \
		sh "$top/tests/cli/outputs.sh" write "$1/outputs.tsv" >"$1/outputs.log" || {
		cat "$1/outputs.log"
		return 1
	}
}

# take_over FOLDER: on the other side, installs those packages; $packaged has its programs
take_over() {
	[ -e "$1/outputs.tsv" ] || return 0
	say "Installing the packages made on the other Debian: $(cd "$1/package" && echo *.deb)"
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$1"/package/*.deb || return
	# The store and the configuration that come with them would be those of all tests that name none.
	rm -r /var/lib/tlsrpt /etc/tlsrpt.conf
	packaged=$build/packaged
	mkdir -p "$packaged"
	ln -sf /usr/bin/tlsrpt /usr/bin/tlsrpt-ingest "$build/release/tests" "$1/outputs.tsv" "$packaged"
}

# other_suite: its results are ours, with its name before theirs; if there can be no such root, then that
# is a skip
other_suite() {
	folder=$build/other-suite
	rm -rf "$folder"
	mkdir -p "$folder"
	group "$other: a package for it" hand_over "$folder" || :
	group "$other" in_other_suite || :
}
in_other_suite() {
	{
		"$top/contrib/suite" --share "$folder" "$other" contrib/run-tests --release --share /share ||
			echo $? >"$folder/status"
	} 2>&1 | tee "$folder/log"
	[ -e "$folder/status" ] || echo 0 >"$folder/status"
	status=$(cat "$folder/status")
	if [ "$status" -eq 77 ]; then
		permit other-suite "$(tail -n 1 "$folder/log")"
		result skipped other-suite
		return 0
	fi
	sed "s/	/	$other /" "$folder/results.tsv" >>"$RESULTS"
	sed "s/^/$other /" "$folder/permitted" >>"$PERMITTED"
	sed "s/	/	  $other /; /	  $other all\$/d" "$folder/minutes.tsv" >>"$MINUTES"
	return "$status"
}
