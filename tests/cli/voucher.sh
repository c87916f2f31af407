#!/bin/sh
# The same report from several senders: the one whose word counts more takes the place of the other,
# whoever was first, and then the store is as if only that one had come.
. "$TESTS/cli/lib.sh"
. "$TESTS/cli/state.sh"

TLSRPT=$BIN/tlsrpt
plain=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
other=$DATA/mail/good/google-2026-11-15-certificate-expired.eml
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n' >trust.conf
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n[incidents]\nreporters=partner.example\n' >listed.conf

# copy FILE AUTH DOMAIN: as it comes from that domain; anybody can send it
copy() {
	echo "Received: from out.$3 by mx.example.com; Mon, 23 Nov 2026 10:00:00 +0000"
	echo "Authentication-Results: mx.example.com; dkim=$2 header.d=$3"
	tr -d '\r' <"$1" | sed "/^Authentication-Results:/,/header.s=/d; s/^From: .*/From: <reports@$3>/; s/^TLS-Report-Submitter: .*/TLS-Report-Submitter: $3/;
		s/^Message-I[Dd]: .*/Message-ID: <$2@$3>/"
}
copy "$plain" fail evil.example >fail.eml
copy "$plain" none evil.example >none.eml
copy "$plain" pass evil.example >pass.eml
copy "$plain" pass google.com >aligned.eml
copy "$plain" pass mail.partner.example >partner.eml
copy "$plain" none google.com >unchecked.eml

# give CONF NAME...: into a fresh store, one after the other
give() {
	fresh_store
	conf=$1
	shift
	for name in "$@"; do
		one=$conf
		[ "$name" = unchecked ] && one=empty.conf
		run "$INGEST" -v --log stderr -c "$one" --db "$DB" <"$name.eml"
		[ "$code" -eq 0 ] || ok 1 "$name is delivered"
	done
}

# From the worst to the best.
ranks="fail none unchecked pass aligned partner"
seen=
for better in $ranks; do
	give listed.conf "$better"
	state >"$better.state"
	for worse in $seen; do
		give listed.conf "$worse" "$better"
		matches "$(cat err)" 'stored in place of a copy from a worse sender' "$better after $worse is told as that"
		state >actual
		same_lines "$better.state" actual "$better after $worse is as if $worse had never come"
		give listed.conf "$better" "$worse"
		matches "$(cat err)" 'already stored' "$worse after $better is nothing new"
		state >actual
		same_lines "$better.state" actual "$worse after $better changes nothing"
	done
	give listed.conf "$better" "$better"
	state >actual
	same_lines "$better.state" actual "$better twice is the first"
	seen="$seen $better"
done

# An equal rank never takes the place.
copy "$plain" pass bad.example >pass2.eml
give trust.conf pass pass2
is "$(sql 'SELECT auth_domain FROM reports')" evil.example "two strangers who sign: the first stays"
give trust.conf aligned partner
is "$(sql 'SELECT auth_domain FROM reports')" google.com "nobody is listed: the aligned one stays"

# The name alone would mislead where the contact-info is not of the domain that signed.
reporters() {
	"$TLSRPT" failures -c trust.conf --db "$DB" --now 1795176000 --format json >failures.json 2>err
	python3 -c 'import json, sys; print(json.load(open("failures.json"))[sys.argv[1]][0]["reporters"])' problems || cat err failures.json
}
give trust.conf pass
is "$(reporters)" "Google Inc. (evil.example)" "a stranger who signs is told with the domain"
give trust.conf aligned
is "$(reporters)" "Google Inc." "the sender whose contact it is without"

# Beside other reports of both on the same day and of the same incident.
copy "$other" pass evil.example >other-evil.eml
copy "$other" pass google.com >other.eml
give trust.conf aligned other-evil
state >wanted
give trust.conf pass other-evil aligned
state >actual
sed 's/^incidents.*//; s/^incident_days.*//' wanted | sort >w1
sed 's/^incidents.*//; s/^incident_days.*//' actual | sort >a1
same_lines w1 a1 "what else the worse sender has said stays"

# In one message, and in bulk.
fresh_store
cat fail.eml none.eml >two
mkdir -p box/cur box/new box/tmp
i=0
for name in pass fail partner none aligned; do
	i=$((i + 1))
	cp "$name.eml" "box/cur/$i.eml"
