"""TAP for the tests in Python, a private folder each, kept on failure."""
import os
import shutil
import sys
import tempfile

BIN, TESTS = os.environ.get("BIN", ""), os.environ.get("TESTS", "")
INGEST = os.path.join(BIN, "tlsrpt-ingest")
SANITIZED = os.environ.get("TLSRPT_SANITIZED", "0") == "1"
# What the program gets: nothing that the machine or its user has set.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
ENVIRONMENT.update((key, value) for key, value in os.environ.items() if key.endswith("SAN_OPTIONS"))


class Tap:
    def __init__(self, parent=None):
        if not os.path.exists(INGEST):
            sys.exit(f"BIN is {BIN!r}, where tlsrpt-ingest is not")
        self.n = self.failed = 0
        self.is_partial = False
        self.folder = tempfile.mkdtemp(prefix="tlsrpt-test.", dir=parent)
        with open(self.path("empty.conf"), "w"):
            pass

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, db, *options, program=INGEST):
        """The filter, with a store and no configuration."""
        return [program, "--quiet", "--log", "stderr", "--config", self.path("empty.conf"),
                "--db", db, *options]

    def ok(self, good, name, *details):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            for detail in details:
                self.say(detail)
        sys.stdout.flush()
        return good

    def skip_part(self, name, reason):
        """Leaves one check out: the whole test then counts as skipped, unless another one fails."""
        self.n += 1
        self.is_partial = True
        print(f"ok {self.n} - {name} # SKIP {reason}", flush=True)

    def say(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def finish(self, keep=False):
        print(f"1..{self.n}")
        if self.failed or keep:
            self.say(f"{self.failed} of {self.n} failed; kept: {self.folder}")
        else:
            shutil.rmtree(self.folder)
        sys.exit(1 if self.failed else 77 if self.is_partial else 0)


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(77)


def fast_folder():
    """Where a store costs no disk, which is not what is tested; unless TMPDIR says otherwise."""
    if "TMPDIR" in os.environ:
        return os.environ["TMPDIR"]
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
