#!/usr/bin/env python3
"""A note whose commit could not be made durable: the operator is told so, and after a retry it is there
once.

A library that is loaded before the others makes fsync() fail.  The sanitizers have to be loaded first
themselves, so this is for the other builds.
"""
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import ENVIRONMENT, SANITIZED, Tap, skip  # noqa: E402
from words import REPORT, TLSRPT, run  # noqa: E402

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


class NoteSync:
    def __init__(self):
        self.tap = Tap()
        self.db = self.tap.path("x.db")
        self.store = ["--config", self.tap.path("empty.conf"), "--db", self.db]

    def notes(self):
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute("SELECT kind, text FROM note ORDER BY id").fetchall()
        finally:
            connection.close()

    def check_note(self):
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
        self.check_note()
        self.tap.finish()


if __name__ == "__main__":
    if SANITIZED:
        skip("the sanitizers have to be loaded first")
    NoteSync().main()
