#!/bin/sh
# contrib/monitoring/tlsrpt-mta-sts against a real HTTPS server and a real DNS server, policy --check and
# --live, and what check tells of it.
# shellcheck source=../cli/lib.sh
. "$TESTS/cli/lib.sh"

PATH=$PATH:/usr/sbin
TLSRPT=$BIN/tlsrpt
for program in knotd curl openssl python3 jq; do
	command -v $program >/dev/null || skip "$program is not installed"
done
free_port() {
	python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# --- what senders saw, until 2026-11-22
NOW=1795435200 # 2026-11-23
DAYS="2026-11-19 2026-11-20 2026-11-21 2026-11-22"
# seen DAY DOMAIN TYPE POLICY-STRING: a report of One
seen() {
	"$INGEST" -q -c empty.conf --db "$DB" <<END
{"organization-name":"One","report-id":"$1-$2-$3","contact-info":"tls@one.example",
"date-range":{"start-datetime":"$1T00:00:00Z","end-datetime":"$1T23:59:59Z"},
"policies":[{"policy":{"policy-type":"$3","policy-domain":"$2","policy-string":[$4]},
"summary":{"total-successful-session-count":5,"total-failure-session-count":0}}]}
END
}
# sts MODE MX: a policy as reports quote it
sts() {
	echo "\"version: STSv1\",\"mode: $1\",\"mx: $2\",\"max_age: 86400\""
}
# served MODE MX: the same as it is served
served() {
	printf 'version: STSv1\r\nmode: %s\r\nmx: %s\r\nmax_age: 86400\r\n' "$1" "$2"
}
aa=$(printf 'aa%.0s' $(seq 32)) bb=$(printf 'bb%.0s' $(seq 32))
mkdir policies
for day in $DAYS; do
	for name in good drift redirect html empty large endless gone wrong bad; do
		seen "$day" $name.example sts "$(sts enforce mx.$name.example)"
	done
	seen "$day" uncovered.example sts "$(sts enforce mx.uncovered.example)"
	seen "$day" dane.example tlsa "\"3 1 1 $aa\""
	seen "$day" moved.example tlsa "\"3 1 1 $aa\""
done
served enforce mx.good.example >policies/good.example
served testing mx.drift.example >policies/drift.example
served enforce mx.uncovered.example >policies/uncovered.example
printf 'version: STSv1\nmode: on\n' >policies/bad.example

# --- the servers
KNOT=$(free_port)
zone() {
	{
		printf '$ORIGIN %s.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n' "$1"
		cat
	} >"$1.zone"
	echo "  - domain: $1" >>zones
}
for name in good drift bad; do
	zone $name.example <<END
@ MX 10 mx
mx A 127.0.0.1
END
done
zone uncovered.example <<END
@ MX 10 mx
@ MX 20 backup.elsewhere.example.
mx A 127.0.0.1
END
zone dane.example <<END
@ MX 10 mx
mx A 127.0.0.1
_25._tcp.mx TLSA 3 1 1 $aa
_25._tcp.mx TLSA 3 1 1 $bb
END
zone moved.example <<END
@ MX 10 mx
mx A 127.0.0.1
_25._tcp.mx TLSA 3 1 1 $bb
END
zone nomail.example <<END
@ MX 0 .
END
cat >knot.conf <<END
server:
  rundir: $WORK
  listen: 127.0.0.1@$KNOT
database:
  storage: $WORK
template:
  - id: default
    storage: $WORK
    file: %s.zone
zone:
$(cat zones)
END
knotd -c knot.conf >knotd.out 2>&1 &
knotd=$!
trap 'kill $knotd 2>/dev/null' EXIT

names=$(for name in good drift uncovered redirect html empty large endless gone bad; do
	printf ',DNS:mta-sts.%s.example' $name
done)
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test >openssl.out 2>&1 &&
	openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=mta-sts >>openssl.out 2>&1 &&
	echo "subjectAltName=${names#,}" >extensions &&
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 2 -extfile extensions -out server.pem \
		>>openssl.out 2>&1 || cat openssl.out
HTTPS=$(free_port)
python3 "$TESTS/tlsrpt/policy-server.py" "$HTTPS" server.pem server.key policies >server.out 2>&1 &
server=$!
trap 'kill $knotd $server 2>/dev/null' EXIT
tries=200
until { grep -q ready server.out && "$TLSRPT" record check good.example --server "127.0.0.1@$KNOT" -f csv |
	grep -q no-name; } || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done

# --- tlsrpt-mta-sts, with a curl that gets to that server, and a tlsrpt that asks that DNS
mkdir bin
cat >bin/curl <<END
#!/bin/sh
exec $(command -v curl) "\$@" --noproxy '*' --cacert "$WORK/ca.pem" --connect-to "::127.0.0.1:$HTTPS"
END
cat >bin/tlsrpt <<END
#!/bin/sh
case " \$* " in *" --live "*) set -- "\$@" --server "127.0.0.1@$KNOT" ;; esac
exec "$TLSRPT" "\$@" --config "$WORK/empty.conf" --now $NOW
END
chmod +x bin/curl bin/tlsrpt
TLSRPT_MTA_STS_DIR=$WORK/served TLSRPT_DB=$DB
export TLSRPT_MTA_STS_DIR TLSRPT_DB
# look [DOMAIN]...
look() {
	run env PATH="$WORK/bin:$PATH" "$SOURCE/contrib/monitoring/tlsrpt-mta-sts" "$@"
}
# outcome DOMAIN: status and message
outcome() {
	awk -F'\t' -v domain="$1" '$1 == domain { print $3, $4 }' served/outcomes
}
look
is "$code$(cat err)" 0 "all were looked at"
is "$(cut -f 1 served/outcomes | paste -s -d ' ')" \
	"bad.example drift.example empty.example endless.example gone.example good.example html.example large.example redirect.example uncovered.example wrong.example" \
	"each domain with an MTA-STS policy that somebody saw"
