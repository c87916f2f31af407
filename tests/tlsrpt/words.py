#!/usr/bin/env python3
"""What the programs say where something is wrong, and what they do not say.

A configuration that may not be read is called just that; the password in a store's URI is in no
output of any command; a note whose commit could not be made durable is there once after a retry.
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, SANITIZED, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
NOBODY = 65534
REPORT = b'''{"organization-name":"O","report-id":"r","date-range":
{"start-datetime":"2026-11-01T00:00:00Z","end-datetime":"2026-11-01T23:59:59Z"},"policies":[{"policy":
{"policy-type":"sts","policy-domain":"a.test"},"summary":{"total-successful-session-count":1,
"total-failure-session-count":1},"failure-details":[{"result-type":"certificate-expired",
"failed-session-count":1}]}]}'''
# Fails the next call for a journal that is told by the file, and takes that away.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
fails(int descriptor)
{
	char link[64], path[4096];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	const ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length < 4 || memcmp(path + length - 4, "-wal", 4) != 0)
		return 0;
	return getenv("SHIM_ONCE") != NULL && unlink(getenv("SHIM_ONCE")) == 0;
}

#define FAILING(name) \
	int name(int descriptor) \
	{ \
		int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); \
		if (fails(descriptor)) { \
			errno = EIO; \
			return -1; \
		} \
		return next(descriptor); \
	}
FAILING(fsync)
FAILING(fdatasync)
"""


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
        """By one who may not read it, which root may."""
        if os.geteuid() != 0:
            self.tap.ok(True, "a configuration that may not be read # SKIP not root")
            return
        os.chmod(self.tap.folder, 0o755)
        path = self.tap.path("secret.conf")
        with open(path, "w"):
            pass
        os.chmod(path, 0o600)
        # Where nobody may go, the programs are not either.
        with tempfile.TemporaryDirectory(prefix="tlsrpt-test.") as folder:
            os.chmod(folder, 0o755)
            for program in ("tlsrpt", "tlsrpt-ingest"):
                copy = shutil.copy(os.path.join(BIN, program), folder)
                arguments = ["status"] if program == "tlsrpt" else ["--log", "stderr"]
                code, _, err = run(copy, *arguments, "--config", path, "--db", self.db,
                                   user=NOBODY, group=NOBODY, extra_groups=[])
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

    def notes(self):
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute("SELECT kind, text FROM note ORDER BY id").fetchall()
        finally:
            connection.close()

    def check_note(self):
        if SANITIZED or shutil.which("cc") is None:
            self.tap.ok(True, "a note whose fsync() failed # SKIP no shim here")
            return
        shim = self.tap.path("shim.so")
        with open(self.tap.path("shim.c"), "w") as file:
            file.write(SHIM)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, self.tap.path("shim.c"), "-ldl"],
                       check=True)
        done = subprocess.run(self.tap.command(self.db), input=REPORT, env=ENVIRONMENT)
        self.tap.ok(done.returncode == 0, "a report is stored")
        expected = []
        for kind, text in (("note", "a certificate"), ("resolve", "renewed"), ("reopen", ""),
                           ("resolve", ""), ("note", "a certificate")):
            once = self.tap.path("once")
            with open(once, "w"):
                pass
            command = [TLSRPT, kind, *self.store, "1", *([text] if text else []), "--author", "me"]
            code, out, err = run(*command, environment={"LD_PRELOAD": shim, "SHIM_ONCE": once})
            self.tap.ok(code != 0 and not os.path.exists(once), f"{kind}: a failed fsync() is told",
                        code, out, err)
            left = len(self.notes())
            # As often as the operator likes.
            codes = [run(*command) for _ in range(2)]
            expected.append((kind, text))
            self.tap.ok(all(code == 0 for code, _, _ in codes) and self.notes() == expected,
                        f"{kind}: there once after a retry, was there {left - len(expected) + 1}"
                        " times before it", codes, self.notes())
        # What is not a retry: another author, another text, something in between, a later time.
        for more in (["note", "1", "b", "--author", "me"], ["note", "1", "b", "--author", "you"],
                     ["note", "1", "b", "--author", "me"],
                     ["note", "1", "b", "--author", "me", "--now", "4000000000"]):
            code, out, err = run(TLSRPT, more[0], *self.store, *more[1:])
            expected.append(("note", "b"))
            self.tap.ok(code == 0 and self.notes() == expected, "another note is one more",
                        more, code, out, err, self.notes())

    def main(self):
        self.check_configuration()
        self.check_secret()
        self.check_note()
        self.tap.finish()


if __name__ == "__main__":
    Words().main()
