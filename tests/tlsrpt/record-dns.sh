#!/bin/sh
# tlsrpt record check against real DNS servers: Knot DNS with the zones, and Unbound in front of it,
# which is what /etc/resolv.conf names, in a mount and network namespace of its own.  Where there can
# be none, the same servers listen on high ports of 127.0.0.1, and are named by --server.
# shellcheck source=../cli/lib.sh
. "$TESTS/cli/lib.sh"

PATH=$PATH:/usr/sbin
TLSRPT=$BIN/tlsrpt
for program in knotd keymgr unbound python3 jq; do
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
# No store but those that the tests name.
TLSRPT_DB=$WORK/none.db
export TLSRPT_DB
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
inside MX 10 ns
_smtp._tls.doubled.sound.example TXT "$S"
_mta-sts.doubled.sound.example TXT "$T"
doubled.sound.example TXT "v=TLSRPTv1; rua=mailto:far@example.net"
there TXT "$S"
_smtp._tls.there TXT "$S"
_smtp._tls.nomail TXT "v=TLSRPTv1; rua=mailto:a@null.sound.example,mailto:b@nothing.sound.example,https://nothing.sound.example/,mailto:c@inside.sound.example,mailto:d@broken.example"
null MX 0 .
plain MX 10 ns
plain MX 5 plain-mx
plain-mx AAAA ::1
_25._tcp.plain-mx TLSA 3 1 1 $(printf 'ab%.0s' $(seq 32))
itself A 127.0.0.1
unreached MX 10 none
cname MX 10 cname-mx
cname-mx CNAME ns
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
zone example.net <<END
@ MX 10 ns
@ A 127.0.0.1
END
# tlsa HOST NUMBERS BYTE: a line of a zone
tlsa() {
	echo "_25._tcp.$1 TLSA $2 $(printf "$3%.0s" $(seq 32))"
}
zone dane.example <<END
@ MX 10 ns
@ MX 20 mx2
$(tlsa ns '3 1 1' aa; tlsa ns '2 0 1' bb)
mx2 A 127.0.0.2
single MX 10 mx3
mx3 A 127.0.0.3
$(tlsa mx3 '3 1 1' CC)
pkix MX 10 mx4
mx4 A 127.0.0.4
$(tlsa mx4 '1 1 1' dd)
fails MX 10 mx5
mx5 A 127.0.0.5
_tcp.mx5 NS ns
_tcp.mx5 DS 1 13 2 $(printf 'ee%.0s' $(seq 32))
END
# Signed by its parent, and not by itself.
zone _tcp.mx5.dane.example <<END
_25 TLSA 3 1 1 $(printf 'ee%.0s' $(seq 32))
END
zone . </dev/null
mv "knot/..zone" knot/root.zone && sed -i 's/ORIGIN ../ORIGIN ./' knot/root.zone
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
  - id: signed
    storage: $WORK/knot
    file: %s.zone
    zonefile-load: difference-no-serial
    zonefile-sync: -1
    journal-content: all
    dnssec-signing: on
log:
  - target: $WORK/knot.log
    any: info
zone:
$(sed 's/domain: dane.*/&\n    template: signed/; s/domain: \.$/&\n    template: signed\n    file: root.zone/' zones)
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
  module-config: "validator iterator"
  trust-anchor-file: "$WORK/anchors"
  domain-insecure: "example."
  domain-insecure: "net."
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
  name: "example.net"
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "dane.example"
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "_tcp.mx5.dane.example"
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "."
  stub-addr: 127.0.0.1@$KNOT
stub-zone:
  name: "broken.example"
  stub-addr: 127.0.0.1@$KNOT
END
knotd -c knot.conf >knotd.out 2>&1 &
knotd=$!
trap 'kill $knotd 2>/dev/null' EXIT
# The keys are made while Knot loads the zones.
tries=200
until [ "$(for name in dane.example .; do keymgr -c knot.conf $name ds 2>/dev/null; done | tee anchors |
	grep -c ' 2 ')" = 2 ] || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
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

