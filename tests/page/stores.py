"""The stores whose pages are looked at: of the samples, of seven domains in ninety days, and a hostile one."""
import glob
import os
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "oracle"), os.path.join(TESTS, "tlsrpt")]
import hostile  # noqa: E402
import page_store  # noqa: E402
from tap import BIN, INGEST  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")


def ingest(tap, db, *sources, data=None):
    subprocess.run(tap.command(db, *sources), input=data, check=True, timeout=300)


# The clock of deliveries is a real one; and nobody reports for the first time, so that all count.
SETTLE = """
UPDATE report SET received_at = start_at + 100000;
UPDATE daily_total_row SET received_after = 1;
UPDATE incident_day SET received_after = 1;
DELETE FROM reporter_day;
INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
    JOIN sender ON sender.id = sender GROUP BY 1, 2;
INSERT INTO reporter_day SELECT reporter.id, days.day, 1 FROM reporter,
    (SELECT 20600 AS day UNION SELECT 20601 UNION SELECT 20602) AS days WHERE true ON CONFLICT DO NOTHING;
"""


def settle(db, statements=""):
    connection = sqlite3.connect(db)
    connection.executescript(SETTLE + statements)
    connection.close()


def sample(tap):
    db = tap.path("sample.db")
    for path in sorted(glob.glob(os.path.join(TESTS, "data", "mail", "good", "*.eml"))):
        with open(path, "rb") as file:
            ingest(tap, db, data=file.read())
    settle(db, """
INSERT INTO note (incident, kind, author, at, text) VALUES
    (1, 'note', 'root', 1795000000, 'Renewed by hand; certbot.timer was off on mx2. It happened in 2025, too: see the ticket.'),
    (2, 'note', 'root', 1795000000, 'Web server was down'), (2, 'resolve', 'root', 1795000001, '');
""")
    return db


def seven(tap):
    db = tap.path("seven.db")
    page_store.make("story", db)
    return db


def hostile_store(tap):
    store = hostile.Hostile(tap)
    store.make()
    return store.db


def page(tap, db, path, *options):
    """Writes the page of a store."""
    subprocess.run([TLSRPT, "page", "--config", tap.path("empty.conf"), "--db", db, "--now", str(page_store.NOW),
                    "--output", path, *options], check=True, timeout=60)
    return path
