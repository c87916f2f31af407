#!/bin/sh
# One delivery, to a new store and to an old one, and one to quarantine, under valgrind.
. "$TESTS/cli/lib.sh"

# valgrind needs more memory and time than the limits allow.
printf '[ingest]\ndeadline=120s\n[limits]\nmemory=0\n' >loose.conf
for message in mail/good/google-2026-11-14-certificate-expired.eml \
	mail/good/microsoft-2026-11-14-sts-tlsa.eml mail/bad/corrupt-gzip.eml; do
	run valgrind --quiet --trace-children=yes --child-silent-after-fork=no --error-exitcode=99 \
		--leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite \
		"$INGEST" -c loose.conf --db "$DB" -q --log stderr <"$DATA/$message"
	is "$code" 0 "$message"
	is "$(cat err)" "" "$message: valgrind has nothing to say"
done
is "$(sql 'SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM quarantined)')" "2|1" "all stored"
finish
