#!/bin/sh
# Walks through README.md as a newcomer: every command of it, word for word and in its order, on a machine on which
# there is nothing.  Run it in a root of a Debian suite:
#
#   contrib/suite bookworm sh tests/walk/walk.sh
#
# README.md has its commands in lines with four blanks, and what they print between lines of ```.  What cannot be done
# there is replaced; each such line is printed and counted, and none is left out.  What the machine has to have besides,
# as a mail server has, is printed as "prepared".  Nothing listens where others could reach it: all but apt runs in a
# network of its own.
set -u
cd "$(dirname "$0")/../.." || exit 1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
[ -e /.walked ] && exit 1
[ -d /source ] && [ "$PWD" = /source ] || {
	echo "This changes the machine: run it as contrib/suite SUITE sh tests/walk/walk.sh" >&2
	exit 64
}
touch /.walked # a root that is kept can be walked once

n=0 failed=0 walked=0 replaced=0 prepared=0
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=$((failed + 1))
		sed 's/^/# /' /tmp/out
	fi
}

# --- the machine: it answers yes, starts no services, and has a network of its own for all but apt
echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/30walk
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
unshare --net sleep 86400 &
network=$!
inside() {
	nsenter --target "$network" --net sh -c "$1" </dev/null
}
until [ "$(readlink /proc/$network/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.1; done
# ip(8) is not everywhere: the flag UP of lo.
inside "perl -e 'use Socket; socket(S, AF_INET, SOCK_DGRAM, 0); \$r = pack(q(a16 s x22), q(lo), 1); ioctl(S, 0x8914, \$r) or die'" || exit 1

# prepare WHY COMMAND
prepare() {
	prepared=$((prepared + 1))
	echo "# prepared: $1: $2"
	inside "$2" >/tmp/out 2>&1
	ok $? "prepared: $1"
}
# start_unit SERVICE: what systemd would run, as the user of the unit
start_unit() {
	unit=$(ls /usr/lib/systemd/system/"$1" /lib/systemd/system/"$1" 2>/dev/null | head -n 1)
	user=$(sed -n 's/^User=//p' "$unit")
	command=$(sed -n 's/^ExecStart=//p' "$unit")
	state=$(sed -n 's/^StateDirectory=//p' "$unit")
	[ -z "$state" ] || command="mkdir -p /var/lib/$state && chown $user: /var/lib/$state && STATE_DIRECTORY=/var/lib/$state $command"
	echo "${user:+setpriv --reuid $user --regid $user --init-groups }sh -c '$command'"
}
# replace LINE WITH WHY
replace() {
	replaced=$((replaced + 1))
	echo "# replaced ($3): $1"
	echo "#     by: $2"
	command=$2
}
queue_empty() {
	inside "for i in \$(seq 200); do postqueue -p | grep -q 'is empty' && exit 0; sleep 0.1; done; mailq; exit 1" >/tmp/out 2>&1
	ok $? "the mail queue is empty"
}
# says COMMAND PATTERN NAME
says() {
	inside "$1" >/tmp/out 2>&1
	grep -Eq -- "$2" /tmp/out
	ok $? "$3"
}

# before LINE: what the machine of a newcomer has when he comes to that line; sets $command
before() {
	command=$1
	case $1 in
	'apt install postfix'*)
		prepare "answers to what the package asks" "apt-get -qq install debconf && printf '%s\n' \
			'postfix postfix/main_mailer_type select Internet Site' 'postfix postfix/mailname string example.com' \
			'postfix postfix/destinations string example.com, localhost' | debconf-set-selections"
		;;
	'systemctl enable --now '*.timer)
		unit=${1#systemctl enable --now }
		replace "$1" "$(start_unit "${unit%.timer}.service")" "no systemd: what the timer starts"
		;;
	'systemctl restart opendkim')
		replace "$1" "mkdir -p /run/opendkim && chown opendkim: /run/opendkim && $(start_unit opendkim.service)" \
			"no systemd: what the unit starts"
		;;
	'tlsrpt record check example.com'*)
		replace "$1" "tlsrpt record check example.com 'v=TLSRPTv1; rua=mailto:tls@example.com'" "no DNS"
		;;
	'usermod '*) prepare "a user who wants to read" "useradd -m alice" ;;
	'tlsrpt  '*'is all well'*)
		prepare "reports of the last weeks" "tlsrpt-ingest -q tests/data/mail/good; [ \$? -eq 0 ]"
		prepare "a message in a file" "cp tests/data/mail/good/microsoft-2026-11-14-sts-tlsa.eml message.eml"
		;;
	esac
}
# after LINE: that it has done what README.md says
after() {
	case $1 in
	'apt install ./build/tlsrpt'*) says "tlsrpt status" 'tlsrpt.db' "the package has made the store" ;;
	'apt install postfix'*) prepare "no systemd: Postfix is started" "postfix start" ;;
	'sendmail -i '*) queue_empty ;;
	'tlsrpt reports --since '*) says "$1" 'Google' "the report is there" ;;
	'tlsrpt drop '*) says "$INGESTED" '^ *"reports": 0,' "and gone again" ;;
	'usermod '*) says "setpriv --reuid alice --regid alice --init-groups tlsrpt status" 'tlsrpt.db' "alice reads" ;;
	'sed -i "s/^#trusted-authserv-ids'*)
		send_by_smtp
		queue_empty
		says "tlsrpt reports --since 2018-01-01 -f json" '"auth": "none"' "what nobody vouches for is now called none"
		;;
	'rm -r /var/lib/tlsrpt'*) says "test ! -e /var/lib/tlsrpt && test ! -e /usr/bin/tlsrpt && ! grep tlsrpt /etc/postfix/m*.cf; echo \$?" '^0$' "nothing is left of it" ;;
	esac
}
INGESTED='tlsrpt status -f json'