done
run "$INGEST" -v --log stderr -c listed.conf --db "$DB" --jobs 1 box
is "$code" 0 "a Maildir with five copies"
is "$(sql 'SELECT count(*), auth_domain FROM reports')" "1|mail.partner.example" "the best of them is stored"
is "$(sql 'SELECT organization, auth_domain, reports FROM reporters')" "Google Inc.|mail.partner.example|1" "and counts once"
matches "$(cat err)" '1 reports stored, . in place of a copy from a worse sender, . already stored' "the summary tells them apart"

# A large one takes the place in about the time in which it is stored, also beside others of the worse
# sender about the same domains; it was once minutes, and so a stranger could keep it out.
python3 - <<'END'
import json
for name, domain in ("large-evil", "evil.example"), ("large-other", "evil.example"), ("large", "google.com"):
    policies = [{"policy": {"policy-type": "sts", "policy-domain": f"d{n}.example",
                            "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.example"]},
                 "summary": {"total-successful-session-count": 5, "total-failure-session-count": 1},
                 "failure-details": [{"result-type": "certificate-expired", "failed-session-count": 1,
                                      "receiving-mx-hostname": f"mx{n % 190}.example"}]}
                for n in range(3000)]
    report = {"organization-name": "Google Inc.", "contact-info": "x@google.com",
              "report-id": "other" if name == "large-other" else "large", "policies": policies,
              "date-range": {"start-datetime": "2026-11-20T00:00:00Z",
                             "end-datetime": "2026-11-20T23:59:59Z"}}
    with open(name + ".eml", "w") as file:
        file.write("Received: from a by mx.example.com; Mon, 23 Nov 2026 10:00:00 +0000\n"
                   f"Authentication-Results: mx.example.com; dkim=pass header.d={domain}\n"
                   f"From: <a@{domain}>\nContent-Type: application/tlsrpt+json\n\n" + json.dumps(report))
END
# On a busy machine, too; cli/adds asks how much processor time it takes.
sed 's/^\[ingest\]$/&\ndeadline=60s/' trust.conf >patient.conf
give patient.conf large-evil large-other large
is "$(sql 'SELECT report_id, auth_domain FROM reports ORDER BY 1')" "large|google.com
other|evil.example" "a large one takes the place of a copy"
is "$(sql 'SELECT count(*) FROM quarantined')" 0 "within a minute"

# Two that an older version took for different ones turn out to be the same: the better one stays.
# twins FIRST SECOND STAYS
twins() {
	copy "$other" "${2%-*}" "${2#*-}" >second.eml
	copy "$plain" "${1%-*}" "${1#*-}" >first.eml
	give trust.conf first second
	sqlite3 "$DB" "UPDATE raw SET (content, subject, file_name) = (SELECT content, subject, file_name FROM raw
		WHERE report = 1) WHERE report = 2; DELETE FROM identity WHERE report = 2;
		INSERT INTO identity VALUES (x'00112233445566778899aabbccddeeff', 2)"
	run "$TLSRPT" reprocess -c trust.conf --db "$DB"
	matches "$code $(cat out)" '^0 .*changed: 1' "$1 and $2: one is changed"
	is "$(sql 'SELECT id FROM reports')" "$3" "$1 and $2: number $3 stays"
	is "$(sql 'SELECT report FROM identity')" "$3
$3" "$1 and $2: it is recognized by all that both were"
	sqlite3 "$DB" "DELETE FROM identity WHERE digest = x'00112233445566778899aabbccddeeff'"
	is "$(python3 "$TESTS/oracle/oracle.py" "$DB")" "" "$1 and $2: and counts once"
	run "$TLSRPT" reprocess -c trust.conf --db "$DB"
	matches "$code $(cat out)" '^0 .*changed: 0' "$1 and $2: a second run changes nothing"
}
twins none-evil.example pass-google.com 2
twins pass-google.com none-evil.example 1
twins pass-evil.example pass-bad.example 1

# A pruned one is not replaced.
give trust.conf pass
run "$TLSRPT" prune -c empty.conf --db "$DB" --keep 1d --now 1900000000
run "$INGEST" -v --log stderr -c trust.conf --db "$DB" <aligned.eml
is "$code $(sql 'SELECT pruned, auth_domain FROM reports')" "0 1|evil.example" "a pruned one is not replaced"
matches "$(cat err)" 'already stored' "and is told as stored"
finish
