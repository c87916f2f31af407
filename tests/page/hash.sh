#!/bin/sh
# The hash of the page's style is where somebody copies it from: in the snippets of web servers.
#   hash.sh refresh   writes it there
. "$TESTS/cli/lib.sh"

ingest <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
run "$BIN/tlsrpt" page --config empty.conf --db "$DB" --output page.html
is "$code$(cat err)" 0 "there is a page"
hash=$(sed -n "s/.*style-src '\(sha256-[^']*\)'.*/\1/p" page.html)
is "$(python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import checks; print(checks.style_hash(checks.read("page.html")))' \
	"$TESTS/page")" "$hash" "its policy has the hash of its style"
for file in contrib/page/nginx.conf contrib/page/lighttpd.conf src/tlsrpt/tlsrpt.1; do
	[ "${1-}" != refresh ] || sed -i "s,sha256-[A-Za-z0-9+/]\{43\}=,$hash," "$SOURCE/$file"
	is "$(grep -o 'sha256-[A-Za-z0-9+/=]\{44\}' "$SOURCE/$file")" "$hash" "$file has it; or: ninja refresh-golden"
done
finish
