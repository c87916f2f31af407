#!/bin/sh
# The life of the package, in a private copy of the machine: it is installed, upgraded while mail comes
# in, removed, installed again and purged, and no report is lost by that.
#
# life.sh FOLDER: where build.sh has left the packages
if [ -z "${PRIVATE:-}" ]; then
	PRIVATE=1 exec sh "$TESTS/package/private.sh" sh "$0" "$1"
fi
# shellcheck source=../mta/lib.sh
. "$TESTS/mta/lib.sh"
need postfix python3 sqlite3
folder=$1
DB=/var/lib/tlsrpt/tlsrpt.db
package=$(echo "$folder"/tlsrpt-ingest_*.deb)
of_cpack=$(echo "$folder"/cpack/tlsrpt-ingest_*.deb)

# dpkg_run OPTION...: its exit code in $code, what it says in ./out
dpkg_run() {
	dpkg "$@" >out 2>&1 </dev/null
	code=$?
	[ $code -eq 0 ] || sed 's/^/# /' out
}
# links: those by which systemd starts something, and what deb-systemd-helper knows of them
links() {
	find /etc/systemd /var/lib/systemd -name '*tlsrpt*' | sort
}
# started: the former
started() {
	find /etc/systemd -name '*tlsrpt*' | sort
}
# traces: all that is called after us now and was not at first, but for the store and its folder, and
# what others have in /var/tmp meanwhile
called_after_us() {
	find /etc /usr /var -xdev \( -path /var/lib/tlsrpt -o -path /var/tmp \) -prune -o -name '*tlsrpt*' -print | sort
}
traces() {
	called_after_us | comm -13 "$WORK/before" -
}
called_after_us >before

# --- installed
installed() {
	dpkg_run -i "$1"
	is $code 0 "it installs"
	is "$(getent passwd tlsrpt | cut -d : -f 5-)" "Reports on SMTP TLS:/var/lib/tlsrpt:/usr/sbin/nologin" "the user"
	is "$(id -gn tlsrpt)" tlsrpt "in a group of its own"
	is "$(stat -c '%U:%G %a' /var/lib/tlsrpt /var/lib/tlsrpt/tlsrpt.db /var/lib/tlsrpt/tlsrpt.db-lock | tr '\n' ' ')" \
		"tlsrpt:tlsrpt 750 tlsrpt:tlsrpt 640 tlsrpt:tlsrpt 600 " "the store, and whom it belongs to"
	is "$(started)" "" "no timer is on"
	timers=$(cd /usr/lib/systemd/system && ls tlsrpt-*.timer)
	for timer in $timers; do
		is "$(systemctl --root=/ is-enabled "$timer")" disabled "$timer is off"
	done
	is "$(dpkg-query -W -f '${Conffiles}' tlsrpt-ingest | awk '{ print $1 }' | xargs)" /etc/tlsrpt.conf \
		"one configuration file"
	is "$(dpkg --verify tlsrpt-ingest)" "" "all is as it was packed"
	is "$(tlsrpt --version) $(tlsrpt-ingest --version)" "$("$BIN/tlsrpt" --version) $("$BIN/tlsrpt-ingest" --version)" \
		"the programs run"
}
# with_module PACKAGE: the one for PostgreSQL, which finds no server here
asks_server() {
	tlsrpt status --config /dev/null --db 'postgresql:///none?host=/nonexistent' 2>&1
}
with_module() {
	matches "$(asks_server)" 'install the package tlsrpt-ingest-pgsql' "without its module there is no PostgreSQL"
	dpkg_run -i "$1"
	is $code 0 "the module installs"
	matches "$(asks_server)" '^tlsrpt: the store: No such file or directory' "and is found: the server's socket is not there"
	dpkg_run -P tlsrpt-ingest-pgsql
	is "$code$(find /usr -path '*tlsrpt*pgsql*')" 0 "and is removed"
}
installed "$package"
with_module "$folder"/tlsrpt-ingest-pgsql_*.deb
for file in README.md.gz README.Debian schema.md.gz copyright examples/tlsrpt.conf examples/postfix/master.cf \
	examples/exim/router examples/cron/tlsrpt-prune; do
	[ -s "/usr/share/doc/tlsrpt-ingest/$file" ]
	ok $? "/usr/share/doc/tlsrpt-ingest has $file"
