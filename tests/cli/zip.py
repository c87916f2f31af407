#!/usr/bin/env python3
"""zip archives: all files in them, the caps that gzip has, and what becomes of one without the library."""
import base64
import io
import os
import resource
import sqlite3
import subprocess
import sys
import zipfile

TESTS = os.environ["TESTS"]
sys.path.insert(0, os.path.join(TESTS, "oracle"))
from tap import ENVIRONMENT, SANITIZED, Tap, fast_folder  # noqa: E402

MIB = 1024 * 1024
REPORT = """{"organization-name": "Willow Relay", "contact-info": "tls@willow.example", "report-id": "zip-%d",
"date-range": {"start-datetime": "2026-09-01T00:00:00Z", "end-datetime": "2026-09-01T23:59:59Z"},
"policies": [{"policy": {"policy-type": "no-policy-found", "policy-domain": "orchard-club.example"},
"summary": {"total-successful-session-count": 3, "total-failure-session-count": 0}}]}"""
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
void *
dlopen(const char *name, int flags)
{
	void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");

	return name != NULL && strstr(name, "minizip") != NULL ? NULL : next(name, flags);
}
"""


def archive(*files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return data.getvalue()


def bomb(count, mebibytes):
    """Files of blanks, which deflate makes a thousand times smaller."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for number in range(count):
            with made.open(f"{number}.json", "w", force_zip64=True) as entry:
                for _ in range(mebibytes):
                    entry.write(b" " * MIB)
    return data.getvalue()


def mail(data, name="willow.example!orchard-club.example!1788220800!1788307199.zip"):
    return (b"From: tls@willow.example\nTLS-Report-Domain: orchard-club.example\nMIME-Version: 1.0\n"
            b"Content-Type: application/zip; name=\"" + name.encode() + b"\"\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data))


class Result:
    """What became of one delivery to a fresh store."""

    def __init__(self, tap, number, message, environment=None):
        db = tap.path(f"{number}.db")
        process = subprocess.Popen(tap.command(db), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**ENVIRONMENT, **(environment or {})})
        self.error = process.communicate(message)[1].decode()
        self.code = process.returncode
        store = sqlite3.connect(db)
        self.reports = [name for name, in store.execute(
            "SELECT report_id FROM reports ORDER BY report_id")]
        self.kept = store.execute("SELECT reason, detail FROM quarantined").fetchall()
        store.close()

    def __repr__(self):
        return f"{self.code} {self.reports} {self.kept} {self.error}"


def main():
    tap = Tap(fast_folder())
    plain = [(f"{number}.json", REPORT % number) for number in range(3)]

    result = Result(tap, 1, mail(archive(*plain)))
    tap.ok(result.code == 0 and result.reports == ["zip-0", "zip-1", "zip-2"] and not result.kept,
           "every file is stored", result)
    result = Result(tap, 2, archive(*plain))
    tap.ok(result.reports == ["zip-0", "zip-1", "zip-2"] and not result.kept,
           "also of an archive without a message around it", result)
    result = Result(tap, 3, mail(archive(*[(f"{n:02}.json", REPORT % n) for n in range(20)])))
    tap.ok(len(result.reports) == 16 and result.kept[0][0] == "over-limit",
           "as many as a message may have, and the rest in quarantine", result)
    result = Result(tap, 4, mail(archive(*plain)[:-60]))
    tap.ok(not result.reports and result.kept[0][0] == "unread-report",
           "one that is damaged is told", result)

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for number, (count, size) in enumerate([(1, 1024), (64, 16)]):
        result = Result(tap, 5 + number, mail(bomb(count, size)))
        tap.ok(result.code == 0 and result.kept and not result.reports,
               f"{count} files of {size} MiB are kept in quarantine", result)
    result = Result(tap, 7, bomb(1, 1024))
    tap.ok(result.code == 0 and result.kept and not result.reports,
           "so is such an archive without a message around it", result)
    most = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
    tap.ok(SANITIZED or most < 256, f"which takes {most} MiB, of 256")

    with open(tap.path("shim.c"), "w") as source:
        source.write(SHIM)
    shim = tap.path("shim.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, tap.path("shim.c"), "-ldl"], check=True)
    result = Result(tap, 8, mail(archive(*plain)), {"LD_PRELOAD": shim})
    tap.ok(SANITIZED or (result.code == 0 and result.kept == [
        ("unread-report",
         "a zip archive, and libminizip.so.1 that would read it is not installed")]),
        "without the library it waits in quarantine, with the reason", result)
    result = Result(tap, 9, (REPORT % 9).encode(), {"LD_PRELOAD": shim})
    tap.ok(SANITIZED or result.reports == ["zip-9"], "and nothing else needs it", result)
    tap.finish()


if __name__ == "__main__":
    main()