send_by_smtp() {
	prepare "a report by SMTP, through the milter" "perl -MIO::Socket::INET -e '
		my \$s = IO::Socket::INET->new(q(127.0.0.1:25)) or die; \$/ = qq(\\n);
		sub hear { my \$line; do { \$line = <\$s> } while \$line =~ /^...-/; \$line =~ /^[23]/ or die \$line }
		hear; for my \$line (q(EHLO sender.example), q(MAIL FROM:<tlsrpt\@mail.ru>), q(RCPT TO:<tls\@example.com>), q(DATA)) { print \$s qq(\$line\\r\\n); hear }
		open F, q(tests/data/mail/odd/application-json.eml) or die; while (my \$line = <F>) { \$line =~ s/\\r?\\n//; \$line =~ s/^\\./../; print \$s qq(\$line\\r\\n) } print \$s qq(.\\r\\n); hear'"
}

# --- the walk.  A line that ends in \ goes on.
awk '/^```/ { fenced = !fenced; next } !fenced && /^    / { sub(/^    /, ""); line = line $0
	if (line ~ /\\$/) { sub(/\\$/, "", line); next } print line; line = "" }' README.md >/tmp/commands
total=$(wc -l </tmp/commands)
while IFS= read -r line <&3; do
	before "$line"
	walked=$((walked + 1))
	echo "# $ $command"
	case $line in
	apt\ *) sh -c "$command" >/tmp/out 2>&1 </dev/null ;;
	*) inside "$command" >/tmp/out 2>&1 ;;
	esac
	code=$?
	case $line in
	'tlsrpt check'*) [ "$code" -le 3 ] ;;
	*) [ "$code" -eq 0 ] ;;
	esac
	ok $? "$line (exit code $code)"
	after "$line"
done 3</tmp/commands
[ "$walked" -eq "$total" ]
ok $? "$walked of $total commands of README.md"
echo "# $replaced replaced, $prepared prepared, none left out"
inside "postfix stop" >/dev/null 2>&1
kill "$network"
echo "1..$n"
[ "$failed" -eq 0 ]
