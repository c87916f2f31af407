#!/bin/sh
# tlsrpt record check against real DNS servers: Knot DNS with the zones, and Unbound in front of it,
# which is what /etc/resolv.conf names, in a mount and network namespace of its own.  Where there can
# be none, the same servers listen on high ports of 127.0.0.1, and are named by --server.
# shellcheck source=../cli/lib.sh
. "$TESTS/cli/lib.sh"

PATH=$PATH:/usr/sbin
TLSRPT=$BIN/tlsrpt
for program in knotd unbound python3; do
	command -v $program >/dev/null || skip "$program is not installed"
done

# --- once more, in the namespace
if [ -z "${RECORD_DNS_INSIDE-}" ]; then
	cat >inside <<'INSIDE'
echo "nameserver 127.0.0.1" >"$1/resolv.conf"
mount --bind "$1/resolv.conf" /etc/resolv.conf && python3 -c 'import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))' || exit 70
RECORD_DNS_INSIDE=namespace
export RECORD_DNS_INSIDE
exec sh "$2"
INSIDE
	if unshare --mount --net --pid --fork true 2>/dev/null; then
		unshare --mount --net --pid --fork --kill-child --mount-proc sh "$WORK/inside" "$WORK" "$0"
		code=$?
		if [ $code -ne 70 ]; then
			cd / && rm -rf "$WORK"
			exit $code
		fi
	fi
	echo "# no namespace: --server and high ports instead of /etc/resolv.conf"
	RECORD_DNS_INSIDE=ports
fi

# --- the servers
free_port() {
	python3 -c 'import random, socket
while True:
    port = random.randint(20000, 32000)
    try:
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            with socket.socket(socket.AF_INET, kind) as s:
                s.bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)'
}
KNOT=$(free_port)
if [ $RECORD_DNS_INSIDE = namespace ]; then
	UNBOUND=53 SERVER=
else
	UNBOUND=$(free_port)
	SERVER="--server 127.0.0.1@$UNBOUND"
fi
mkdir knot
# zone NAME <RECORDS
zone() {
	{
		printf '$ORIGIN %s.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n' "$1"
		cat
	} >"knot/$1.zone"
	echo "  - domain: $1" >>zones
}
S='v=TLSRPTv1; rua=mailto:tls@example.net'
T='v=STSv1; id=20261124'
zone sound.example <<END
_smtp._tls TXT "$S"
_mta-sts TXT "$T"
_smtp._tls.only TXT "$S"
_mta-sts.twin TXT "$T"
none TXT "something"
_smtp._tls.other A 127.0.0.1
_smtp._tls.alias CNAME _smtp._tls
_mta-sts.alias CNAME far.cname.example.
_smtp._tls.inside TXT "v=TLSRPTv1; rua=mailto:tls@inside.sound.example"
_smtp._tls.split TXT "v=TLSRPTv1; rua=mai" "lto:tls@exam" "" "ple.net"
_smtp._tls.two TXT "$S"
_smtp._tls.two TXT "v=TLSRPTv1; rua=mailto:x@example.net"
_smtp._tls.beside TXT "v=spf1 -all"
_smtp._tls.beside TXT "$S"
_smtp._tls.late TXT "v=spf1 -all"
_smtp._tls.late TXT "v=TLSRPTv1 ; rua=mailto:tls@example.net"
*.wild TXT "v=spf1 -all"
_smtp._tls.bytes TXT "v=TLSRPTv1; rua=mailto:\255\000\195\040\027[31m@example.net"
_smtp._tls.empty TXT ""
_smtp._tls.badsts TXT "$S"
_mta-sts.badsts TXT "v=STSv1; id=2026-11-24"
_smtp._tls.xn--bcher-kva TXT "$S"
_smtp._tls.dangling CNAME nothing.cname.example.
$(python3 -c 'print("_smtp._tls.long TXT", "\"v=TLSRPTv1; rua=https://example.net/\"", *["\"" + "x" * 250 + "\""] * 20)')
$(python3 -c 'print("\n".join(f"_smtp._tls.many TXT \"noise {i} " + "y" * 200 + "\"" for i in range(100)))')
_smtp._tls.many TXT "$S"
END
zone cname.example <<END
far TXT "$T"
END
zone broken.example </dev/null
echo '_smtp._tls TXT "' >>knot/broken.example.zone
cat >knot.conf <<END
server:
  rundir: $WORK/knot
  listen: 127.0.0.1@$KNOT
database:
  storage: $WORK/knot
template:
  - id: default
    storage: $WORK/knot
    file: %s.zone
log:
  - target: $WORK/knot.log
    any: info
