#!/usr/bin/env python3
"""Typical messages, deterministic: typical.py FOLDER COUNT [FAILURES [POLICIES]] writes COUNT messages
of POLICIES (1) policies with 8 MX hosts and FAILURES (3) failure rows each, like what large senders
send.  0 failures are what most reports have; 50 of 200 policies make a large one."""

import base64
import datetime
import gzip
import json
import sys

folder, count = sys.argv[1], int(sys.argv[2])
failures = int(sys.argv[3]) if len(sys.argv) > 3 else 3
policies = int(sys.argv[4]) if len(sys.argv) > 4 else 1
ORGANIZATIONS = [("Google Inc.", "google.com"), ("Microsoft Corporation", "microsoft.com")] + [
    (f"Sender {i}", f"sender{i}.example") for i in range(53)]
RESULTS = ["certificate-expired", "starttls-not-supported", "validation-failure"]
PADDING = "X-Transport-Header: " + "0123456789abcdef" * 3 + "\n"


def make_policy(i, domain):
    hosts = [f"mx{h}.{domain}" for h in range(8)]
    rows = [{"result-type": RESULTS[r % 3], "sending-mta-ip": f"192.0.2.{(i + r) % 256}",
             "receiving-ip": f"198.51.100.{r % 256}", "receiving-mx-hostname": hosts[r % 8],
             "failed-session-count": 1 + r} for r in range(failures)]
    policy = {"policy": {
        "policy-type": "sts",
        "policy-string": ["version: STSv1", "mode: enforce"] + [f"mx: {h}" for h in hosts]
        + ["max_age: 604800"],
        "policy-domain": domain, "mx-host": hosts},
        "summary": {"total-successful-session-count": 100 + i % 50,
                    "total-failure-session-count": sum(r["failed-session-count"] for r in rows)}}
    if rows:
        policy["failure-details"] = rows
    return policy


for i in range(count):
    organization, submitter = ORGANIZATIONS[i % len(ORGANIZATIONS)]
    domain = f"domain{i // len(ORGANIZATIONS) % 200}.example.com"
    day = datetime.date(2026, 8, 1) + datetime.timedelta(i // len(ORGANIZATIONS) // 200)
    domains = [domain] + [f"part{p}.{domain}" for p in range(1, policies)]
    report = {"organization-name": organization,
              "date-range": {"start-datetime": f"{day}T00:00:00Z",
                             "end-datetime": f"{day}T23:59:59Z"},
              "contact-info": f"tls-reports@{submitter}",
              "report-id": f"{day}T00:00:00Z_{domain}",
              "policies": [make_policy(i, one) for one in domains]}
    data = gzip.compress(json.dumps(report, separators=(",", ":")).encode(), 9, mtime=0)
    with open(f"{folder}/{i:07}.eml", "w") as file:
        file.write(
            f"Return-Path: <bounce@{submitter}>\n" + PADDING * 34
            + f"From: tls-reports@{submitter}\nTo: tls-reports@{domain}\n"
            f"Date: {day:%a, %d %b %Y} 12:00:00 +0000\n"
            f"Message-ID: <{i}.{day}@mail.{submitter}>\n"
            f"Subject: Report Domain: {domain} Submitter: {submitter} Report-ID: <{i}@{submitter}>\n"
            f"TLS-Report-Domain: {domain}\nTLS-Report-Submitter: {submitter}\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; boundary=\"0000000000b\"; report-type=tlsrpt\n\n"
            "--0000000000b\nContent-Type: text/plain; charset=\"UTF-8\"\n\n"
            f"This is an aggregate TLS report from {submitter}\n\n--0000000000b\n"
            "Content-Type: application/tlsrpt+gzip;\n"
            f"\tname=\"{submitter}!{domain}!1!2!001.json.gz\"\n"
            "Content-Disposition: attachment;\n"
            f"\tfilename=\"{submitter}!{domain}!1!2!001.json.gz\"\n"
            "Content-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(data).decode() + "--0000000000b--\n")