done
# Each folder of contrib is somewhere, but for what makes packages.
for place in "$SOURCE"/contrib/*/; do
	name=$(basename "$place")
	case $name in
	completion | cpack | debian | schema | systemd | sysusers.d | tmpfiles.d) continue ;;
	esac
	[ -d "/usr/share/doc/tlsrpt-ingest/examples/$name" ]
	ok $? "examples has $name"
done
for unit in "$SOURCE"/contrib/systemd/*; do
	name=${unit##*/}
	[ -e "/usr/lib/systemd/system/$name" ] || [ -e "/usr/share/doc/tlsrpt-ingest/examples/systemd/$name" ]
	ok $? "$name is a unit or an example"
done
run tlsrpt-ingest -n <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
is "$code" 0 "it takes its configuration"

# --- upgraded, with mail in the queue and mail that comes
dpkg-deb -R "$package" old
sed -i 's/^Version: .*/Version: 0.0~old/' old/DEBIAN/control
dpkg-deb -b --root-owner-group old old.deb >/dev/null
dpkg_run -i --force-downgrade old.deb
is $code 0 "there is an older version"
systemctl --root=/ enable tlsrpt-prune.timer tlsrpt-alert.timer 2>/dev/null
enabled=$(started)
is "$(echo "$enabled" | grep -c /etc/systemd/system/timers.target.wants/)" 2 "of which two timers are on"
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n' >/etc/tlsrpt.conf

postfix_configure
sed "s|hash:/etc/postfix|texthash:$PF/etc|" /usr/share/doc/tlsrpt-ingest/examples/postfix/main.cf >>"$PF/etc/main.cf"
cp /usr/share/doc/tlsrpt-ingest/examples/postfix/transport "$PF/etc/"
echo "waits@example.com waits:" >>"$PF/etc/transport"
examples=/usr/share/doc/tlsrpt-ingest/examples/postfix/master.cf
cat "$examples" >>"$PF/etc/master.cf"
sed 's/^tlsrpt unix/waits unix/' "$examples" >>"$PF/etc/master.cf"
echo "defer_transports = waits" >>"$PF/etc/main.cf"
postfix_start
for i in 1 2 3 4 5; do
	report "waits-$i" >"waits-$i"
done
send tlsrpt@sender.example waits@example.com waits-*
for id in $ids; do
	wait_for 15 has_status "$id" || bail_out "a message was not tried"
done
is "$(queued) $(reports)" "5 0" "mail is in the queue"
chmod 600 "$DB"
for i in $(seq 30); do
	report "comes-$i" >"comes-$i"
done
(
	for i in $(seq 30); do
		python3 "$TESTS/mta/send.py" "$PORT" tlsrpt@sender.example tls@example.com "comes-$i"
	done >came 2>&1
) &
dpkg_run -i "$package"
is $code 0 "it is upgraded while mail comes in"
wait $!
is "$(stat -c %a "$DB")" 640 "--init was run"
postconf -c "$PF/etc" -e defer_transports=
postfix -c "$PF/etc" reload 2>/dev/null
retry
empty() {
	queue_empty || { retry && false; }
}
wait_for 30 empty
is "$(queued) $(contents)" "0 35 -" "and no report is lost"
no_bounce "the upgrade"
is "$(started)" "$enabled" "the timers that were on are on, the others are not"
is "$(cat /etc/tlsrpt.conf)" "[ingest]
trusted-authserv-ids=mx.example.com" "the configuration is the administrator's"

# One that cannot bring up its store says so, and the package is there all the same.
printf '[ingest]\nno-such-key=1\n' >/etc/tlsrpt.conf
dpkg_run -i "$package"
matches "$code $(cat out)" '^0 ' "with a bad configuration it installs"
matches "$(cat out)" 'Mail stays in the queue until this goes well: tlsrpt-ingest --init' "and says what is to be done"
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n' >/etc/tlsrpt.conf

