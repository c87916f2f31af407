#!/usr/bin/env python3
"""tlsrpt quarantine and tlsrpt reprocess: messages tried again, reports read anew."""
import glob
import gzip
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from tap import BIN, ENVIRONMENT, SANITIZED, TESTS, Tap, fast_folder  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
HOOKS = os.path.join(BIN, "tests", "tlsrpt-hooks")
DATA = os.path.join(TESTS, "data", "mail")


class Care:
    def __init__(self):
        self.tap = Tap(fast_folder())
        self.db, self.config = self.tap.path("x.db"), self.tap.path("empty.conf")

    def fresh(self):
        for path in glob.glob(self.db + "*"):
            os.unlink(path)

    def conf(self, name, text):
        path = self.tap.path(name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def deliver(self, data, config=None):
        command = self.tap.command(self.db)
        command[command.index("--config") + 1] = config or self.config
        return subprocess.run(command, input=data, env=ENVIRONMENT).returncode

    def run(self, *arguments, config=None, program=TLSRPT, fault=None):
        environment = dict(ENVIRONMENT)
        if fault:
            # A sanitizer's report of the fault must not turn it into an exit code.
            environment.update(TLSRPT_TEST_FAULT=fault, ASAN_OPTIONS="handle_segv=0:handle_abort=0:"
                               + environment.get("ASAN_OPTIONS", ""))
        return subprocess.run([program, *arguments, "--config", config or self.config, "--db",
                               self.db], capture_output=True, env=environment, timeout=120)

    def json(self, *arguments, **how):
        done = self.run(*arguments, "--format", "json", **how)
        if done.returncode or done.stderr:
            return {"code": done.returncode, "error": done.stderr.decode()}
        return json.loads(done.stdout)

    def rows(self, query, *values):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def change(self, *statements):
        db = sqlite3.connect(self.db)
        with db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def dump(self):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return list(db.iterdump())
        finally:
            db.close()

    # --- quarantine

    def check_list(self):
        ok, samples = self.tap.ok, {}
        for path in sorted(glob.glob(os.path.join(DATA, "bad", "*.eml"))):
            with open(path, "rb") as file:
                samples[len(samples) + 1] = file.read()
            self.deliver(samples[len(samples)])
        rows = self.json("quarantine")["quarantined"]
        view = self.rows("SELECT id, reason, detail, sender, subject, size FROM quarantined"
                         " ORDER BY id")
        keys = "id", "reason", "detail", "sender", "subject", "size"
        ok([tuple(row[key] for key in keys) for row in rows] == view and len(view) == len(samples),
           "list is the view", rows, view)
        ok(self.json("quarantine", "list") == self.json("quarantine"), "and the default")
        before = self.dump()
        wrong = [number for number, text in samples.items()
                 if self.run("quarantine", "show", str(number)).stdout != text]
        ok(not wrong, "show gives each message byte for byte", wrong)
        ok(self.json("quarantine", "show", "2")["quarantined"] == [rows[1]], "its row as json")
        for arguments in (["show"], ["show", "999"], ["show", "x"], ["show", "1", "2"], ["drop"],
                          ["drop", "1", "999"], ["retry", "x"], ["list", "1"], ["nonsense"],
                          ["retry", "0"], ["drop", "all", "1"], ["retry", "all", "1"]):
            done = self.run("quarantine", *arguments)
            ok(done.returncode == 2 and not done.stdout and done.stderr.count(b"\n") == 1,
               f"quarantine {' '.join(arguments)}: wrong", done.returncode, done.stderr)
        ok(self.dump() == before, "nothing of that changed anything")

        fates = self.json("quarantine", "retry")["fates"]
        ok([fate["outcome"] for fate in fates] == ["kept"] * len(samples), "retry: still bad", fates)
        ok([(fate["reason"], fate["detail"]) for fate in fates] == [row[1:3] for row in view],
           "with the same reasons", fates)
        ok(self.dump() == before, "and nothing is changed")
        fates = self.json("quarantine", "drop", "2", "1", "2")["fates"]
        ok([(fate["id"], fate["outcome"]) for fate in fates] == [
            (2, "dropped"), (1, "dropped"), (2, "gone")], "drop", fates)
        ok(self.rows("SELECT min(id) FROM quarantined") == [(3,)], "they are gone")
        fates = self.json("quarantine", "drop", "all")["fates"]
        ok(len(fates) == len(samples) - 2 and not self.rows("SELECT * FROM quarantined"), "drop all")
        done = self.run("quarantine")
        ok(done.stdout == b"No message is in quarantine.\n", "nothing there, and said so", done.stdout)
        ok(self.json("quarantine", "retry")["fates"] == [], "nothing to retry")

    def check_retry(self):
        """What another configuration kept is stored, with the time when it came."""
        ok, self_conf = self.tap.ok, self.conf("strict", "[ingest]\nown-domains=other.example\n")
        texts = []
        for path in sorted(glob.glob(os.path.join(DATA, "good", "*.eml"))):
            with open(path, "rb") as file:
                texts.append(file.read())
        self.fresh()
        for text in texts:
            self.deliver(text)
        wanted = self.rows("SELECT * FROM daily ORDER BY 1, 2, 3, 4")
        reports = self.rows("SELECT organization, report_id, auth, start_at FROM reports ORDER BY 1, 2")
        self.fresh()
        for text in texts:
            self.deliver(text, self_conf)
        ok({row for row, in self.rows("SELECT reason FROM quarantined")} == {"foreign"}
           and len(self.rows("SELECT * FROM quarantined")) == len(texts), "all are kept as foreign")
        fates = self.json("quarantine", "retry", "all", config=self_conf)["fates"]
        ok({fate["outcome"] for fate in fates} == {"kept"} and not self.rows("SELECT * FROM reports"),
           "a retry without a change stores nothing", fates)
        self.change("UPDATE quarantined_row SET received_at = 1800000000 + id")
        self.deliver(texts[0])
        fates = self.json("quarantine", "retry")["fates"]
        ok([fate["outcome"] for fate in fates] == ["duplicate"] + ["stored"] * (len(texts) - 1),
           "retry stores what is new", fates)
        ok(sum(fate["stored"] + fate["duplicates"] for fate in fates) == len(reports), "all of it")
        ok(not self.rows("SELECT * FROM quarantined"), "and takes it out")
        ok(self.rows("SELECT organization, report_id, auth, start_at FROM reports ORDER BY 1, 2")
           == reports and self.rows("SELECT * FROM daily ORDER BY 1, 2, 3, 4") == wanted,
           "as if it had been delivered")
        times = [at for at, in self.rows("SELECT received_at FROM reports WHERE id > 1 ORDER BY id")]
        ok(times and all(1800000001 < at <= 1800000000 + len(texts) for at in times)
           and times == sorted(times), "at the time when it came", times)
        ok(not oracle.check(self.db), "the oracle agrees", *oracle.check(self.db)[:5])

    def check_partly(self):
        """A good report beside a damaged one was stored at once; the message is still kept."""
        ok = self.tap.ok
        with open(os.path.join(DATA, "good", "google-2026-11-14-certificate-expired.eml"), "rb") as file:
            head, _, rest = file.read().partition(b"\n\n")
        self.fresh()
        report = b'{"organization-name":"x","report-id":"%d","policies":[{"policy":{"policy-type":"sts",'\
                 b'"policy-domain":"example.com"},"summary":{"total-successful-session-count":1}}]}'
        part = b"--b\nContent-Type: application/tlsrpt+json\n\n"
        text = (b"From: tls@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                + part + report % 1 + b"\n" + part + b"{broken\n" + part + report % 2 + b"\n--b--\n")
        self.deliver(text)
        fates = self.json("quarantine", "retry")["fates"]
        ok([(fate["outcome"], fate["stored"], fate["duplicates"], fate["reason"]) for fate in fates]
           == [("kept", 0, 2, "not-json")], "a damaged part: the rest is stored before, it stays", fates)

    def check_poison(self):
        """What a message does to its parser it does to a child of this program."""
        ok = self.tap.ok
        self.fresh()
        with open(os.path.join(DATA, "good", "google-2026-11-14-certificate-expired.eml"), "rb") as file:
            text = file.read()
        self.deliver(text, self.conf("strict", "[ingest]\nown-domains=other.example\n"))
        short = self.conf("short", "[ingest]\ndeadline=2s\n")
        faults = [("segv", "crashed"), ("abort", "crashed"), ("sleep", "too-costly"),
                  ("spin", "too-costly")]
        faults += [] if SANITIZED else [("memory", "too-costly")]
        for fault, reason in faults:
            fates = self.json("quarantine", "retry", config=short, program=HOOKS,
                              fault=f"parsing:{fault}").get("fates")
            kept = self.rows("SELECT reason, sender, size FROM quarantined")
            ok(fates and fates[0]["outcome"] == "kept" and fates[0]["reason"] == reason
               and kept == [(reason, "noreply-smtp-tls-reporting@google.com", len(text))],
               f"{fault}: kept as {reason}, nothing is lost", fates, kept)
            ok(self.run("quarantine", "show", "1").stdout == text, f"{fault}: whole")
        for fault in "kill", "exit":
            before = self.dump()
            done = self.run("quarantine", "retry", program=HOOKS, fault=f"parsing:{fault}")
            ok(done.returncode == 1 and self.dump() == before,
               f"{fault}: not the message's doing, all is as before", done.returncode, done.stderr)
        fates = self.json("quarantine", "retry")["fates"]
        ok(fates[0]["outcome"] == "stored", "and without the fault it is stored", fates)

    # --- reprocess

    def check_reprocess(self):
        ok = self.tap.ok
        self.fresh()
        for path in sorted(glob.glob(os.path.join(DATA, "*", "*.eml"))):
            with open(path, "rb") as file:
                self.deliver(file.read())
        self.change("INSERT INTO note (incident, kind, author, at, text)"
                    " VALUES (1, 'note', 'me', 5, 'seen')")
        before = self.dump()
        for arguments in [], ["1"], ["--since", "2026-11-14"], ["--domain", "example.com"]:
            answer = self.json("reprocess", *arguments)
            ok(answer["run"][0]["reports"] > 0 and not answer["changed"] and self.dump() == before,
               f"reprocess {' '.join(arguments)}: nothing differs", answer)
        ok(self.json("reprocess", "--since", "2030-01-01", "--until", "2030-01-02")["run"][0]["reports"]
           == 0, "nothing in that time")
        for arguments in ["999"], ["no such id"]:
            ok(self.run("reprocess", *arguments).returncode == 2, f"reprocess {arguments}: wrong")

        # As an older version might have read it: no failures, another organization, no findings.
        reports = self.rows("SELECT id, organization, report_id, start_at, findings FROM reports")
        views = {view: self.rows(f"SELECT * FROM {view} ORDER BY 1, 2, 3, 4")
                 for view in ("daily", "daily_total", "policy_seen", "findings", "notes")}
        self.change("DELETE FROM finding WHERE report = 7",
                    "UPDATE policy SET successful_sessions = successful_sessions + 5 WHERE report = 4",
                    "UPDATE daily_row SET successful_sessions = successful_sessions + 5 WHERE"
                    " (day, policy_domain, policy_type, reporter) = (SELECT report.day,"
                    " policy.policy_domain, policy.policy_type, sender.reporter FROM policy"
                    " JOIN report ON report.id = policy.report JOIN sender ON sender.id = report.sender"
                    " WHERE report.id = 4)",
                    "UPDATE daily_total_row SET sessions = sessions + 5 WHERE"
                    " (day, policy_domain, reporter) = (SELECT report.day,"
                    " policy.policy_domain, sender.reporter FROM policy"
                    " JOIN report ON report.id = policy.report JOIN sender ON sender.id = report.sender"
                    " WHERE report.id = 4)")
        changed = self.dump()
        answer = self.json("reprocess", "--dry-run")
        ok([row["id"] for row in answer["changed"]] == [4, 7] and self.dump() == changed,
           "--dry-run says what would change, and changes nothing", answer)
        ok([row["id"] for row in self.json("reprocess", "7")["changed"]] == [7], "one report")
        ok([row["id"] for row in self.json("reprocess")["changed"]] == [4], "and then the other")
        ok(self.rows("SELECT id, organization, report_id, start_at, findings FROM reports") == reports
           and all(self.rows(f"SELECT * FROM {view} ORDER BY 1, 2, 3, 4") == rows
                   for view, rows in views.items()), "all is as a delivery makes it")
        memory = oracle.Memory()
        memory.renumbered = True
        ok(not oracle.check(self.db, memory), "the oracle agrees", *oracle.check(self.db, memory)[:5])
        ok(not self.json("reprocess")["changed"], "and a second time changes nothing")

    def check_unreadable(self):
        """What cannot be read any more stays as it is; what was pruned is passed over."""
        ok = self.tap.ok
        db = sqlite3.connect(self.db)
        with db:
            db.execute("UPDATE raw SET content = ? WHERE report = 3", (gzip.compress(b"{oops"),))
        db.close()
        before = self.dump()
        answer = self.json("reprocess")
        ok([(row["id"], row["reason"]) for row in answer["unreadable"]] == [(3, "not-json")]
           and not answer["changed"] and self.dump() == before, "unreadable: as it was", answer)
        done = self.run("reprocess", "3")
        ok(done.returncode == 0 and b"not-json" in done.stdout, "and said", done.stdout)
        self.run("prune", "--now", "1794700800", "--keep", "3d")
        pruned = [number for number, in self.rows("SELECT id FROM reports WHERE pruned")]
        answer = self.json("reprocess")
        ok(pruned and answer["run"][0]["reports"] == len(
            self.rows("SELECT * FROM reports WHERE NOT pruned")), "pruned reports are passed over", answer)
        done = self.run("reprocess", str(pruned[0]))
        ok(done.returncode == 2 and b"pruned" in done.stderr, "asked for, that is said", done.stderr)

    def check_poisoned_report(self):
        """A report that crashes the parser is named as unreadable, and the next one is read."""
        ok = self.tap.ok
        before = self.dump()
        reports = self.json("reprocess")["run"][0]["reports"]
        short = self.conf("short", "[ingest]\ndeadline=2s\n")
        faults = [("segv", "crashed"), ("abort", "crashed"), ("sleep", "too-costly")]
        faults += [] if SANITIZED else [("memory", "too-costly")]
        for fault, reason in faults:
            answer = self.json("reprocess", config=short, program=HOOKS, fault=f"report#5:{fault}")
            ok([(row["id"], row["reason"]) for row in answer.get("unreadable", [])] == [(5, reason)]
               and answer["run"][0]["reports"] == reports and self.dump() == before,
               f"reprocess: {fault}: report 5 is {reason}, and the run goes on", answer)
        for fault in "kill", "exit":
            done = self.run("reprocess", program=HOOKS, fault=f"report#5:{fault}")
            ok(done.returncode == 1 and done.stderr and self.dump() == before,
               f"reprocess: {fault}: not the report's doing, so the run ends", done.returncode, done.stderr)

    def check_poisoned_message(self):
        """A message that crashes the parser ends show with an error, and not with a signal."""
        ok = self.tap.ok
        name = os.path.join(DATA, "good", "google-2026-11-14-certificate-expired.eml")
        short = self.conf("short", "[ingest]\ndeadline=2s\n")
        faults = {"segv": b"the parser crashed (signal 11)", "abort": b"the parser crashed (signal 6)",
                  "sleep": b"parsing takes more time than it may take", "kill": b"the work was killed",
                  "exit": b"the work ended in an unknown way"}
        if not SANITIZED:
            faults["memory"] = b"parsing needs more memory than it may take"
        for fault, text in faults.items():
            done = self.run("show", name, program=HOOKS, config=short, fault=f"parsing:{fault}")
            ok((done.returncode, done.stdout, done.stderr) == (1, b"", b"tlsrpt: " + text + b"\n"),
               f"show: {fault}: an error", done.returncode, done.stdout[:100], done.stderr)
        with open(name, "rb") as file:
            text = file.read()
        got = subprocess.run([TLSRPT, "show", "-", "--config", self.config], input=text,
                             capture_output=True, env=ENVIRONMENT)
        ok(got.returncode == 0 and got.stdout == self.run("show", name).stdout,
           "show: and without the fault it is shown", got.returncode, got.stderr)

    def check_partly_pruned(self):
        """A changed report of a day of which another one was pruned: the sums are right."""
        ok = self.tap.ok
        report = '{"organization-name":"x","report-id":"%d","date-range":{"start-datetime":"%s",'\
                 '"end-datetime":"2026-11-01T23:59:59Z"},"contact-info":"a@x.example","policies":[{'\
                 '"policy":{"policy-type":"sts","policy-domain":"%s"},"summary":{'\
                 '"total-successful-session-count":%d,"total-failure-session-count":%d},'\
                 '"failure-details":[{"result-type":"certificate-expired",'\
                 '"receiving-mx-hostname":"mx.%s","failed-session-count":%d}]}]}'

        def one(number, domain, successful, failed):
            return (report % (number, "2026-11-01T00:00:00Z", domain, successful, failed, domain,
                              failed)).encode()

        self.fresh()
        self.deliver(one(1, "a.example", 100, 10))
        self.deliver(one(2, "b.example", 7, 2**53))
        self.run("prune", "--now", "1794700800", "--keep", "1d")
        self.deliver(one(3, "a.example", 50, 5))
        self.deliver(one(4, "b.example", 50, 5))
        db = sqlite3.connect(self.db)
        with db:
            for number, text in ((3, one(3, "a.example", 51, 7)), (4, one(4, "c.example", 50, 5))):
                db.execute("UPDATE raw SET content = ?, is_gzip = 1 WHERE report = ?",
                           (gzip.compress(text), number))
        db.close()
        answer = self.json("reprocess")
        ok([row["id"] for row in answer["changed"]] == [3, 4], "two changed", answer)
        wanted = [("a.example", 2, 151, 17), ("b.example", 1, 7, 2**53), ("c.example", 1, 50, 5)]
        got = self.rows("SELECT policy_domain, reports, successful_sessions, failed_sessions"
                        " FROM daily ORDER BY 1")
        ok(got == wanted, "what was pruned still counts, what was saturated stays it", got)
        got = self.rows("SELECT policy_domain, reports, days, failed_sessions FROM incidents ORDER BY 1")
        ok(got == [("a.example", 2, 1, 17), ("b.example", 1, 1, 2**53), ("c.example", 1, 1, 5)],
           "likewise the incidents", got)


def main():
    care = Care()
    care.check_list()
    care.check_retry()
    care.check_partly()
    care.check_poison()
    care.check_reprocess()
    care.check_poisoned_report()
    care.check_poisoned_message()
    care.check_unreadable()
    care.check_partly_pruned()
    care.tap.finish()


if __name__ == "__main__":
    main()
