"""mutt and neomutt with contrib/mutt/muttrc, by pressing its keys on a terminal.  TAP; in the
environment: BIN (the programs), TESTS (this folder's parent), SOURCE."""
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import sys
import tempfile
import termios
import time

BIN, TESTS, SOURCE = (os.environ[name] for name in ("BIN", "TESTS", "SOURCE"))
GOOD = [TESTS + "/data/mail/good/" + name for name in (
    "google-2026-11-14-certificate-expired.eml", "microsoft-2026-10-12-success.eml",
    "mox-2026-11-16-mixed.eml")]
number = failed = 0


def ok(good, name, shown=b""):
    global number, failed
    number += 1
    print(f"{'' if good else 'not '}ok {number} - {name}", flush=True)
    if not good:
        failed += 1
        text = re.sub(rb"\x1b[^a-zA-Z]*[a-zA-Z]", b" ", shown).decode(errors="replace")
        print("#", re.sub(r"\s+", " ", text)[-600:])


class Terminal:
    """A program on a terminal; what it shows is read until a text appears."""

    def __init__(self, argv, environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # A terminal without a size is none for ncurses 6.5.
            termios.tcsetwinsize(0, (24, 80))
            os.execvpe(argv[0], argv, environment)
        self.shown = b""

    def press(self, keys, until):
        """Whether this pattern appears within ten seconds of pressing the keys."""
        os.write(self.fd, keys.encode())
        shown, end = b"", time.monotonic() + 10
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.fd, 65536)
                except OSError:
                    break
            if re.search(until, shown):
                break
        self.shown = shown
        return re.search(until, shown) is not None

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def count(store):
    if not os.path.exists(store):
        return 0
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return db.execute("SELECT count(*) FROM reports").fetchone()[0]
    finally:
        db.close()


def try_it(program, folder):
    store = folder + "/test.db"
    open(folder + "/empty.conf", "w").close()
    command = f"{BIN}/tlsrpt-ingest -c {folder}/empty.conf --db {store}"
    with open(SOURCE + "/contrib/mutt/muttrc") as f:
        snippet = f.read().replace("/usr/bin/tlsrpt-ingest", command)
        snippet = snippet.replace("/usr/bin/tlsrpt show", f"{BIN}/tlsrpt show -c {folder}/empty.conf")
    with open(folder + "/muttrc", "w") as f:
        # The settings that the keys must not depend on, and must leave as they are.
        f.write(f"set folder={folder}\nset pipe_decode=yes pipe_split=no wait_key=yes sort=mailbox-order\n"
                + snippet)
    with open(folder + "/mbox", "wb") as mbox:
        for name in GOOD:
            with open(name, "rb") as f:
                mbox.write(b"From sender@example.com Sun Nov 15 02:00:00 2026\n"
                           + f.read().replace(b"\r\n", b"\n") + b"\n")
    environment = {"HOME": folder, "TERM": "xterm", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                   "LINES": "30", "COLUMNS": "100"}
    mutt = Terminal([program, "-n", "-R", "-F", folder + "/muttrc", "-f", folder + "/mbox"],
                    environment)
    try:
        ok(mutt.press("", b"Help"), f"{program} starts", mutt.shown)
        good = mutt.press("\033T", b"Press any key")
        ok(good and b"tlsrpt-ingest: stored" in mutt.shown and count(store) == 1,
           f"{program}: a message is stored, and that is shown", mutt.shown)
        mutt.press(" ", b"Help")
        # Longer than the screen, so it comes by the pager.
        good = mutt.press("\033S", b"Report-ID:") and mutt.press("q", b"Press any key")
        ok(good and count(store) == 1,
           f"{program}: a message is shown, and not stored", mutt.shown)
        mutt.press(" ", b"Help")
        ok(mutt.press(":set ?pipe_decode\n", rb'pipe_decode(="?yes| is set)'),
           f"{program}: the setting is as it was", mutt.shown)
        good = mutt.press("T~A\n\033A", b"Press any key")
        ok(good and count(store) == 3, f"{program}: all tagged messages, one by one", mutt.shown)
        mutt.press(" ", b"Help")
        mutt.press("v", rb"\|:Pipe")
        good = mutt.press("*\033T", b"Press any key")
        ok(good and b"organization" in mutt.shown.lower() and count(store) == 3,
           f"{program}: an attachment is shown, and not stored", mutt.shown)
    finally:
        mutt.end()


programs = [name for name in ("mutt", "neomutt") if shutil.which(name)]
if not programs:
    print("1..0 # SKIP neither mutt nor neomutt is installed")
    sys.exit(77)
for name in programs:
    with tempfile.TemporaryDirectory(prefix="tlsrpt-test.") as private:
        try_it(name, private)
print(f"1..{number}")
sys.exit(failed > 0)