zone:
$(cat zones)
END
cat >unbound.conf <<END
server:
  directory: "$WORK"
  chroot: ""
  username: ""
  pidfile: "$WORK/unbound.pid"
  logfile: "$WORK/unbound.log"
  use-syslog: no
  interface: 127.0.0.1
  port: $UNBOUND
  do-ip6: no
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "silent.example." deny
  local-zone: "refused.example." refuse
remote-control:
  control-enable: no
stub-zone:
  name: "sound.example"
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "cname.example"
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "broken.example"
  stub-addr: 127.0.0.1@$KNOT
END
knotd -c knot.conf >knotd.out 2>&1 &
knotd=$!
unbound -d -c unbound.conf >unbound.out 2>&1 &
unbound=$!
trap 'kill $knotd $unbound 2>/dev/null' EXIT
tries=200
until "$TLSRPT" record check sound.example $SERVER >first 2>&1; do
	tries=$((tries - 1))
	if [ $tries -eq 0 ]; then
		ok 1 "the servers answer"
		sed 's/^/# /' first knot.log unbound.log knotd.out unbound.out
		finish
	fi
	sleep 0.05
done

# --- asking
# statuses DOMAIN [OPTION]...: exit code and errors, then kind, status and problem of each record
statuses() {
	# shellcheck disable=SC2086
	run "$TLSRPT" record check "$@" -f csv
	echo "$code$(cat err)"
	tr -d '\r' <out | awk -F, 'NR > 1 { print $1, $3 ($5 != "" ? " " $5 : "") }'
}
# says DOMAIN EXPECTED NAME
says() {
	# shellcheck disable=SC2086
	is "$(statuses "$1" $SERVER | paste -s -d ';')" "$2" "$3"
}
none='mta-sts missing no-name'
says sound.example "0;tlsrpt sound;mta-sts sound" "both are sound"
says SOUND.Example. "0;tlsrpt sound;mta-sts sound" "in any case, with a final dot"
says bücher.sound.example "0;tlsrpt sound;$none" "a domain that is not ASCII"
says only.sound.example "0;tlsrpt sound;$none" "no MTA-STS: that is no error"
says twin.sound.example "1;tlsrpt missing no-name;mta-sts sound" "MTA-STS without TLSRPT"
says other.sound.example "1;tlsrpt missing no-data;$none" "the name is there, and has no TXT"
says none.sound.example "1;tlsrpt missing no-name;$none" "neither"
says nothing.sound.example "1;tlsrpt missing no-name;$none" "no such domain"
says alias.sound.example "0;tlsrpt sound;mta-sts sound" "CNAMEs, one of them into another zone"
says dangling.sound.example "1;tlsrpt missing no-name;$none" "a CNAME to nothing"
says inside.sound.example "0;tlsrpt sound rua-inside;$none" "an address inside: a warning"
says split.sound.example "0;tlsrpt sound;$none" "several strings are put together without blanks"
says two.sound.example "1;tlsrpt bad several-records;tlsrpt bad several-records;$none" "two records: none"
says beside.sound.example "0;tlsrpt sound;tlsrpt discarded discarded;$none" "what is beside it is discarded"
says late.sound.example "1;tlsrpt bad no-record;tlsrpt discarded discarded;$none" \
	"also what only begins with the version after all"
says x.wild.sound.example "1;tlsrpt discarded discarded;tlsrpt missing no-data;mta-sts discarded discarded;mta-sts missing no-data" \
	"a wildcard is no record"
says bytes.sound.example "1;tlsrpt bad bad-uri;$none" "bytes that are not text"
says empty.sound.example "1;tlsrpt discarded discarded;tlsrpt missing no-data;$none" "an empty TXT record"
says badsts.sound.example "1;tlsrpt sound;mta-sts bad bad-character" "a bad MTA-STS record"
says long.sound.example "0;tlsrpt sound;$none" "a record of 5000 bytes, by TCP"
is "$(statuses many.sound.example $SERVER | sort | uniq -c | sed 's/^ *//' | paste -s -d ';')" \
	"1 0;1 $none;100 tlsrpt discarded discarded;1 tlsrpt sound" "one of 101 records, by TCP"
says broken.example "1;tlsrpt unknown server-failure;mta-sts unknown server-failure" "SERVFAIL"
says refused.example "1;tlsrpt unknown refused;mta-sts unknown refused" "REFUSED"
RES_OPTIONS="timeout:1 attempts:1"
export RES_OPTIONS
says silent.example "1;tlsrpt unknown timeout;mta-sts unknown timeout" "no answer"
is "$(statuses sound.example --server 127.0.0.1@$KNOT | paste -s -d ';')" "0;tlsrpt sound;mta-sts sound" \
	"--server"
