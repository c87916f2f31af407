#!/usr/bin/env python3
"""Guides that lead astray: guides.py SOURCE-TREE GUIDE...

A guide (a Markdown file, by its path in the tree) names, in backquotes or as the target of a link, what
there is:

    `src/mail/mime.c`, `tests/cli/`         a file or folder of the tree, or of the guide's own folder
    `src/mail/mime.c:mime_parse`            a function, or a table, that is defined in that file
    `cli/samples`                           a test, by its name in ctest
    `ninja -C build/release refresh-golden` a target of CMake

A name with a part in capitals (`src/tlsrpt/cmd_NAME.c`), an ellipsis or a pattern is an example, and
build/ is what a build makes; neither is looked for.  Prints "GUIDE:LINE: NAME" for each that is not there."""

import os
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUOTED = re.compile(r"`([^`\n]+)`")
CODE_LINE = re.compile(r"^    (\S.*)$")
TARGET = re.compile(r"\bninja (?:-\S+ (?:build/\S+ )?)*([a-z][a-z-]*)(?![\w/-])")
PATH = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*/?(?::\w+)?")
EXAMPLE = re.compile(r"(?<![a-z0-9.])[A-Z][A-Z-]+(?![a-zA-Z-]|\.md)|\.\.\.|\*|<|^build/|://|^/")
TOP_FOLDERS = ("src/", "include/", "tests/", "contrib/")
KNOWN_ENDINGS = (".c", ".h", ".py", ".sh", ".md", ".txt", ".tsv", ".json", ".1", ".5", ".sql", ".conf")


def read(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read()


def cmake(tree):
    names = ("CMakeLists.txt", "tests/CMakeLists.txt", "tests/fuzz/CMakeLists.txt")
    return "\n".join(read(os.path.join(tree, name)) for name in names
                     if os.path.exists(os.path.join(tree, name)))


def is_defined(text, name):
    """At the start of a line as functions are, or in a definition of a table or macro that is not indented."""
    return re.search(rf"^{name}\(|^[\w#].*\b{name}\b(?:\[.*\])* (?:=|\[)|^#define {name}\b", text, re.M) is not None


def is_test(tree, name, recipes):
    if name.startswith("unit/"):
        return os.path.exists(os.path.join(tree, "tests/unit/test_" + name[5:].replace("-", "_") + ".c"))
    if re.search(rf"(?<![\w/]){re.escape(name)}\b(?!/)", recipes):
        return True
    stem = os.path.join(tree, "tests", name.replace("-", "_"))
    return os.path.exists(stem + ".py") or os.path.exists(os.path.join(tree, "tests", name + ".sh"))


def is_there(tree, guide, name, recipes):
    path, _, member = name.partition(":")
    for base in (tree, os.path.join(tree, os.path.dirname(guide))):
        whole = os.path.normpath(os.path.join(base, path))
        if member and os.path.isfile(whole):
            return is_defined(read(whole), member)
        if not member and os.path.exists(whole):
            return True
    return not member and is_test(tree, path, recipes)


def names_in(line):
    """What a line names: (kind, name)."""
    for found in LINK.finditer(line):
        yield "link", found[1]
    code = CODE_LINE.match(line)
    for piece in [found[1] for found in QUOTED.finditer(line)] + ([code[1].partition("#")[0]] if code else []):
        for found in TARGET.finditer(piece):
            yield "target", found[1]
        for word in piece.split():
            if not PATH.fullmatch(word):
                continue
            # A command line has paths of its own, too.
            if word.startswith(TOP_FOLDERS) or not code and (
                    "/" in word or word.partition(":")[0].endswith(KNOWN_ENDINGS)):
                yield "path", word


def main(tree, *guides):
    recipes = cmake(tree)
    for guide in guides:
        for number, line in enumerate(read(os.path.join(tree, guide)).splitlines(), 1):
            for kind, name in names_in(line):
                if EXAMPLE.search(name):
                    continue
                if kind == "target":
                    good = re.search(rf"\b(?:add_custom_target|add_executable|add_library)\({name}\b", recipes)
                else:
                    good = is_there(tree, guide, name, recipes)
                if not good:
                    print(f"{guide}:{number}: {name}")


main(*sys.argv[1:])