# --- how mail gets to the domain, and reports to where its record has them sent
# about DOMAIN: exit code, and what is wrong with the domain as a whole
about() {
	# shellcheck disable=SC2086
	run "$TLSRPT" record check "$1" $SERVER -f json
	echo "$code $(jq -r '[.problems[] | select(.record == 0) | .severity + " " + .problem] | join(";")' out)"
}
# hosts DOMAIN: each host, whether it has addresses, and what DANE makes of it
hosts() {
	# shellcheck disable=SC2086
	run "$TLSRPT" record check "$1" $SERVER -f json
	jq -r '.hosts[] | [.host, (.addresses // "-" | gsub("\n"; ",")), .dane] | join(" ")' out
}
is "$(hosts dane.example)" "ns.dane.example 127.0.0.1 ready
mx2.dane.example 127.0.0.2 none" "the hosts of a signed domain, the most preferred first"
is "$(about dane.example)" "1 warning tlsa-missing" "DANE at one MX of two"
is "$(about single.dane.example)" "1 note tlsa-single" "a single TLSA record"
is "$(jq -r '.hosts[0].tlsa_records' out)" "3 1 1 $(printf 'cc%.0s' $(seq 32))" "in lower case"
is "$(about pkix.dane.example)" "1 warning tlsa-usage" "a TLSA record that no sender uses"
is "$(about fails.dane.example)" "1 error tlsa-failure" "DNS fails for TLSA records: no mail"
is "$(hosts plain.sound.example)" "plain-mx.sound.example ::1 unsigned
ns.sound.example 127.0.0.1 none" "TLSA records that are not signed"
is "$(about plain.sound.example)" "1 warning tlsa-unsigned;note tlsa-single;warning tlsa-missing" "and what that means"
is "$(about null.sound.example)" "1 note null-mx" "a null MX"
is "$(about itself.sound.example) $(jq -r .domains[0].mail out)" "1  domain" "no MX, but an address"
is "$(hosts itself.sound.example)" "itself.sound.example 127.0.0.1 none" "which is the host"
is "$(about nothing.sound.example)" "1 warning no-mail" "neither MX nor address"
is "$(about unreached.sound.example)" "1 error mx-no-address" "an MX without an address"
is "$(about cname.sound.example)" "1 warning mx-alias" "an MX that is a CNAME"
is "$(about broken.example)" "1 warning mx-unknown" "DNS does not say"
says doubled.sound.example "1;tlsrpt missing no-name;tlsrpt misplaced misplaced;mta-sts missing no-name;mta-sts misplaced misplaced" \
	"the name of the zone was added once more"
run "$TLSRPT" record check doubled.sound.example $SERVER -f json
is "$(jq -r '.records[] | select(.status == "misplaced") | .name' out)" \
	"_smtp._tls.doubled.sound.example.sound.example
_mta-sts.doubled.sound.example.sound.example" "where they are"
says sound.example.sound.example "1;tlsrpt missing no-name;$none" "what is at another domain is not this one's"
says there.sound.example "0;tlsrpt sound;tlsrpt misplaced misplaced;$none" "at the domain itself, besides"
run "$TLSRPT" record check nomail.sound.example $SERVER -f json
is "$code $(jq -r '.problems[] | select(.record == 1 and .column > 0) | "\(.column) \(.severity) \(.problem)"' out | paste -s -d ';')" \
	"1 45 note first-only;17 error rua-null-mx;45 error rua-no-mail;76 error rua-no-host;137 warning rua-unknown" \
	"where no report arrives"

