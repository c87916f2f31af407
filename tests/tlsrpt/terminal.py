#!/usr/bin/env python3
"""What a terminal sees: colours, the pager, the width.  Run on a pseudo-terminal."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, INGEST, TESTS, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
CLOCK = ["--since", "2026-10-01", "--now", "1795435200"]
MARK = "[paged] "


def columns(line):
    """Display columns, without what only sets a colour."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in COLOR.sub("", line))


class Terminal:
    def __init__(self):
        self.tap = Tap()
        self.db = self.tap.path("x.db")
        self.store = ["--config", self.tap.path("empty.conf"), "--db", self.db]
        good = os.path.join(TESTS, "data", "mail", "good")
        for name in sorted(os.listdir(good)):
            with open(os.path.join(good, name), "rb") as file:
                self.deliver(file.read())
        self.deliver(self.wide())
        self.pager = self.script("pager", f"sed 's/^/{MARK}/'")

    def deliver(self, data):
        subprocess.run(self.tap.command(self.db), input=data, check=True)

    @staticmethod
    def wide():
        """Names of two columns a character, and one as long as names can be."""
        return ('{"organization-name":"%s","date-range":{"start-datetime":"2026-11-16T00:00:00Z",'
                '"end-datetime":"2026-11-16T23:59:59Z"},"contact-info":"x@example.net","report-id":"wide",'
                '"policies":[{"policy":{"policy-type":"sts","policy-domain":"%s.example"},'
                '"summary":{"total-successful-session-count":1234567,"total-failure-session-count":9},'
                '"failure-details":[{"result-type":"certificate-host-mismatch","failed-session-count":9,'
                '"receiving-mx-hostname":"%s.example.net"}]}]}'
                % ("\u6f22\u5b57\u90f5\u4fbf" * 8, ".".join(["department"] * 9),
                   ".".join(["mail-exchanger"] * 6))).encode()

    def script(self, name, text):
        path = self.tap.path(name)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)
        return path

    def run(self, *arguments, size=80, send=None, clock=True, program=None, **environment):
        """The output on a terminal of that width, and the exit code."""
        # Nothing of ours but where programs are.
        variables = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
                     "TZ": "UTC", "PAGER": "cat", **{k: v for k, v in os.environ.items()
                                                     if k.endswith("SAN_OPTIONS")}}
        variables.update({key: value for key, value in environment.items() if value is not None})
        for key, value in environment.items():
            if value is None:
                del variables[key]
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, size, 0, 0))
            command = program or [TLSRPT, *arguments, *(CLOCK if clock else [])]
            os.execvpe(command[0], command, variables)
        output, ending = b"", time.monotonic() + 30
        while time.monotonic() < ending:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            output += data
            if send is not None and b"ready" in output:
                os.write(terminal, send)
                send = None
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        status = os.waitpid(pid, 0)[1]
        return output.decode("utf-8", "replace").replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)

    # ---

    def check_colors(self):
        ok = self.tap.ok
        for command in ("summary", "trend"):
            arguments = [command, *self.store]
            out, code = self.run(*arguments)
            ok(COLOR.search(out) and code == 0, f"{command}: colours on a terminal", code, out[:300])
            plain = subprocess.run([TLSRPT, *arguments, *CLOCK], capture_output=True, text=True,
                                   env={"LC_ALL": "C.UTF-8", "COLUMNS": "80", "TERM": "xterm-256color"})
            ok(COLOR.sub("", out) == plain.stdout, f"{command}: otherwise as in a pipe", out, plain.stdout)
            ok("\x1b" not in plain.stdout and not plain.stderr, f"{command}: no colours in a pipe")
            for name, environment in (("NO_COLOR=1", {"NO_COLOR": "1"}), ("TERM=dumb", {"TERM": "dumb"}),
                                      ("no TERM", {"TERM": None})):
                out, code = self.run(*arguments, **environment)
                ok("\x1b" not in out and code == 0 and out == plain.stdout,
                   f"{command}: no colours with {name}", code, out[:300])
            out, _ = self.run(*arguments, NO_COLOR="")
            ok(COLOR.search(out), f"{command}: an empty NO_COLOR is none")
        for form in ("json", "ndjson", "csv"):
            out, code = self.run("summary", *self.store, "--format", form)
            ok("\x1b" not in out and code == 0, f"no colours in {form}")
        out, _ = self.run("trend", *self.store, "--ascii")
        ok(COLOR.search(out) and out.isascii(), "--ascii has colours, and only ASCII")

    def check_pager(self):
        ok = self.tap.ok
        for command in ("summary", "failures", "trend", "reports", "export"):
            out, code = self.run(command, *self.store, PAGER=self.pager)
            lines = out.splitlines()
            ok(code == 0 and lines and all(line.startswith(MARK) for line in lines),
               f"{command} is paged", code, out[:300])
        out, _ = self.run("show", *self.store, "4", clock=False, PAGER=self.pager)
        ok(out.startswith(MARK), "show is paged")
        out, _ = self.run("explain", clock=False, PAGER=self.pager)
        ok(out.startswith(MARK), "explain is paged")
        out, _ = self.run("summary", *self.store, PAGER=self.pager)
        ok(COLOR.search(out), "with colours")
        for name, arguments, environment in (
                ("--no-pager", ["--no-pager"], {"PAGER": self.pager}),
                ("PAGER=cat", [], {"PAGER": "cat"}), ("an empty PAGER", [], {"PAGER": ""})):
            out, code = self.run("summary", *self.store, *arguments, **environment)
            ok(MARK not in out and "Domain" in out and code == 0, f"not with {name}", out[:300])
        for form in ("json", "ndjson", "csv"):
            out, _ = self.run("summary", *self.store, "--format", form, PAGER=self.pager)
            ok(MARK not in out and out, f"not {form}")
        done = subprocess.run([TLSRPT, "summary", *self.store, *CLOCK], capture_output=True, text=True,
                              env={"PAGER": self.pager, "TERM": "xterm"})
        ok(MARK not in done.stdout and done.stdout, "not in a pipe")
        # As git does: these, if the user has not set his own.
        show = self.script("less-is", 'echo "LESS=$LESS"; cat >/dev/null')
        ok("LESS=FRX\n" in self.run("summary", *self.store, PAGER=show)[0], "LESS is FRX")
        ok("LESS=S\n" in self.run("summary", *self.store, PAGER=show, LESS="S")[0], "if not set")
        out, _ = self.run("summary", *self.store, PAGER=f"{self.pager} | tr a-z A-Z")
        ok(MARK.upper() in out, "PAGER is a shell command")
        out, code = self.run("summary", *self.store, "--db", "/nonexistent/x.db", PAGER=self.pager)
        ok(code == 1 and MARK not in out and out.count("\n") == 1, "an error is not paged", code, out)

    def check_pager_trouble(self):
        """A pager that is not there, that leaves, and that is interrupted."""
        ok = self.tap.ok
        out, _ = self.run("summary", *self.store, PAGER="/nonexistent/pager")
        ok("Domain" in out, "a pager that is not there: printed nevertheless", out)
        # A small machine without less, and no PAGER.
        out, _ = self.run("summary", *self.store, PAGER=None, PATH=self.tap.folder)
        ok("Domain" in out and "not found" not in out, "no less, no PAGER: printed nevertheless", out)
        leave = self.script("leave", "head -1; exec 0<&-; sleep 0.3; echo left")
        out, code = self.run(
            "explain", clock=False, PAGER=leave)
        ok("left" in out and "cannot write" not in out and "Broken" not in out,
           "a pager that leaves early: no words, and it is waited for", code, out)
        # ^C is the pager's: less goes on, and so the terminal must stay its.
        stay = self.script("stay", "trap 'echo caught' INT\ncat >/dev/null\necho ready\nsleep 1 &\n"
                                   "while ! wait; do :; done\nsleep 0.5\necho ended")
        shell = ["sh", "-c", 'trap : INT; "$@"; echo "after $?"', "sh", TLSRPT, "summary", *self.store, *CLOCK]
        out, _ = self.run(program=shell, PAGER=stay, send=b"\x03")
        ok("caught" in out and out.find("ended") < out.find("after") and "ended" in out,
           "^C while it pages: it is waited for", out)

    def check_width(self):
        ok = self.tap.ok
        for command in ("summary", "failures", "trend", "reports", "export"):
            widths = {}
            for name, size, environment in (("a window of 80", 80, {}), ("a window of 120", 120, {}),
                                            ("COLUMNS=80 in a window of 120", 120, {"COLUMNS": "80"}),
                                            ("COLUMNS=120 in a window of 80", 80, {"COLUMNS": "120"}),
                                            ("no size", 0, {}),
                                            ("COLUMNS=nonsense", 80, {"COLUMNS": "nonsense"})):
                limit = int(re.sub(r"\D", "", environment.get("COLUMNS", "")) or 0) or size or 80
                out, code = self.run(command, *self.store, size=size, **environment)
                longest = max(map(columns, out.splitlines()))
                widths[limit] = longest
                ok(code == 0 and longest <= limit, f"{command}, {name}: at most {limit} columns",
                   f"{longest} columns", *(line for line in out.splitlines() if columns(line) > limit))
            done = subprocess.run([TLSRPT, command, *self.store, *CLOCK], capture_output=True, text=True,
                                  env={"LC_ALL": "C.UTF-8"})
            longest = max(map(columns, done.stdout.splitlines()))
            ok(longest <= 80, f"{command} in a pipe: at most 80 columns", longest)
        for size in (20, 40, 1000):
            out, code = self.run("summary", *self.store, size=size)
            # Where there is no room for columns there is no header.
            ok(code == 0 and "example.com" in "".join(out.split()) and ("Domain" in out) == (size > 60),
               f"a window of {size}: no harm", out)
        # Where there is room, names are whole.
        out, _ = self.run("failures", *self.store, "--domain", "example.com", size=200)
        ok("certificate-expired" in out and "mx2.example.com" in out, "names are whole in 200 columns", out)


    def check_care(self):
        """A message in quarantine is escaped there, and long work has a bar."""
        ok = self.tap.ok
        with open(os.path.join(TESTS, "data", "mail", "bad", "plain-text.eml"), "rb") as file:
            text = file.read()
        text += b"\x1b[31mred\x1b]0;title\x07\n\xe2\x80\xae\xff\x9b31m\0nul\n"
        self.deliver(text)
        out, code = self.run("quarantine", "show", "1", *self.store, clock=False)
        ok(code == 0 and "\\u{1b}[31mred\\u{1b}]0;title\\u{7}\n" in out and "\\u{202e}" in out
           and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out), "show on a terminal is escaped", out)
        lines = text.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        ok(out.split("\n")[:5] == lines[:5], "line by line", out[:300])
        for name, arguments, bar in (
                ("reprocess", ["reprocess"], r"Reading anew \[#*\.*\] \d+ of (\d+)"),
                ("retry", ["quarantine", "retry"], r"Retrying \[#*\.*\] \d+ of (\d+)"),
                ("prune", ["prune", "--keep", "1d", "--now", "1795435200"],
                 r"Pruning \[#*\.*\] \d+ of (\d+)")):
            out, code = self.run(*arguments, *self.store, clock=False)
            shown = re.findall("\r" + bar, out)
            ok(code == 0 and shown and "\r" + " " * 10 in out, f"{name}: a bar, taken away at the end", out)
            pipe = subprocess.run([TLSRPT, *arguments, *self.store], capture_output=True, text=True)
            ok(pipe.returncode == 0 and not pipe.stderr and "\r" not in pipe.stdout,
               f"{name}: none off a terminal", pipe.stderr)


def main():
    terminal = Terminal()
    terminal.check_colors()
    terminal.check_pager()
    terminal.check_pager_trouble()
    terminal.check_width()
    terminal.check_care()
    terminal.tap.finish()


if __name__ == "__main__":
    main()
