#!/usr/bin/env python3
"""The rules of contrib/monitoring, by promtool on what "tlsrpt export" prints of stores: each alarm comes when it should and
else does not, with the words that it should have.  Alertmanager's own tool says where each one goes, and the node
exporter takes the file where contrib/systemd and contrib/cron put it.
"""
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import stores  # noqa: E402
from tap import ENVIRONMENT, Tap  # noqa: E402

CONTRIB = os.path.join(HERE, "..", "..", "contrib", "monitoring")
RULES = os.path.abspath(os.path.join(CONTRIB, "prometheus-rules.yml"))
ROUTES = os.path.join(CONTRIB, "alertmanager.yml")
MTIME = 'node_textfile_mtime_seconds{file="/var/lib/prometheus/node-exporter/tlsrpt.prom",instance="mx1"}'
RECEIVERS = {"critical": "on-duty", "warning": "mailbox"}


def read_rules():
    """The alarms with their severity and words; the file is ours, so that no parser of YAML is needed."""
    with open(RULES, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r'- alert: (\w+)\n.*\n +labels: { severity: (\w+) }\n +annotations:\n +summary: "(.*)"\n', text)
    return {name: (severity, summary) for name, severity, summary in found}, len(re.findall(r"- alert:", text))


def export(store):
    done = subprocess.run([stores.TLSRPT, "export", "-f", "prometheus", "--since", "7d", *store], check=True, env=ENVIRONMENT,
                          capture_output=True, encoding="utf-8")
    return done.stdout


def series_of(text):
    """Each sample for five hours, as the exporter of one host has it."""
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            labels = name[name.index("{") + 1:-1].rstrip(",") + "," if "{" in name else ""
            yield {"series": f'{name.split("{")[0]}{{{labels}instance="mx1"}}', "values": f"{value}+0x300"}