is "$(outcome good.example)" "0 the policy is the one that senders see, mode enforce" "as it should be"
is "$(outcome drift.example)" "0 the policy is the one that senders see, mode testing" \
	"a policy that was changed just now: senders may still have the old one"
is "$(outcome uncovered.example)" \
	"2 no mx of the policy matches the MX backup.elsewhere.example, so senders keep back mail to it" "an MX that is not covered"
cannot="1 its MTA-STS policy cannot be fetched:"
is "$(outcome redirect.example)" "$cannot the web server answers 301, not 200" "a redirect is not followed"
is "$(outcome gone.example)" "$cannot the web server answers 404, not 200" "404"
is "$(outcome html.example)" "$cannot it is not text/plain, but text/html" "another media type"
matches "$(outcome wrong.example)" "^$cannot \(60\) " "a certificate for another name"
matches "$(outcome large.example)" "^$cannot \((63|23)\) " "more than 64 KiB"
matches "$(outcome endless.example)" "^$cannot \((63|23|56)\) " "for ever"
is "$(outcome bad.example)" "1 its MTA-STS policy is not valid: line 2: mode is none of enforce, testing and none" \
	"what is served is no policy"
is "$(outcome empty.example)" "1 its MTA-STS policy is not valid: version is missing" "nothing"
is "$(grep -c '' out) $(grep -c '^good' out)" "9 0" "what is not in order is printed"
is "$(stat -c %a served/outcomes)" 640 "the group may read it, nobody else"
is "$(find served -name '.new*')" "" "nothing is left behind"

# The day on which a policy was written down is since when it is served.
touch -d '2026-11-10' served/drift.example.txt served/good.example.txt
look good.example drift.example
is "$(outcome drift.example)" "1 One saw another policy (mode enforce) on 2026-11-22" \
	"who still sees the old policy after its max_age"
is "$(outcome good.example)" "0 the policy is the one that senders see, mode enforce" "and who sees the right one"
is "$(date -u -r served/drift.example.txt +%F)" 2026-11-10 "a policy that is the same is not written again"
look ../x -x a/b good.example 'good.example;x'
is "$(cut -f 1 served/outcomes)" good.example "only what is a name of a domain"
run env PATH="$WORK/bin:$PATH" TLSRPT_DB="$WORK/none.db" "$SOURCE/contrib/monitoring/tlsrpt-mta-sts"
is "$code" 1 "no store: exit 1"
is "$(cut -f 1 served/outcomes)" good.example "and what was written down stays"

