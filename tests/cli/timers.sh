#!/bin/sh
# What contrib has for systemd and cron: units that systemd takes, and commands that work.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
units=$SOURCE/contrib/systemd
ingest <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"

# The programs with the store of this test, and a sendmail that keeps what it is given.
mkdir bin
cat >bin/tlsrpt <<END
#!/bin/sh
exec "$tlsrpt" "\$@" --config "$WORK/digest.conf"
END
printf '#!/bin/sh\n[ "$1" = -t ] && cat >"%s"\n' "$WORK/mail" >bin/sendmail
# Nothing is fetched from anywhere.
printf '#!/bin/sh\nprintf "404 text/html"\n' >bin/curl
cp "$SOURCE/contrib/monitoring/tlsrpt-mta-sts" bin/
TLSRPT_MTA_STS_DIR=$WORK/mta-sts
STATE_DIRECTORY=$WORK/state
export TLSRPT_MTA_STS_DIR STATE_DIRECTORY
mkdir "$STATE_DIRECTORY"
# What these fetch is tested in mta/mailbox.
printf '#!/bin/sh\n' | tee bin/fetchmail >bin/mbsync
cp "$SOURCE/contrib/mailbox/tlsrpt-mbsync" bin/
sed "s|/var/lib/tlsrpt-mbsync|$WORK|" "$SOURCE/contrib/mailbox/mbsyncrc" >mbsyncrc
TLSRPT_MBSYNCRC=$WORK/mbsyncrc
export TLSRPT_MBSYNCRC
chmod +x bin/tlsrpt bin/sendmail bin/curl bin/fetchmail bin/mbsync
printf '[digest]\nto=postmaster@example.com\n[alert]\nto=postmaster@example.com\n' >digest.conf

# works COMMAND, with the directory of this test for that of the page
mkdir page
works() {
	set -- "$(echo "$1" | sed "s,/var/lib/tlsrpt-page,$WORK/page,")"
	rm -f mail
	env PATH="$WORK/bin:/usr/bin:/bin" TLSRPT_DB="$DB" sh -c "$1" >out 2>err
	is "$?$(cat err)" 0 "works: $1"
	case $1 in
	*alert*) ;; # mails only if there is something to tell: mta/alert
	*sendmail*) matches "$(cat mail)" '^To: postmaster@example.com' "and mails" ;;
	*export*)
		is "$(ls state)" tlsrpt.prom "and leaves one file"
		matches "$(cat state/tlsrpt.prom)" '^tlsrpt_arrivals[{]' "with the numbers"
		rm state/tlsrpt.prom
		;;
	*page*) matches "$(cat page/index.html)" '</html>' "and writes a page" && rm page/index.html ;;
	esac
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
	*.service)
		is "$(sed -n 's/^User=//p' "$unit")" tlsrpt "${unit##*/} is no root's"
		case $unit in
		*-fcgiwrap.service) ;; # run by the test of the web servers
		*) works "$(sed -n 's/^ExecStart=//p' "$unit")" ;;
		esac
		# One that has to send mail by a program that is setgid can give up less.
		grep -q '^NoNewPrivileges=yes' "$unit" || continue
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

for table in "$SOURCE"/contrib/cron/*; do
	name=cron/${table##*/}
	lines=$(grep -v -e '^#' -e '^$' -e '^[A-Z_]*=' "$table")
	is "$(echo "$lines" | grep -vcE '^[0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+  tlsrpt  [^%]+$')" 0 \
		"$name: times, the user, the command, without %"
	echo "$lines" | sed 's/^.*  tlsrpt  //; s, >/dev/null$,,' >commands
	[ -s commands ]
	ok $? "$name: there is a command"
	while read -r command; do
		works "$command"
	done <commands
done
finish