def samples(text):
    """As a set, since exporters have labels in their own order, and write numbers their own way."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("tlsrpt_")]
    return {(name.split("{")[0], frozenset(re.findall(r'(\w+="(?:[^"\\]|\\.)*")', name)), float(value)) for name, value in lines}


class Rules:
    def __init__(self):
        self.tap = Tap()
        self.rules, self.count = read_rules()
        self.seen = set()

    def alert(self, name, value):
        severity, summary = self.rules[name]
        return {"exp_labels": {"severity": severity, "instance": "mx1"}, "value": value,
                "exp_annotations": {"summary": summary.replace("{{ $value }}", str(value))}}

    def check(self, name, series, wanted, at="1h", labels=()):
        """wanted: the alarms that there are then, all others are not."""
        tests = []
        for rule in self.rules:
            alerts = []
            if rule in wanted:
                alert = self.alert(rule, wanted[rule])
                del alert["value"]
                alert["exp_labels"].update(dict(labels).get(rule, {}))
                alerts.append(alert)
            tests.append({"alertname": rule, "eval_time": at, "exp_alerts": alerts})
        self.seen.update(wanted)
        path = self.tap.path("test.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"rule_files": [RULES], "evaluation_interval": "5m",
                       "tests": [{"interval": "1m", "input_series": list(series), "alert_rule_test": tests}]}, file)
        done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, encoding="utf-8")
        self.tap.ok(done.returncode == 0, f"{name}: {', '.join(wanted) or 'no alarm'}", done.stdout[-1500:], done.stderr[-1500:])
        return done.returncode == 0

    def check_stores(self):
        labels = {"TlsrptNothingComes": {"state": "ok"}}
        for name, said, commands, _, wanted in stores.STORES:
            store = stores.make(self.tap, name, said, commands)
            self.check(name, [*series_of(export(store)), {"series": MTIME, "values": "0+60x300"}], wanted, labels=labels.items())

    def check_others(self):
        well = list(series_of(export(stores.make(self.tap, "others", stores.nothing, ()))))
        for metric in ("tlsrpt_quarantine_full", "tlsrpt_quarantine_waiting_messages"):
            series = [dict(one, values="1+0x300") if one["series"].startswith(metric) else one for one in well]
            self.tap.ok(series != well, f"there is {metric}")
            self.check(metric, series, {"TlsrptQuarantine": None})
        file = MTIME[MTIME.index("{") + 1:].split(",")[0][len('file="'):-1]
        self.check("written until two hours ago", [*well, {"series": MTIME, "values": "0+0x300"}], {}, at="2h")
        self.check("written until four hours ago", [*well, {"series": MTIME, "values": "0+0x300"}], {"TlsrptExportStale": None},
                   at="4h", labels=[("TlsrptExportStale", {"file": file})])
        gone = [dict(one, values=one["values"].replace("x300", "x600")) for one in well]
        self.check("the file is gone since 20 hours", gone, {"TlsrptExportGone": None}, at="30h")
        self.check("the file is gone since two days", gone, {}, at="60h")
        bad = [dict(one, values="7+0x300") if 'level="critical"' in one["series"] and "problems" in one["series"] else one
               for one in well]
        self.tap.ok(not self.quietly(bad), "a test of the rules that is wrong fails")
        self.tap.ok(self.seen == set(self.rules) and len(self.rules) == self.count, "each alarm was seen",
                    set(self.rules) - self.seen, self.count)

    def quietly(self, series):
        """What check() would say if no alarm were expected."""
        path = self.tap.path("bad.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"rule_files": [RULES], "evaluation_interval": "5m", "tests": [{"interval": "1m", "input_series": series,
                       "alert_rule_test": [{"alertname": "TlsrptCritical", "eval_time": "1h", "exp_alerts": []}]}]}, file)
        return subprocess.run(["promtool", "test", "rules", path], capture_output=True).returncode == 0

    def check_routes(self):
        done = subprocess.run(["amtool", "check-config", ROUTES], capture_output=True, encoding="utf-8")
        self.tap.ok(done.returncode == 0, "amtool takes the routes", done.stdout, done.stderr)
        for name, (severity, _) in self.rules.items():
            done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={ROUTES}", f"alertname={name}",
                                   f"severity={severity}", "instance=mx1"], capture_output=True, encoding="utf-8")
            self.tap.ok(done.stdout.split() == [RECEIVERS[severity]], f"{name}: {severity}, to {RECEIVERS[severity]}", done.stdout)
        with open(ROUTES, encoding="utf-8") as file:
            text = file.read()
        with open(self.tap.path("bad.yml"), "w", encoding="utf-8") as file:
            file.write(text.replace("name: on-duty", "name: nobody"))
        done = subprocess.run(["amtool", "check-config", self.tap.path("bad.yml")], capture_output=True)
        self.tap.ok(done.returncode != 0, "and refuses one with a receiver that is not there")

    def check_exporter(self):
        """The collector follows the link that contrib/systemd and contrib/cron tell of."""
        for name in ("state", "collector"):
            os.mkdir(self.tap.path(name))
        text = export(stores.make(self.tap, "exported", stores.failing("certificate-expired"), ()))
        with open(self.tap.path("state/tlsrpt.prom"), "w", encoding="utf-8") as file:
            file.write(text)
        os.symlink(self.tap.path("state/tlsrpt.prom"), self.tap.path("collector/tlsrpt.prom"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        exporter = subprocess.Popen(["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
                                     f"--collector.textfile.directory={self.tap.path('collector')}",
                                     f"--web.listen-address=127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            served = self.fetch(port)
        finally:
            exporter.terminate()
            exporter.wait()
        self.tap.ok(samples(text) and samples(served) == samples(text), "the node exporter serves them",
                    samples(served) ^ samples(text))
        self.tap.ok("node_textfile_scrape_error 0" in served and re.search(r'mtime_seconds{file=".*/tlsrpt\.prom"}', served),
                    "and says when they were written", served[-1500:])

    @staticmethod
    def fetch(port):
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                    return answer.read().decode()
            except OSError:
                time.sleep(0.1)
        return ""


def main():
    rules = Rules()
    rules.check_stores()
    rules.check_others()
    rules.check_routes()
    rules.check_exporter()
    rules.tap.finish()


main()
