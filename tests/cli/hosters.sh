#!/bin/sh
# For hosters: lists of domains in files.  For containers: no syslog, no home, a root that cannot be written to.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
sample=$DATA/mail/good/google-2026-11-14-certificate-expired.eml # about example.com
reports() {
	sql "SELECT count(*) FROM reports"
}

# --- own-domains=@FILE
# with OWN-DOMAINS: a delivery with that key
with() {
	fresh_store
	printf '[ingest]\nlog=syslog\nown-domains=%s\n' "$1" >own.conf
	run "$INGEST" --config own.conf --db "$DB" <"$sample"
}
{
	echo '# our customers'
	seq 5000 | sed 's/.*/customer&.example/'
	printf 'Example.COM. shop.example # two\r\n\n'
} >domains
with "@$WORK/domains"
is "$code $(reports) $(cat err)" "0 1 " "a domain of 5002 in a file is ours"
with "other.example, @$WORK/domains"
is "$code $(reports)" "0 1" "beside others"
sed -i '/Example.COM/d' domains
with "@$WORK/domains"
is "$code $(reports) $(sql 'SELECT reason FROM quarantined')" "0 0 foreign" "one that is not in the file is not"
with "@domains"
matches "$code $(cat err)" '^75 .*own\.conf line 3: \[ingest\] own-domains is not a list of domains, or @ and the absolute path of a file' "a path must be absolute: a mail system runs anywhere"
with "@$WORK/gone"
matches "$code $(cat err)" '^75 .*own-domains must be a list of domains: .*gone.*No such file' "no file: the mail stays in the queue"
printf 'a.example\nb c@d.example\n' >domains
with "@$WORK/domains"
matches "$code $(cat err)" "^75 .*: $WORK/domains line 2: \"c@d.example\" is not a domain" "what is no domain is named with its line"

# --- --domain @FILE
fresh_store
ingest -q <"$sample"
echo "customer.example example.com" >domains
printf '[alert]\nto=root\n' >alert.conf
for selection in "--domain example.com --domain customer.example" "--domain @domains"; do
	# shellcheck disable=SC2086
	run "$tlsrpt" alert --config alert.conf --db "$DB" --dry-run --now 1794830400 $selection
	cp out "alert.$((n % 2))"
	is "$code $(cat err)" "0 " "alert $selection"
done
is "$(grep -v -i -e boundary -e '^--' -e ^Date -e ^Message-ID alert.0)" "$(grep -v -i -e boundary -e '^--' -e ^Date -e ^Message-ID alert.1)" "is the same selection"
run "$tlsrpt" page --config empty.conf --db "$DB" --domain @domains --output page.html
is "$code $(cat err) $(grep -c example page.html | awk '{ print ($1 > 0) }')" "0  1" "page --domain @FILE"
run "$tlsrpt" page --config empty.conf --db "$DB" --domain @gone --output page.html
matches "$code $(cat err)" '^2 .*--domain: .*gone.*No such file' "no such file"
run "$tlsrpt" --config empty.conf --db "$DB" --domain @domains
matches "$code $(cat err)" '^2 .*summary takes one --domain; several, .* @FILE, are for alert and page' "the others say that they take one domain"
run "$tlsrpt" check --config empty.conf --db "$DB" --domain example.com --domain customer.example
matches "$code $(cat err)$(cat out)" 'check takes one --domain' "and do not answer about the last of several"


# --- names in their own letters: report DOMAIN
of_domain() {
	printf '%s' "{\"organization-name\":\"S\",\"report-id\":\"$1\",\"contact-info\":\"t@s.example\",
		\"date-range\":{\"start-datetime\":\"2026-11-14T00:00:00Z\",\"end-datetime\":\"2026-11-14T23:59:59Z\"},
		\"policies\":[{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"$1\"},
		\"summary\":{\"total-successful-session-count\":1,\"total-failure-session-count\":0}}]}" >report.json
	ingest -q <report.json
}
fresh_store
of_domain xn--bcher-kva.example
of_domain 'xn--exmple-cua.example' # a-diaeresis
# A right-to-left mark in a name, which GLib does not decode, and one that is no Punycode.
of_domain 'xn--zzzzzzzzzz9999.example'
named() {
	LC_ALL=$1 "$tlsrpt" --config empty.conf --db "$DB" --now 1795219200 --since 2026-11-01 $2 | grep -Eo 'xn--[^ ]*( \([^)]*\))?' | sort -u
}
is "$(named C.UTF-8 --unicode)" "xn--bcher-kva.example (bücher.example)
xn--exmple-cua.example (exämple.example)
xn--zzzzzzzzzz9999.example" "--unicode: an IDN has its own letters beside it"
is "$(named C.UTF-8 '' | grep -c '(')" 0 "unless it is asked for, it is as DNS has it"
is "$(named C --unicode | grep -c '(')" 0 "and where the locale has no such letters"
is "$("$tlsrpt" --config empty.conf --db "$DB" --since 2026-11-01 -f json --unicode | grep -c bücher)" 0 "and in JSON"

# --- no syslog: the line goes to standard error
fresh_store
: >default.conf
if [ -e /dev/log ]; then
	line=
else
	line='tlsrpt-ingest: stored organization="Google Inc."'
fi
run "$INGEST" --config default.conf --db "$DB" <"$sample"
is "$code $(sed -n 's/ report-id=.*//; /stored organization/p' err)" "0 $line" "without /dev/log the line goes to standard error"

# --- no home, and a root that cannot be written to but for the store
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	mkdir -p container/store
	chmod 755 "$WORK" container
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -c '
		mount -t tmpfs tmpfs "$0/container/store" && mount --bind / /mnt && mount -o remount,bind,ro /mnt &&
		mount --bind "$0/container/store" "/mnt$0/container/store" && mount -t tmpfs -o mode=755 tmpfs /mnt/dev &&
		touch /mnt/dev/null && mount --bind /dev/null /mnt/dev/null && mount -t proc proc /mnt/proc && shift &&
		exec chroot /mnt env -i sh -c "$1" "$0" "$2" "$3" "$4"' "$WORK" - '
		db=$0/container/store/s/x.db ingest=$1 tlsrpt=$2
		touch "$0/x" 2>/dev/null && echo "can be written to"
		"$ingest" --init --db "$db" 2>&1 | sed "s/: .*//"
		"$ingest" --db "$db" <"$3" 2>&1 | sed "s/ report-id=.*//"; echo "ingest"
		"$ingest" --db "$db" "$3" >/dev/null 2>&1; echo "bulk $?"
		"$tlsrpt" --db "$db" --since 2026-11-01 >/dev/null; echo "summary $?"
		"$tlsrpt" show "$3" >/dev/null; echo "show $?"
		"$tlsrpt" note 1 text --db "$db" >/dev/null; echo "note $?"
		"$tlsrpt" prune --db "$db" --keep 1d >/dev/null; echo "prune $?"
		"$tlsrpt" page --db "$db" --output - >/dev/null; echo "page $?"
		unset TLSRPT_DB; "$tlsrpt" >/dev/null 2>"$0/container/store/err"; echo "no store $?"; cat "$0/container/store/err"' \
		"$INGEST" "$tlsrpt" "$sample" >out 2>&1
	is "$(sed 's/^tlsrpt: the store: .*/no store/; s/^tlsrpt: no store configured.*/no store/' out)" "tlsrpt-ingest
tlsrpt-ingest: stored organization=\"Google Inc.\"
ingest
bulk 0
summary 0
show 0
note 0
prune 0
page 0
no store 1
no store" "read-only root, no /dev/log, no HOME: everything works"
fi
finish
