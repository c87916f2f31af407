#!/usr/bin/env python3
"""Each fuzz target finds a defect that is planted for it, from its corpus, in minutes; else it is no target.

The defect is a change of one file, which is compiled anew and linked before the library.  In a build with TLSRPT_FUZZ.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
from tap import BIN, Tap  # noqa: E402

SOURCE = os.path.abspath(os.path.join(HERE, "..", ".."))
SECONDS = 300

# The target, the file, what is in it, and what is there instead.
PLANTED = (
    ("auth", "src/mail/auth.c", "*reader->at == '\\\\' && reader->at[1] != '\\0'", "*reader->at == '\\\\'"),
    ("dns", "src/base/dns.c", "data[at] > length - at - 1", "data[at] > length - at"),
    ("inflate", "src/mail/inflate.c", "(int64_t)(out->len + produced) > limit", "(int64_t)out->len > limit"),
    ("json", "src/report/scan.c", "(int64_t)scan->depth >= scan->limits->json_depth", "(int64_t)scan->depth > scan->limits->json_depth"),
    ("mbox", "src/mail/mbox.c", "(int64_t)size > mbox->limit", "(int64_t)size > mbox->limit + BLANK_MAX"),
    ("message", "src/mail/input.c", "return at < end && *at == ':' && at > line;", "return *at == ':' && at > line;"),
    ("render", "src/render/escape.c", "\tcase G_UNICODE_FORMAT: /* the bidirectional controls are among these */\n", ""),
    ("record", "src/record/mta_sts.c", "(length == 1 || g_ascii_isalnum(name[length - 2]))", "true"),
    ("whole", "src/report/count.c", "return count_add(MAX(shares->sts, shares->tlsa), shares->other);",
     "return MAX(MAX(shares->sts, shares->tlsa), shares->other);"),
)


class Planted:
    def __init__(self):
        self.tap = Tap()
        done = subprocess.run(["ninja", "-C", BIN, "-t", "commands", "fuzzers"], capture_output=True, encoding="utf-8", check=True)
        self.commands = [line for line in done.stdout.splitlines() if " -o " in line]

    def command(self, output):
        """The words of the command that makes this file, without what the shell is for."""
        for line in self.commands:
            words = shlex.split(re.sub(r"^: && | && :$", "", line))
            if "-o" in words and words[words.index("-o") + 1].endswith(output):
                return words
        raise LookupError(output)

    def run(self, words):
        done = subprocess.run(words, cwd=BIN, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
        self.tap.ok(done.returncode == 0, f"made: {words[words.index('-o') + 1]}", done.stderr[-2000:])
        return done.returncode == 0

    def make(self, target, path, good, bad):
        """The target with the defect; None if it cannot be made."""
        with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
            text = file.read()
        if not self.tap.ok(text.count(good) == 1, f"{path} has once: {good}", text.count(good)):
            return None
        source, made, program = (self.tap.path(f"{target}{suffix}") for suffix in (".c", ".o", ""))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text.replace(good, bad))
        own = f"fuzz_{target}.c"
        with open(os.path.join(HERE, own), encoding="utf-8") as file:
            text = file.read()
        includes = f'#include "../../{path}"' in text
        if includes:  # the target is made anew, with the defect in it
            with open(self.tap.path(own), "w", encoding="utf-8") as file:
                file.write(text.replace(f'#include "../../{path}"', f'#include "{source}"'))
            source, path = self.tap.path(own), f"tests/fuzz/{own}"
        words = self.command(os.path.basename(path) + ".o")
        words[words.index("-o") + 1] = made
        words[-1] = source
        words += ["-iquote", os.path.dirname(os.path.join(SOURCE, path))]
        link = self.command(f"fuzz-{target}")
        link[link.index("-o") + 1] = program
        place = next(i for i, word in enumerate(link) if word.endswith(f"{own}.o"))
        link[place:place + includes] = [made]
        return program if self.run(words) and self.run(link) else None

    def check(self, target, path, good, bad):
        program = self.make(target, path, good, bad)
        if program is None:
            return
        corpus = self.tap.path(f"{target}.corpus")
        shutil.copytree(os.path.join(HERE, "corpus", target), corpus)
        scratch = self.tap.path(f"{target}.scratch")
        os.mkdir(scratch)
        begin = time.monotonic()
        dictionary = os.path.join(HERE, f"{'message' if target == 'whole' else target}.dict")
        done = subprocess.run([program, f"-max_total_time={SECONDS}", "-max_len=16384", "-timeout=30", "-rss_limit_mb=2048",
                               f"-artifact_prefix={self.tap.folder}/", *([f"-dict={dictionary}"] if os.path.exists(dictionary) else []),
                               corpus], capture_output=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL,
                              env=dict(os.environ, TMPDIR=scratch))
        self.tap.ok(done.returncode != 0 and "Test unit written" in done.stderr,
                    f"{target}: the defect of {path} is found, in {time.monotonic() - begin:.1f} s", done.stderr[-1500:])


def main():
    planted = Planted()
    for defect in PLANTED:
        if len(sys.argv) < 2 or defect[0] in sys.argv[1:]:
            planted.check(*defect)
    planted.tap.finish()


main()
