#!/usr/bin/env python3
"""What the programs say where something is wrong, and what they do not say.

A configuration that may not be read is called just that; the password in a store's URI is in no
output of any command.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
NOBODY = 65534
REPORT = b'''{"organization-name":"O","report-id":"r","date-range":
{"start-datetime":"2026-11-01T00:00:00Z","end-datetime":"2026-11-01T23:59:59Z"},"policies":[{"policy":
{"policy-type":"sts","policy-domain":"a.test"},"summary":{"total-successful-session-count":1,
"total-failure-session-count":1},"failure-details":[{"result-type":"certificate-expired",
"failed-session-count":1}]}]}'''


def run(*arguments, data=b"", environment=(), **options):
    done = subprocess.run(arguments, input=data, capture_output=True, timeout=60,
                          env={**ENVIRONMENT, **dict(environment)}, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Words:
    def __init__(self):
        self.tap = Tap()
        self.db = self.tap.path("x.db")
        self.config = self.tap.path("empty.conf")
        self.store = ["--config", self.config, "--db", self.db]

    def check_configuration(self):
        """By one who may not read it, which root may, and the owner where nobody may."""
        os.chmod(self.tap.folder, 0o755)
        path = self.tap.path("secret.conf")
        with open(path, "w"):
            pass
        is_root = os.geteuid() == 0
        os.chmod(path, 0o600 if is_root else 0)
        somebody_else = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
        # Where nobody may go, the programs are not either.
        with tempfile.TemporaryDirectory(prefix="tlsrpt-test.") as folder:
            os.chmod(folder, 0o755)
            for program in ("tlsrpt", "tlsrpt-ingest"):
                copy = shutil.copy(os.path.join(BIN, program), folder)
                arguments = ["status"] if program == "tlsrpt" else ["--log", "stderr"]
                code, _, err = run(copy, *arguments, "--config", path, "--db", self.db,
                                   **somebody_else)
                self.tap.ok(code != 0 and "Permission denied" in err and "No such file" not in err,
                            f"{program} says that the configuration may not be read", code, err)

    def check_secret(self):
        secret = "qZ7secretX"
        uris = [f"postgresql://user:{secret}@127.0.0.1:1/db?sslmode=disable",
                f"postgresql://user@127.0.0.1:1/db?password={secret}",
                f"postgresql://u:{secret}/x@127.0.0.1:1/db?sslpassword={secret}",
                f"mysql://user:{secret}@127.0.0.1/db"]
        verbs = ["summary", "failures", "trend", "reports", "show 1", "policy", "note 1", "note 1 x",
                 "resolve 1", "reopen 1", "check", "digest --format json", "export", "status",
                 "export --format prometheus", "prune", "quarantine", "quarantine show 1",
                 "quarantine retry 1", "quarantine drop 1", "reprocess"]
        report = self.tap.path("r.json")
        with open(report, "wb") as file:
            file.write(REPORT)
        for uri in uris:
            config = self.tap.path("uri.conf")
            with open(config, "w") as file:
                file.write(f"[store]\nuri={uri}\n")
            told, wrong = [], []
            commands = [[TLSRPT, *verb.split()] for verb in verbs] + [
                [INGEST, "--log", "stderr", "-v"], [INGEST, "--log", "stderr", "-v", report],
                [INGEST, "--log", "stderr", "--init"], [INGEST, "--log", "stderr", "--cgi"]]
            for command in commands:
                for where in (["--db", uri, "--config", self.config], ["--config", config]):
                    code, out, err = run(*command, *where, data=REPORT)
                    told.append(out + err)
                    if secret in out + err or (code == 0 and "--cgi" not in command):
                        wrong.append((command, code, out[:200], err[:200]))
            self.tap.ok(not wrong and all(told), f"no output has the password of {uri[:12]}",
                        *wrong[:3])

    def main(self):
        self.check_configuration()
        self.check_secret()
        self.tap.finish()


if __name__ == "__main__":
    Words().main()