# --- who reported, and all domains of the store
# report NAME DOMAIN DAY: in the store
report() {
	"$BIN/tlsrpt-ingest" -q -c empty.conf --db "$DB" <<END
{"organization-name":"$1","report-id":"$1-$3","contact-info":"tls@example.net",
"date-range":{"start-datetime":"$3T00:00:00Z","end-datetime":"$3T23:59:59Z"},
"policies":[{"policy":{"policy-type":"no-policy-found","policy-domain":"$2"},
"summary":{"total-successful-session-count":1,"total-failure-session-count":0}}]}
END
}
report One sound.example 2026-11-20
report Two sound.example 2026-11-21
report One there.sound.example 2026-11-22
report One nomail.sound.example 2026-08-01
report One cname.sound.example 2026-11-19
CLOCK="--now 1795435200 --config empty.conf --db $DB" # 2026-11-23
run "$TLSRPT" record check sound.example $SERVER $CLOCK
matches "$(tail -n 1 out)" '^  2 organizations reported since 2026-08-25, the last on 2026-11-21\.$' "who reported"
run "$TLSRPT" record check other.sound.example $SERVER $CLOCK
matches "$(tail -n 1 out)" '^  Nobody who is believed reported since 2026-08-25\.$' "nobody did"
run "$TLSRPT" record check sound.example $SERVER --now 1795435200 --config empty.conf
is "$code $(grep -c reported out)" "0 0" "without a store it is not said"
run "$TLSRPT" record check sound.example $SERVER --config empty.conf --db "$WORK/none.db"
is "$code" 1 "a store that is named must be there"
run "$TLSRPT" record check --all $SERVER $CLOCK
is "$code
$(cat out)" "1
cname.sound.example: look at this (1 organization reported, the last on 2026-11-19)
  _smtp._tls.cname.sound.example: error: there is nothing of that name in DNS
    (NXDOMAIN)
  warning: the MX cname-mx.sound.example is a CNAME, which an MX must not be
    (RFC 2181 section 10.3)
sound.example: look at this (2 organizations reported, the last on 2026-11-21)
  warning: the domain has neither an MX nor an address, so it takes no mail
there.sound.example: look at this (1 organization reported, the last on 2026-11-22)
  warning: the domain has neither an MX nor an address, so it takes no mail" "all domains of the store"
run "$TLSRPT" record check --all $SERVER $CLOCK -f json
is "$(jq -r '.domains[].domain' out | paste -s -d ' ')" "cname.sound.example sound.example there.sound.example" \
	"a domain whose reports are old is not asked for"
cp out all.json
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	/usr/bin/python3 -c 'import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open("all.json")))' \
		"$SOURCE/contrib/schema/record.json" >schema.out 2>&1
	is "$?" 0 "json is as contrib/schema says"
fi
# What is unverified is no proof.
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n' >trusted.conf
run "$TLSRPT" record check sound.example $SERVER $CLOCK --config trusted.conf
is "$(tail -n 2 out)" "  Nobody who is believed reported since 2026-08-25.
  Reports of 2 more are unverified and prove nothing." "who is not believed is no proof"
run "$TLSRPT" record check --all $SERVER $CLOCK --config trusted.conf
is "$code$(cat out)" "0No believed report is about any domain." "and has nothing asked of DNS"

RES_OPTIONS="timeout:1 attempts:1"
export RES_OPTIONS
says silent.example "1;tlsrpt unknown timeout;mta-sts unknown timeout" "no answer"
is "$(statuses sound.example --server 127.0.0.1@$KNOT | paste -s -d ';')" "0;tlsrpt sound;mta-sts sound" \
	"--server"
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
	"$(sed '/^;/d; s/^[^"]*"*//; s/".*//' made | tr -d '\n')" "Knot takes the line of record generate, and serves what it says"

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
usage check --all example.com
usage generate --all
usage check example.com --rua a@b
usage check 'v=TLSRPTv1; rua=mailto:a@b' --server 127.0.0.1
usage check example.com --server localhost
usage check example.com --server 127.0.0.1@0
usage check example.com --server 127.0.0.1@65536
usage check example.com --server 127.0.0.1@
usage check "$(printf '%064d' 0).example"
finish
