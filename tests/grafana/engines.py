"""Asks what a panel asks, as Grafana would: with its variables and macros expanded, and with permission to read only."""
import datetime
import glob
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

NOBODY = 65534


def literal(value):
    """A value in SQL, as Grafana's format sqlstring has it."""
    return "'" + value.replace("'", "''") + "'"


def expand(text, first, last, chosen):
    """first and last are seconds; chosen has the values of each variable, or None for all."""
    for name, values in chosen.items():
        text = text.replace(f"${{{name}:sqlstring}}", "''" if values is None else ",".join(map(literal, values)))
    for name, value in (("$__from", first * 1000), ("$__to", last * 1000), ("$__unixEpochFrom()", first),
                        ("$__unixEpochTo()", last)):
        text = text.replace(name, str(value))
    assert "$" not in text, text
    return text


class Sqlite:
    name = "sqlite"

    def __init__(self, db):
        self.connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=5)
        self.connection.row_factory = sqlite3.Row

    def ask(self, text):
        return [dict(row) for row in self.connection.execute(text)]

    @staticmethod
    def seconds(value):
        return value if isinstance(value, int) else None

    def close(self):
        self.connection.close()


class Postgresql:
    """A server of one's own on a socket, with the rows of a store in SQLite."""
    name = "postgresql"

    def __init__(self, folder, ddl, db):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.bin, self.folder = found[-1], folder
        os.makedirs(folder)
        self.who = {}
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            self.who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.run("initdb", "-D", "data", "-A", "trust", "-U", "owner", "-E", "UTF8", "--locale=C", "--no-sync")
        with open(os.path.join(folder, "log"), "w") as log:
            self.server = subprocess.Popen(
                [os.path.join(self.bin, "postgres"), "-D", os.path.join(folder, "data"), "-k", folder, "-c", "listen_addresses=",
                 "-c", "fsync=off"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **self.who)
        try:
            self.wait()
            self.fill(ddl, db)
        except BaseException:
            self.close()
            raise

    def run(self, program, *arguments):
        subprocess.run([os.path.join(self.bin, program), *arguments], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, **self.who)

    def wait(self):
        for _ in range(300):
            done = subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder])
            if done.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start")

    def psql(self, user, text):
        # Whoever looks lives elsewhere: days must not depend on that.
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", user, "-d", "postgres", "-v",
                               "ON_ERROR_STOP=1"], input=text, capture_output=True, encoding="utf-8",
                              env=dict(os.environ, PGTZ="Pacific/Auckland", PGOPTIONS="-c client_min_messages=warning"))

    def must(self, user, text):
        done = self.psql(user, text)
        if done.returncode:
            raise RuntimeError(done.stderr[:2000])
        return done.stdout

    @staticmethod
    def value(value):
        if value is None:
            return "NULL"
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'"
        return literal(value) if isinstance(value, str) else repr(value)

    def fill(self, ddl, db):
        """The same tables are there in both engines; a reader may only ask the views."""
        lines = [ddl, "SET session_replication_role = replica;"]
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                               " AND name NOT LIKE 'sqlite_%'").fetchall():
                rows = connection.execute(f"SELECT * FROM {table}")
                columns = ", ".join(column[0] for column in rows.description)
                lines.append(f"DELETE FROM {table};")
                lines += [f"INSERT INTO {table} ({columns}) VALUES ({', '.join(map(self.value, row))});" for row in rows]
            views = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema"
                                                           " WHERE type = 'view' AND name NOT LIKE '%_names'")]
        connection.close()
        lines.append("CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on;")
        lines.append(f"GRANT SELECT ON {', '.join(views)} TO reader;")
        self.must("owner", "BEGIN;" + "\n".join(lines) + "COMMIT;")

    def ask(self, text):
        out = self.must("reader", f"SELECT coalesce(json_agg(row_to_json(answer)), '[]') FROM ({text}) AS answer;")
        return json.loads(out)

    @staticmethod
    def seconds(value):
        """row_to_json() prints a time with its zone; Grafana takes no text for one."""
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", value or ""):
            return None
        return int(datetime.datetime.fromisoformat(value).timestamp())

    def close(self):
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()