# --- removed: as with systemd, whose commands are written down
mkdir -p /run/systemd/system
for program in deb-systemd-invoke systemctl; do
	mv /usr/bin/$program /usr/bin/$program.real
	printf '#!/bin/sh\necho "%s $*" >>%s/said\n' $program "$WORK" >/usr/bin/$program
	chmod 755 /usr/bin/$program
done
dpkg_run -r tlsrpt-ingest
is $code 0 "it is removed"
for timer in $timers; do
	grep -Eq "^deb-systemd-invoke stop .*$timer" said
	ok $? "$timer is stopped"
done
matches "$(cat said)" '^systemctl --system daemon-reload$' "systemd is told"
is "$(started)" "" "no link is left"
for program in deb-systemd-invoke systemctl; do
	mv /usr/bin/$program.real /usr/bin/$program
done
rm -r /run/systemd
report late >late
deliver late
is "$(status "$ids") $(queued) $(contents)" "deferred 1 35 -" "what comes then stays in the queue"
dpkg_run -i "$package"
retry
leaves "$ids"
is "$code $(queued) $(contents)" "0 0 36 -" "until it is installed again"
is "$(started)" "" "with all timers off"
no_bounce "the time without it"

# --- purged
dpkg_run -P tlsrpt-ingest
is "$code $(reports)" "0 36" "a purge leaves the reports"
matches "$(cat out)" '/var/lib/tlsrpt stays, for the reports that it holds' "and says so"
is "$(traces)" "" "and nothing else"
is "$(links)" "" "no link either"
postfix_stop

purged_empty() {
	rm -rf /var/lib/tlsrpt
	dpkg_run -i "$1"
	dpkg_run -P tlsrpt-ingest
	is "$code$(ls -d /var/lib/tlsrpt 2>/dev/null)$(traces)$(links)" 0 "an empty store is purged, too"
}
purged_empty "$package"

# What came between removal and purge, from a program elsewhere, is not taken for nothing.
dpkg_run -i "$package"
dpkg_run -r tlsrpt-ingest
"$BIN/tlsrpt-ingest" -q --log stderr -c /dev/null --db "$DB" <late
dpkg_run -P tlsrpt-ingest
is "$code $(reports)" "0 1" "a report that came after the removal stays"
rm -rf /var/lib/tlsrpt
# Nor is what is in quarantine, or was and is known by its totals alone.
dpkg_run -i "$package"
bad_report bad | tlsrpt-ingest -q
dpkg_run -P tlsrpt-ingest
is "$code $(contents)" "0 0 not-json" "so does a message in quarantine"
rm -rf /var/lib/tlsrpt

# A folder that was given to others stays theirs.
groupadd -f readers
tlsrpt_before=$(id -u tlsrpt)
tlsrpt-ingest --version >/dev/null 2>&1 && ok 1 "the program is gone"
"$BIN/tlsrpt-ingest" -c /dev/null --init --owner tlsrpt:readers
dpkg_run -i "$package"
is "$code $(id -u tlsrpt) $(stat -c '%U:%G %a' /var/lib/tlsrpt "$DB" | paste -s -d ' ')" \
	"0 $tlsrpt_before tlsrpt:readers 2750 tlsrpt:readers 640" "a store that is there keeps its group"
dpkg_run -P tlsrpt-ingest
rm -rf /var/lib/tlsrpt

# --- cpack's package does the same
userdel tlsrpt
installed "$of_cpack"
with_module "$folder"/cpack/tlsrpt-ingest-pgsql_*.deb
systemctl --root=/ enable tlsrpt-prune.timer 2>/dev/null
dpkg_run -i "$of_cpack"
is "$code $(started | wc -l)" "0 1" "it is upgraded, and a timer stays on"
report one | tlsrpt-ingest -q
dpkg_run -r tlsrpt-ingest
is "$code$(started)" 0 "it is removed"
dpkg_run -P tlsrpt-ingest
is "$code $(reports)$(traces)$(links)" "0 1" "it is purged but for the report"
purged_empty "$of_cpack"
clean_up
finish
