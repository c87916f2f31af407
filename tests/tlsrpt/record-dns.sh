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
  local-zone: "example." nodefault
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
# statuses DOMAIN [OPTION]...: exit code, and "status problem" of each record
statuses() {
	# shellcheck disable=SC2086
	run "$TLSRPT" record check "$@" -f csv $SERVER
	echo "$code$(cat err)"
	tr -d '\r' <out | awk -F, 'NR > 1 { print $1, $3, $5 }'
}
# says DOMAIN EXPECTED NAME
says() {
	is "$(statuses "$1" | paste -s -d ' ')" "$2" "$3"
}
says sound.example "0 tlsrpt sound  mta-sts sound " "both are sound"
says SOUND.Example. "0 tlsrpt sound  mta-sts sound " "in any case, with a final dot"
says only.sound.example "0 tlsrpt sound  mta-sts missing no-name" "no MTA-STS: not an error"
for d in twin other none alias inside split two beside late x.wild bytes empty badsts bücher dangling long many; do
echo "$d: $(statuses $d.sound.example | paste -s -d ' ')"
done
for d in broken.example silent.example refused.example elsewhere.test; do
time=$(date +%s.%N); echo "$d: $(statuses $d | paste -s -d ' ')"; echo "$time $(date +%s.%N)"
done
"$TLSRPT" record check bytes.sound.example
"$TLSRPT" record check late.sound.example
"$TLSRPT" record check alias.sound.example
"$TLSRPT" record check two.sound.example
"$TLSRPT" record check twin.sound.example
"$TLSRPT" record check x.wild.sound.example
"$TLSRPT" record check broken.example --server 127.0.0.1@$KNOT
cat knot.log unbound.log | tail -20
finish