# --- what check tells
# check TIME [OPTION]...: so many seconds after now; reports came just now, by the clock of this machine
look
touch -d '2026-11-10' served/drift.example.txt
look
later() {
	offset=$1
	shift
	# Nothing that the store says is an alarm.
	run "$TLSRPT" check --config empty.conf --db "$DB" --learning-ok --now $(($(date +%s) + offset)) "$@"
}
later 0 --domain good.example --mta-sts served/outcomes
is "$code $(cut -d , -f 1 out)" "0 TLSRPT OK - 1 domain" "in order"
later 0 --domain uncovered.example --mta-sts served/outcomes
is "$code" 2 "mail is held back: critical"
matches "$(cat out)" '^TLSRPT CRITICAL - uncovered\.example: no mx of the policy matches the MX backup' "and why"
later 0 --domain redirect.example --mta-sts served/outcomes
is "$code" 1 "it cannot be fetched: a warning"
later 0 --mta-sts served/outcomes
is "$code$(wc -l <out | tr -d ' ')" 21 "all of them: the worst counts, in one line"
matches "$(cat out)" 'uncovered\.example: .*; and 7 more policies' "and comes first"
later 0 --domain good.example
is "$code" 0 "without the option nothing is said"
later 180000 --domain good.example --mta-sts served/outcomes
is "$code" 1 "nobody looked for two days"
matches "$(cat out)" 'nobody has looked at its MTA-STS policy since' "and so it says"
later 0 --mta-sts nowhere
is "$code$(cut -d- -f1 out)" "3TLSRPT UNKNOWN " "no such file: unknown"
later 0 --mta-sts served/outcomes -f json
is "$(jq -r '.served[0].policy_domain, .served[-1].status' out | paste -s -d ' ')" "uncovered.example OK" "json has it"
printf 'a\tb\nx.example\t1\t9\tm\nx.example\t-1\t0\tm\n\n\t\t\t\n|\t%s\t1\tm|x=9\033[31m\n' "$(date +%s)" >odd
later 0 --domain x.example --mta-sts odd
is "$code" 0 "lines that are none"
later 0 --mta-sts odd
is "$(grep -c "$(printf '\033')" out)$(tr -cd '|' <out)" "0|" "what is hostile in a line"

# --- policy --check and --live by themselves
# policy OPTION...
policy() {
	run "$TLSRPT" policy --config empty.conf --db "$DB" --now $NOW "$@"
}
policy --domain good.example --check --expect - <policies/good.example
is "$code$(cat out)" "0MTA-STS OK - good.example: the policy is the one that senders see, mode enforce" "a plugin"
touch -d 2026-11-10 policies/drift.example
policy --domain drift.example --check --expect policies/drift.example
is "$code$(cat out)" "1MTA-STS WARNING - drift.example: One saw another policy (mode enforce) on 2026-11-22" "a warning"
cat policies/drift.example | policy --domain drift.example --check --expect -
policy --domain nowhere.example --check --expect policies/good.example
is "$code$(cat out)" \
	"0MTA-STS OK - nowhere.example: no sender that is believed has seen an MTA-STS policy yet" "nobody saw any"
policy --domain good.example --check
is "$code" 3 "without a file"
run "$TLSRPT" policy --config empty.conf --db "$WORK/none.db" --check --expect policies/good.example
is "$code$(cut -d- -f1 out)" "3TLSRPT UNKNOWN " "without a store"

policy --live --server "127.0.0.1@$KNOT" -f json
is "$(jq -r '.live[] | [.policy_domain, .host, .covered] | join(" ")' out)" \
	"bad.example mx.bad.example yes
dane.example mx.dane.example no-policy
drift.example mx.drift.example yes
good.example mx.good.example yes
moved.example mx.moved.example no-policy
uncovered.example mx.uncovered.example yes
uncovered.example backup.elsewhere.example no" "the MX in DNS"
is "$(jq -r '.live_findings[] | [.policy_domain, .finding, .last_seen // "-"] | join(" ")' out | grep -v dns-unknown)" \
	"dane.example tlsa-new -
moved.example tlsa-replaced 2026-11-22
moved.example tlsa-new -
uncovered.example mx-not-covered -" "and in what it differs from what senders saw"
is "$(jq -r '.live_findings[] | select(.finding == "dns-unknown") | .policy_domain' out | paste -s -d ' ')" \
	"empty.example endless.example gone.example html.example large.example redirect.example wrong.example" "DNS does not say"
cp out live.json
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	/usr/bin/python3 -c 'import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open("live.json")))' \
		"$SOURCE/contrib/schema/policy.json" >schema.out 2>&1
	is "$?" 0 "json is as contrib/schema says"
fi
seen 2026-11-22 nomail.example sts "$(sts testing mx.nomail.example)"
policy --live --server "127.0.0.1@$KNOT" --domain nomail.example
matches "$(tr -s ' \n' ' ' <out)" 'nomail.example: by a null MX \(RFC 7505\) the domain takes no mail' "a null MX"
policy --live --server nonsense
is "$code" 2 "a server that is none"
finish
