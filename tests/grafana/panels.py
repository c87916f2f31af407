#!/usr/bin/env python3
"""Each panel of contrib/grafana is asked for, in SQLite and in PostgreSQL: it answers with the columns that it should have,
reads views alone, and says what tlsrpt says.

No Grafana is here that could show them; grafana/types has their other keys.
"""
import collections
import json
import os
import re
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
import engines  # noqa: E402
import fleet_store  # noqa: E402
from tap import BIN, ENVIRONMENT, TESTS, Tap  # noqa: E402

BOARDS = os.path.join(HERE, "..", "..", "contrib", "grafana")
DAY = 86400
NOW = fleet_store.NOW
TLSRPT = os.path.join(BIN, "tlsrpt")
LONG, WEEK = 60, 7  # days before today
COLUMNS = {
    "The last 7 days": "verdict holding others small known",
    "Sessions": "sessions failed_sessions failed_share",
    "Failed": "sessions failed_sessions failed_share",
    "Last report": "time",
    "Quarantine": "messages",
    "Problems": "problem mail kind domains mx first_day last_day days organizations failed_sessions state note",
    "Sessions by day": "time successful_sessions failed_sessions failed_share",
    "Failed sessions by result type": "time result_type failed_sessions",
    "Failed sessions by MX": "mx domains organizations last_day failed_sessions",
    "Who reports, and who went silent": "organization auth auth_domain last_received days_silent reports sessions failed_sessions",
    "Policies as senders saw them": "policy_domain policy_type policy first_day last_day organizations",
    "Findings": "organization code findings reports last_day",
}


