#!/usr/bin/env python3
"""Names in comments that do not exist: names.py SOURCE-TREE [OUTSIDE-NAMES].

A comment of src/ or include/ that speaks of a function(), a snake_case or UPPER_CASE name, a file.c or
an --option shall speak of one that there is: in the code or the SQL of the tree, or in OUTSIDE-NAMES,
a file with a name a line, and what it belongs to.  Prints "FILE:LINE: NAME" for each that is not, and
a line for each outside name that no comment needs any more."""

import os
import re
import sys

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAMES = re.compile(r"""(?<![\w.@/<-])(?:
      (?P<file>[\w/-]+\.[ch])\b
    | (?P<option>--[a-z][a-z-]*[a-z])\b
    | (?P<function>[A-Za-z_]\w*)(?=\(\))
    | (?P<name>[A-Za-z]\w*_\w*[A-Za-z0-9])\b(?![.-]\w)
    | (?P<type>(?:[A-Z][a-z0-9]+){2,})\b
    )""", re.X)


def files(tree, *folders):
    for folder in folders:
        for path, _, names in os.walk(os.path.join(tree, folder)):
            for name in names:
                yield os.path.join(path, name)


def read(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read()


def comments(text):
    """Each comment with the number of its first line."""
    for found in COMMENT.finditer(text):
        if found[0][0] == "/":
            yield text.count("\n", 0, found.start()) + 1, found[0]


def without_comments(text):
    return COMMENT.sub(lambda found: " " if found[0][0] == "/" else found[0], text)


def known(tree):
    """All words of the code, strings included, and all names of files, included ones too."""
    words = set()
    paths = {os.path.relpath(name, tree) for name in files(tree, "tests")}
    for name in files(tree, "src", "include"):
        paths.add(os.path.relpath(name, tree))
        if name.endswith((".c", ".h")):
            code = without_comments(read(name))
            words.update(WORD.findall(code))
            paths.update(re.findall(r"^#include <(.*)>", code, re.M))
    # Of a constant the first words may be left out, where they are those of its kind.
    words.update(word.split("_", parts)[parts] for word in list(words) if word.isupper()
                 for parts in range(1, word.count("_")))
    return words, paths


def options(tree):
    """The long options of the manuals, which a test compares with the programs."""
    found = set()
    for name in files(tree, "src"):
        if re.search(r"\.[0-9]$", name):
            found.update("--" + one for one in re.findall(r"-(?:\\-|-)?([a-z][a-z-]*[a-z])", read(name)))
    return found


def exists(found, words, paths, all_options):
    if found["file"]:
        return any(path == found["file"] or path.endswith("/" + found["file"]) for path in paths)
    if found["option"]:
        return found["option"] in all_options
    return found[0] in words


def outside(name):
    lines = read(name).splitlines() if name else []
    return {line.split()[0] for line in lines if line and line[0] != "#"}


def main(tree, outside_names=None):
    words, paths = known(tree)
    all_options = options(tree)
    allowed, needed = outside(outside_names), set()
    for name in sorted(files(tree, "src", "include")):
        if not name.endswith((".c", ".h")):
            continue
        for line, comment in comments(read(name)):
            for found in NAMES.finditer(comment):
                if exists(found, words, paths, all_options):
                    continue
                if found[0] in allowed:
                    needed.add(found[0])
                    continue
                at = line + comment.count("\n", 0, found.start())
                print(f"{os.path.relpath(name, tree)}:{at}: {found[0]}")
    for name in sorted(allowed - needed):
        print(f"{os.path.basename(outside_names)}: {name} is in no comment, or exists")


main(*sys.argv[1:])