is "$(statuses elsewhere.example --server 127.0.0.1@$KNOT | paste -s -d ';')" \
	"1;tlsrpt unknown refused;mta-sts unknown refused" "a server that is not for the domain"
is "$(statuses alias.sound.example --server 127.0.0.1@$KNOT | paste -s -d ';')" \
	"0;tlsrpt sound;mta-sts missing no-data" "a server that does not follow CNAMEs into other zones"
CLOSED=$(free_port)
is "$(statuses sound.example --server "127.0.0.1@$CLOSED" | paste -s -d ';')" \
	"1;tlsrpt unknown unreachable;mta-sts unknown unreachable" "nobody there"
run "$TLSRPT" record check bytes.sound.example $SERVER
is "$(sed -n '2,3p' out)" '  v=TLSRPTv1; rua=mailto:\255\000\195(\027[31m@example.net
                         ^' "the bytes as in a zone file, and a caret"
run "$TLSRPT" record check alias.sound.example $SERVER
matches "$(cat out)" '^  by CNAME from far\.cname\.example$' "the text has the alias"
if python3 -c 'import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).bind(("::1", 0))' 2>/dev/null; then
	sed -e "s/interface: 127.0.0.1/interface: ::1/; s/do-ip6: no/do-ip6: yes/; s/unbound\.pid/unbound6.pid/" \
		-e "s/port: $UNBOUND/port: $CLOSED/" unbound.conf >unbound6.conf
	unbound -d -c unbound6.conf >unbound6.out 2>&1 &
	unbound6=$!
	tries=100
	until "$TLSRPT" record check sound.example --server "::1@$CLOSED" >first 2>&1 || [ $tries -eq 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
	is "$(statuses sound.example --server "::1@$CLOSED" | paste -s -d ';')" \
		"0;tlsrpt sound;mta-sts sound" "a server with an IPv6 address"
	kill $unbound6
fi

# What is published is what was made.
"$TLSRPT" record generate sound.example --rua 'a!b@example.net' --rua "https://example.net/$(printf '%0600d' 0)" >made
{
	printf '$ORIGIN sound.example.\n$TTL 60\n@ SOA ns hostmaster 2 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n'
	cat made
} >knot/sound.example.zone
kill -HUP $knotd
tries=100
until "$TLSRPT" record check sound.example --server 127.0.0.1@$KNOT -f json >served && grep -q '%21' served || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
is "$(sed -n 's/^      "text": "\(.*\)",$/\1/p' served | head -n 1)" \
	"$(sed -n '1{s/^[^"]*"//; s/" "//g; s/"$//; p;}' made)" "Knot takes the line of record generate, and serves what it says"

# --- servers that are not sound
BAD=$(free_port)
: >bad.out
python3 "$TESTS/tlsrpt/bad-dns.py" "$BAD" >bad.out 2>&1 &
bad=$!
trap 'kill $knotd $unbound $bad 2>/dev/null' EXIT
tries=100
until grep -q ready bad.out || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
# bad BEHAVIOUR PROBLEM
bad() {
	is "$(statuses "$1.example" --server "127.0.0.1@$BAD" | paste -s -d ';')" \
		"1;tlsrpt unknown $2;mta-sts unknown $2" "an answer that is $1: $2"
}
bad overrun malformed-answer
bad count malformed-answer
bad loop malformed-answer
bad nothing malformed-answer
bad notimp refused
is "$(statuses foreign.example --server "127.0.0.1@$BAD" | paste -s -d ';')" \
	"1;tlsrpt missing no-data;mta-sts missing no-data" "an answer of other types and classes: no TXT record"
before=$(date +%s)
bad silence timeout
after=$(date +%s)
[ $((after - before)) -ge 9 ] && [ $((after - before)) -le 15 ]
ok $? "a server that takes the TCP connection and is silent is left after ten seconds ($((after - before)) s)"
bad shut no-tcp

# --- the command line
usage() {
	run "$TLSRPT" record "$@"
	is "$code$(wc -l <err | tr -d ' ')$(cat out)" 21 "a wrong command line: record $*"
}
usage
usage nonsense
usage generate
usage generate a b
usage generate example.com --server 127.0.0.1
usage generate '*.example.com'
usage generate example.com --rua 'a b@c'
usage check
usage check a b
usage check a 'v=TLSRPTv1' b
usage check 'v=TLSRPTv1' 'v=TLSRPTv1'
usage check example.com --rua a@b
usage check 'v=TLSRPTv1; rua=mailto:a@b' --server 127.0.0.1
usage check example.com --server localhost
usage check example.com --server 127.0.0.1@0
usage check example.com --server 127.0.0.1@65536
usage check example.com --server 127.0.0.1@
usage check "$(printf '%064d' 0).example"
finish