def day_of(seconds):
    return fleet_store.clock(seconds // DAY, "")


def summed(rows, key, column):
    sums = collections.Counter()
    for row in rows:
        sums[row[key] if isinstance(key, str) else tuple(row[name] for name in key)] += row[column]
    return {name: value for name, value in sums.items() if value}


class Said:
    """What tlsrpt says of the same days, organizations and domains."""

    def __init__(self, store, days, *options):
        self.store, self.days, self.options = store, days, options

    def ask(self, command, *options):
        since = () if command == "status" else ("--since", day_of(NOW - self.days * DAY), *self.options)
        done = subprocess.run([TLSRPT, command, *self.store, *since, *options, "--format", "json"], capture_output=True,
                              env=ENVIRONMENT, check=True)
        return json.loads(done.stdout)


class Panels:
    def __init__(self, tap, board, engine, store):
        self.tap, self.engine, self.store = tap, engine, store
        self.panels = {panel["title"]: panel["targets"][0] for panel in board["panels"]}
        self.variables = {one["name"]: one for one in board["templating"]["list"]}
        self.auths = [option["value"] for option in self.variables["auth"]["options"]]

    def ask(self, title, days=LONG, **chosen):
        target = self.panels[title]
        # With an empty configuration tlsrpt believes everybody.
        chosen = dict({"domain": None, "organization": None, "auth": self.auths}, **chosen)
        return self.engine.ask(engines.expand(target.get("rawQueryText") or target["rawSql"], NOW - days * DAY, NOW, chosen))

    def same(self, name, found, wanted):
        self.tap.ok(found == wanted, f"{self.engine.name}, {name}", f"found: {found}", f"tlsrpt: {wanted}")

    def check_columns(self):
        for title, columns in COLUMNS.items():
            rows = self.ask(title)
            self.tap.ok(rows and list(rows[0]) == columns.split(), f"{self.engine.name}, {title}: {columns}", rows[:1])
        self.same("panels", sorted(self.panels), sorted(COLUMNS))
        for title in ("Sessions by day", "Failed sessions by result type", "Last report"):
            times = [self.engine.seconds(row["time"]) for row in self.ask(title)]
            self.tap.ok(times == sorted(times) and all(at % DAY == 0 for at in times),
                        f"{self.engine.name}, {title}: times are midnights in UTC, in order", times)

    def by_day(self, title, column, **chosen):
        rows = [dict(row, day=day_of(self.engine.seconds(row["time"]))) for row in self.ask(title, **chosen)]
        return summed(rows, "day", column)

    def check_sums(self, said, **chosen):
        days = said.ask("trend")["days"]
        whole = {key: sum(row[key] for row in days) for key in ("sessions", "failed_sessions")}
        row = self.ask("Sessions", **chosen)[0]
        name = str(chosen or "all")
        self.same(f"{name}: sums", {key: row[key] for key in whole}, whole)
        share = whole["failed_sessions"] / whole["sessions"]
        self.tap.ok(abs(row["failed_share"] - share) < 1e-9, f"{self.engine.name}, {name}: share", row, share)
        self.same(f"{name}: failed sessions by day", self.by_day("Sessions by day", "failed_sessions", **chosen),
                  summed(days, "day", "failed_sessions"))
        shares = {day_of(self.engine.seconds(row["time"])): round(row["failed_share"], 6)
                  for row in self.ask("Sessions by day", **chosen)}
        self.same(f"{name}: share by day", shares, {row["day"]: row["failed_share"] for row in days})
        incidents = said.ask("failures")["incidents"]
        for title, key, other in (("Failed sessions by result type", "result_type", "result_type"),
                                  ("Failed sessions by MX", "mx", "receiving_mx_hostname")):
            found = summed(self.ask(title, **chosen), key, "failed_sessions")
            wanted = summed(incidents, other, "failed_sessions")
            self.same(f"{name}: {title}", {None if key == "(not said)" else key: value for key, value in found.items()}, wanted)

    def check_views(self, views):
        """PostgreSQL lets its reader ask nothing else; here the text shows it, also of the variables."""
        for title, text in [(title, target.get("rawQueryText") or target["rawSql"]) for title, target in self.panels.items()] \
                + [(name, one["query"]) for name, one in self.variables.items() if one["type"] == "query"]:
            named = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", text))
            own = set(re.findall(r"\b([a-z]+) AS \(\n", text))
            self.tap.ok(named and named - own <= views, f"{self.engine.name}, {title}: only views", named - own - views)

    def check_problems(self, said, **chosen):
        wanted = {int(row["problem"]): (row["kind"], row["first_seen"], row["last_seen"], row["days"], row["failed_sessions"])
                  for row in said.ask("failures")["problems"]}
        rows = self.ask("Problems", **chosen)
        found = {row["problem"]: (row["kind"], row["first_day"], row["last_day"], row["days"], row["failed_sessions"])
                 for row in rows}
        self.same(f"{chosen or 'all'}: problems", found, wanted)
        self.same(f"{chosen or 'all'}: known problems", {row["problem"] for row in rows if row["state"] == "known"},
                  {int(row["problem"]) for row in said.ask("failures")["problems"] if row["state"] in ("resolved", "accepted")})

    def check_reports(self, said):
        reports = said.ask("reports")["reports"]
        rows = self.ask("Who reports, and who went silent")
        who = ("organization", "auth", "auth_domain")
        for column in ("sessions", "failed_sessions"):
            self.same(f"reporters: {column}", summed(rows, who, column), summed(reports, who, column))
        last = {}
        for row in reports:
            key = tuple(row[name] for name in who)
            last[key] = max(last.get(key, ""), row["received_time"][:10])
        self.same("reporters: when the last report came", {tuple(row[name] for name in who): row["last_received"] for row in rows},
                  last)
        wrong = [row for row in rows if day_of(NOW - row["days_silent"] * DAY) != row["last_received"]]
        self.same("reporters: days without a report", wrong, [])
        self.same("findings", summed(self.ask("Findings"), "organization", "findings"),
                  summed(reports, "organization", "findings"))
        status = said.ask("status")["status"][0]
        self.same("last report", [day_of(self.engine.seconds(row["time"])) for row in self.ask("Last report")],
                  [status["last_received"][:10]])
        self.same("quarantine", self.ask("Quarantine"), [{"messages": status["quarantined"]}])

    def check_policies(self, said):
        """tlsrpt has policies as one whose lines differ in their order or case."""
        def seen(rows, text, first, last):
            days = {}
            for row in rows:
                lines = row[text] and tuple(sorted(row[text].lower().replace("; ", "\n").split("\n")))
                days.setdefault((row["policy_domain"], row["policy_type"], lines), []).extend((row[first], row[last]))
            return {key: (min(both), max(both)) for key, both in days.items()}
        found = self.ask("Policies as senders saw them")
        self.same("policies", seen(found, "policy", "first_day", "last_day"),
                  seen(said.ask("policy")["policies"], "policy_text", "first_seen", "last_seen"))
        most = max(row["organizations"] for row in found)
        self.same("policies: organizations", most, max(row["organizations"] for row in said.ask("policy")["policies"]))

    def check_variables(self, said):
        for name, column, wanted in (
                ("domain", "policy_domain", [row["policy_domain"] for row in said.ask("summary")["domains"]]),
                ("organization", "organization", list({row["organization"] for row in said.ask("reports")["reports"]}))):
            rows = self.engine.ask(self.variables[name]["query"])
            self.same(f"variable {name}", [row[column] for row in rows], sorted(wanted))
        # A name is a literal, whatever is in it.
        for title in COLUMNS:
            hostile = self.ask(title, domain=["it's'); DROP VIEW reports; --"], organization=["$__from ' \\' \"", "x"])
            self.tap.ok(len(hostile) <= 1, f"{self.engine.name}, {title}: nobody has a hostile name", hostile)

    def verdict(self, days=WEEK, **chosen):
        row = self.ask("The last 7 days", **chosen)[0]
        return row["verdict"], row["holding"], row["others"], row["small"], row["known"]


def sample_store(tap):
    """What the samples say, each received on the day after its own, with a problem resolved and one accepted for good."""
    db = tap.path("sample.db")
    folder = os.path.join(TESTS, "data", "mail", "good")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as message:
            subprocess.run(tap.command(db), stdin=message, env=ENVIRONMENT, check=True)
    # Signed by nobody where somebody is trusted to say so, and what is no report at all.
    with open(tap.path("trust.conf"), "w") as config:
        config.write("[ingest]\ntrusted-authserv-ids=mx.example.com\n")
    expired = [fleet_store.failure("certificate-expired", "mx.example.net")]
    forged = fleet_store.report("Mallory", NOW // DAY - 2, [fleet_store.policy(number, expired) for number in range(50)])
    for message, config in ((json.dumps(forged).encode(), "trust.conf"),
                            (b"Subject: spam\n\nBuy!\n", "empty.conf")):
        subprocess.run([os.path.join(BIN, "tlsrpt-ingest"), "-q", "--log", "stderr", "-c", tap.path(config), "--db", db],
                       input=message, env=ENVIRONMENT, check=True)
    fleet_store.receive(db)
    with sqlite3.connect(db) as connection:
        # Nobody reports for the first time, so that all count.
        connection.execute("INSERT INTO reporter_day SELECT reporter.id, days.day, 1 FROM reporter, (SELECT 20600 AS day"
                           " UNION SELECT 20601 UNION SELECT 20602) AS days")
    connection.close()
    store = options_of(tap, db)
    for command in (("resolve", "2"), ("accept", "4"), ("note", "1", "certbot.timer was off")):
        subprocess.run([TLSRPT, *command, *store], stdout=subprocess.DEVNULL, env=ENVIRONMENT, check=True)
    return store


def fleet(tap, name):
    db = tap.path(f"{name}.db")
    fleet_store.make(name, db)
    return options_of(tap, db)


def options_of(tap, db):
    return ["--config", tap.path("empty.conf"), "--db", db, "--now", str(NOW)]


def views_of_schema_md():
    with open(os.path.join(BOARDS, "..", "schema.md"), encoding="utf-8") as file:
        return set(re.findall(r"^### `([a-z_]+)`$", file.read(), re.M))


def boards():
    for name in ("sqlite", "postgresql"):
        with open(os.path.join(BOARDS, f"tlsrpt-{name}.json"), encoding="utf-8") as file:
            yield json.load(file)


def main():
    tap = Tap()
    os.chmod(tap.folder, 0o711)  # the server is somebody else
    ddl = subprocess.run([os.path.join(BIN, "tests", "print-sql")], capture_output=True, encoding="utf-8", check=True).stdout
    ddl = ddl[:ddl.index("PREPARE ")]
    stores = (("sample", sample_store(tap), check_sample), ("fault", fleet(tap, "two-reasons"), check_fault),
              ("quiet", fleet(tap, "two-kinds"), check_quiet))
    for name, store, check in stores:
        db = store[store.index("--db") + 1]
        for number, board in enumerate(boards()):
            tap.say(f"{name}, {board['title']}")
            engine = engines.Postgresql(tap.path(f"pg-{name}"), ddl, db) if number else engines.Sqlite(db)
            try:
                check(Panels(tap, board, engine, store))
            finally:
                engine.close()
    tap.finish()


def check_sample(panels):
    panels.check_views(views_of_schema_md())
    said = Said(panels.store, LONG)
    panels.check_columns()
    panels.check_sums(said)
    panels.check_sums(Said(panels.store, LONG, "--domain", "shop.example"), domain=["shop.example"])
    panels.check_sums(Said(panels.store, LONG, "--organization", "Microsoft Corporation"), organization=["Microsoft Corporation"])
    panels.check_problems(said)
    panels.check_reports(said)
    panels.check_policies(said)
    panels.check_variables(said)
    believed = panels.variables["auth"]["current"]["value"]
    panels.same("what nobody vouches for is left out at first", panels.ask("Sessions", auth=believed)[0]["sessions"],
                sum(row["sessions"] for row in said.ask("reports")["reports"] if row["auth"] != "none"))
    panels.same("verdict", panels.verdict(auth=believed), ("Next to nothing failed (small failures: 2)", 0, 0, 2, 0))
    panels.same("verdict of all", panels.verdict(), ("Mail may be held back (problems: 1 of 1)", 1, 0, 2, 0))
    panels.same("verdict of nobody", panels.verdict(domain=["nobody.example"]),
                ("Nothing is known: no session was reported", 0, 0, 0, 0))


def check_fault(panels):
    said = Said(panels.store, LONG)
    panels.check_sums(said)
    panels.check_problems(said)
    rows = panels.ask("Problems")
    held = [row["problem"] for row in said.ask("failures")["problems"] if row["holds_mail"]]
    panels.same("what holds mail back", [str(row["problem"]) for row in rows if row["mail"] == "may be held"], held)
    panels.same("domains of a problem", [row["domains"] for row in rows], [f"d000.example and {fleet_store.DOMAINS - 1} more"])
    panels.same("verdict", panels.verdict(), ("Mail may be held back (problems: 1 of 1)", 1, 0, 0, 0))


def check_quiet(panels):
    said = Said(panels.store, LONG)
    panels.check_sums(said)
    panels.check_problems(said)
    panels.same("verdict", panels.verdict(), ("Next to nothing failed (small failures: 50)", 0, 0, 50, 0))
    panels.same("verdict of a domain without a failure", panels.verdict(domain=["d001.example"]),
                ("No session failed", 0, 0, 0, 0))


if __name__ == "__main__":
    main()
