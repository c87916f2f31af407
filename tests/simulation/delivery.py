"""Takes messages to tlsrpt-ingest as if it were another day."""
import contextlib
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, SANITIZED, TESTS, Tap, fast_folder, skip  # noqa: E402,F401
from senders import time_text  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")


def clock_library():
    """That of libfaketime; the command faketime does the same, and starts a process more.  The
    child that does the work inherits it with the environment."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + \
        glob.glob("/usr/lib/faketime/libfaketime.so.1")
    return found[0] if found else None


class Delivery:
    """A store, and the clock that its deliveries go by."""

    def __init__(self, tap, name="story.db", settings=None):
        self.tap, self.db, self.config = tap, tap.path(name), tap.path("empty.conf")
        if settings is not None:
            self.config = tap.path(name + ".conf")
            with open(self.config, "w") as file:
                file.write(settings)
        self.library = clock_library()
        if self.library is None:
            skip("libfaketime is not installed")
        if SANITIZED:
            skip("the sanitizer and libfaketime both want to be loaded first")

    def deliver(self, message, at):
        """The filter's exit code is 0, or the test ends."""
        done = self.run(self.tap.command(self.db), at, message)
        if done.returncode != 0:
            sys.exit(f"tlsrpt-ingest ended with {done.returncode}: {done.stderr!r}")

    def run(self, command, at, message=None):
        """A program at another time.  The library makes two files for each process that it is loaded into, and the
        filter, which confines itself, cannot remove them: it is done here, by the number of the process."""
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.clock(at)) as process:
            try:
                output, errors = process.communicate(message, timeout=300)
            except BaseException:
                process.kill()
                raise
            finally:
                for name in (f"faketime_shm_{process.pid}", f"sem.faketime_sem_{process.pid}"):
                    with contextlib.suppress(FileNotFoundError):
                        os.remove(os.path.join("/dev/shm", name))
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def clock(self, at):
        """The environment of a program at another time."""
        return {**ENVIRONMENT, "LD_PRELOAD": self.library,
                "FAKETIME": "@" + time_text(at).replace("T", " ")[:-1],
                # Waiting goes by the real clock, and so do the times of files.
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def deliver_all(self, messages, now):
        """In bulk: each counts as received when it was sent, and none later than now."""
        box = self.tap.path("mbox")
        with open(box, "wb") as file:
            file.writelines(b"From bounces@example.com Thu Jan  1 00:00:00 2026\n" + message + b"\n"
                            for message in messages)
        done = self.run([*self.tap.command(self.db, "--config", self.config), box], now)
        if done.returncode != 0:
            sys.exit(f"tlsrpt-ingest ended with {done.returncode}: {done.stderr!r}")

    def problems(self, day, believe="all"):
        """All that the program knows of the problems of a day, as rows of text."""
        done = subprocess.run([os.path.join(BIN, "tests", "print-problems"), self.db, str(day),
                               believe], capture_output=True, env=ENVIRONMENT, timeout=60)
        if done.returncode != 0:
            sys.exit(f"print-problems ended with {done.returncode}: {done.stderr!r}")
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def ask(self, verb, now, *arguments):
        """A verb of tlsrpt at another time: exit code, output, errors."""
        done = subprocess.run(
            [TLSRPT, verb, "--config", self.config, "--db", self.db,
             "--now", str(now), *arguments],
            capture_output=True, env=ENVIRONMENT, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def json(self, verb, now, *arguments):
        """Its answer, beside the exit code."""
        code, output, errors = self.ask(verb, now, *arguments, "--format", "json")
        try:
            return code, json.loads(output)
        except ValueError:
            sys.exit(f"{verb} ended with {code}, and says {output!r} {errors!r}")
