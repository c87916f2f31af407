#!/usr/bin/env python3
"""How the files of src depend on each other: graph.py OBJECTS EXCEPTIONS.

OBJECTS is what compile_tree of objects.sh makes.  A file depends on another if it needs a symbol that
the other defines.  Prints a line for each circle of files, for each file that reaches into a folder
which is not below its own, and for each exception that is needed no more.

EXCEPTIONS has a line each: "FROM TO: REASON", a dependence that is looked away from."""

import glob
import os
import sys

# From the lowest up.  Those in one line do not know each other.
ORDER = [["base"], ["record"], ["report"], ["advice"], ["mail"], ["intake", "process"], ["store"],
         ["view"], ["render"], ["ingest", "tlsrpt"]]
RANK = {folder: rank for rank, folders in enumerate(ORDER) for folder in folders}


def symbols(objects, kind):
    """The names of each file of src."""
    found = {}
    for path in glob.glob(os.path.join(objects, "*." + kind)):
        with open(path) as file:
            found[os.path.basename(path)[:-len(kind) - 1].replace("+", "/")] = set(file.read().split())
    return found


def dependences(objects):
    """For each file, the files that it depends on."""
    defined = symbols(objects, "defined")
    owner = {name: file for file, names in defined.items() for name in names}
    return {file: {owner[name] for name in names if name in owner} - {file}
            for file, names in symbols(objects, "undefined").items()}


def reached(graph, start):
    seen, todo = set(), [start]
    while todo:
        for file in graph.get(todo.pop(), ()):
            if file not in seen:
                seen.add(file)
                todo.append(file)
    return seen


def circles(graph):
    """The files that depend on each other, in groups."""
    reach = {file: reached(graph, file) for file in graph}
    groups = {frozenset(other for other in reach[file] if file in reach.get(other, ()))
              for file in graph if file in reach[file]}
    return sorted(sorted(group) for group in groups)


def folder_of(file):
    return file.split("/")[1]


def reaches_up(file, other):
    """Whether a file must not know another because of where they are."""
    own, others = folder_of(file), folder_of(other)
    return own != others and RANK[others] >= RANK[own]


def read_exceptions(path):
    with open(path) as file:
        lines = [line.split(":", 1) for line in file if line.strip() and line[0] != "#"]
    return [tuple(line[0].split()) for line in lines if line[1].strip()]


def main(objects, exceptions_file):
    graph = dependences(objects)
    exceptions = read_exceptions(exceptions_file)
    left = {file: {other for other in others if (file, other) not in exceptions}
            for file, others in graph.items()}
    unknown = {folder_of(file) for file in graph} - set(RANK)
    for folder in sorted(unknown):
        print(f"src/{folder} has no place in the order")
    if unknown:
        return
    for group in circles(left):
        print("circle: " + " ".join(group))
    for file in sorted(left):
        for other in sorted(left[file]):
            if reaches_up(file, other):
                print(f"upward: {file} {other}")
    # An exception alone, in the graph without all of them, is to make a difference.
    for file, other in exceptions:
        if other not in graph.get(file, ()) or not (
                reaches_up(file, other) or file in reached(graph, other)):
            print(f"no longer needed: {file} {other}")


main(*sys.argv[1:])
