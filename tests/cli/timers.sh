#!/bin/sh
# What contrib has for systemd: units that it takes; and those for retention, also for cron: commands
# that work.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
units=$SOURCE/contrib/systemd
ingest <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"

# works COMMAND: with the programs and the store of this test
works() {
	env PATH="$BIN:/usr/bin:/bin" TLSRPT_DB="$DB" sh -c "$1 --config $WORK/empty.conf" >out 2>err
	is "$?$(cat err)" 0 "works: $1"
}

command -v systemd-analyze >/dev/null || ok 1 "systemd-analyze is here (Debian: systemd)"
for unit in "$units"/*; do
	# The man page may not be installed yet.
	run systemd-analyze verify --man=no "$unit"
	is "$code$(cat out err)" 0 "systemd takes ${unit##*/}"
	case $unit in
	*.timer)
		[ -e "${unit%.timer}.service" ]
		ok $? "${unit##*/} has a service"
		run systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$unit")"
		is "$code" 0 "and a time"
		;;
	*/tlsrpt-prune.service)
		is "$(sed -n 's/^User=//p' "$unit")" tlsrpt "${unit##*/} is no root's"
		works "$(sed -n 's/^ExecStart=//p' "$unit")"
		level=$(systemd-analyze security --offline=true "$unit" | sed -n 's/.*level for [^:]*: \([0-9.]*\).*/\1/p')
		[ "$(echo "$level" | tr -d .)" -le 15 ]
		ok $? "${unit##*/}: exposure at most 1.5 of 10 ($level)"
		;;
	esac
done
# A unit that asks for what is not there is refused.
mkdir bad
sed 's/^ProtectSystem=.*/ProtectSystem=sometimes/' "$units/tlsrpt-prune.service" >bad/tlsrpt-prune.service
run systemd-analyze verify --man=no bad/tlsrpt-prune.service
matches "$(cat err)" sometimes "a wrong unit is found"

lines=$(grep -v -e '^#' -e '^$' -e '^[A-Z]*=' "$SOURCE/contrib/cron/tlsrpt-prune")
is "$(echo "$lines" | grep -vcE '^[0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+  tlsrpt  [^%]+$')" 0 \
	"cron: times, the user, the command, without %"
echo "$lines" | sed 's/^.*  tlsrpt  //; s/ >.*//' >commands
[ -s commands ]
ok $? "cron: there is a command"
while read -r command; do
	works "$command"
done <commands
finish
