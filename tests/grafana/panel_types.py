#!/usr/bin/env python3
"""The dashboards of contrib/grafana have no key or value that @grafana/schema does not know: see panel_types.ts.

Each of some wrong keys and values, planted one at a time, is found.  The modules are where contrib/run-tests has put
them, in the folder TLSRPT_MODULES, else in build/modules of the source.
"""
import copy
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
from tap import Tap  # noqa: E402

SOURCE = os.path.join(HERE, "..", "..")
MODULES = os.environ.get("TLSRPT_MODULES") or os.path.join(SOURCE, "build", "modules")
OPTIONS = ["--noEmit", "--strict", "--skipLibCheck", "--module", "commonjs", "--moduleResolution", "node10", "--target", "es2020"]


def first(board, kind):
    return next(panel for panel in board["panels"] if panel["type"] == kind)


# What to spoil, and how: the place, and what is put there.
PLANTED = (
    ("a key of the dashboard", lambda board: board, {"titel": "x"}),
    ("a key of a panel", lambda board: board["panels"][0], {"titel": "x"}),
    ("the kind of a panel", lambda board: board["panels"][0], {"type": "stats"}),
    ("an option of a stat", lambda board: first(board, "stat")["options"], {"colourMode": "value"}),
    ("a value of a stat", lambda board: first(board, "stat")["options"], {"colorMode": "colour"}),
    ("an option of another panel", lambda board: first(board, "table")["options"], {"graphMode": "none"}),
    ("an option of a table", lambda board: first(board, "table")["options"], {"showHeaders": True}),
    ("a field of a table", lambda board: first(board, "table")["fieldConfig"]["defaults"]["custom"], {"alignment": "auto"}),
    ("a cell of a table", lambda board: first(board, "table")["fieldConfig"]["defaults"]["custom"]["cellOptions"],
     {"type": "gauges"}),
    ("an option of a series", lambda board: first(board, "timeseries")["options"]["legend"], {"show": True}),
    ("a field of a series", lambda board: first(board, "timeseries")["fieldConfig"]["defaults"]["custom"], {"fill": 1}),
    ("a value of a series", lambda board: first(board, "timeseries")["fieldConfig"]["defaults"]["custom"], {"drawStyle": "bar"}),
    ("a standard field", lambda board: first(board, "timeseries")["fieldConfig"]["defaults"], {"units": "short"}),
    ("an override", lambda board: first(board, "timeseries")["fieldConfig"]["overrides"][0]["properties"][0],
     {"id": "custom.fill", "value": 1}),
    ("the value of an override", lambda board: first(board, "timeseries")["fieldConfig"]["overrides"][0]["properties"][0],
     {"id": "custom.fillOpacity", "value": "80"}),
    ("a mapping", lambda board: first(board, "stat")["fieldConfig"]["defaults"]["mappings"][0]["options"], {"patern": "x"}),
    ("a threshold", lambda board: first(board, "stat")["fieldConfig"]["defaults"]["thresholds"]["steps"][0], {"colour": "red"}),
    ("a transformation", lambda board: next(panel for panel in board["panels"] if "transformations" in panel)
     ["transformations"][0]["options"], {"field": "x"}),
    ("a target", lambda board: board["panels"][0]["targets"][0], {"query": "SELECT 1"}),
    ("a variable", lambda board: board["templating"]["list"][1], {"multiple": True}),
    ("the kind of a variable", lambda board: board["templating"]["list"][1], {"type": "queries"}),
    ("a position", lambda board: board["panels"][0]["gridPos"], {"width": 1}),
)


class Types:
    def __init__(self):
        self.tap = Tap()
        self.files = []

    def write(self, name, kind, board):
        self.files.append(name)
        with open(self.tap.path(f"{name}.ts"), "w", encoding="utf-8") as file:
            file.write(f"import type {{ {kind} }} from './types';\nexport const board: {kind} = {json.dumps(board)};\n")

    def write_all(self):
        for name, kind in (("sqlite", "Sqlite"), ("postgresql", "Postgresql")):
            with open(os.path.join(SOURCE, "contrib", "grafana", f"tlsrpt-{name}.json"), encoding="utf-8") as file:
                board = json.load(file)
            self.write(name, kind, board)
            for number, (_, place, wrong) in enumerate(PLANTED):
                spoilt = copy.deepcopy(board)
                place(spoilt).update(wrong)
                self.write(f"{name}-{number}", kind, spoilt)

    def check(self):
        with open(os.path.join(HERE, "panel_types.ts"), encoding="utf-8") as types:
            text = types.read()
        with open(self.tap.path("types.ts"), "w", encoding="utf-8") as file:
            file.write(text)
        os.symlink(os.path.join(os.path.abspath(MODULES), "node_modules"), self.tap.path("node_modules"))
        self.write_all()
        done = subprocess.run(["node", self.tap.path("node_modules/typescript/bin/tsc"), *OPTIONS,
                               *[f"{name}.ts" for name in self.files]], cwd=self.tap.folder, capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL)
        self.tap.ok(done.returncode == 2 and not done.stderr, "tsc has looked at them", done.returncode, done.stderr)
        wrong = {}
        for line in done.stdout.splitlines():
            if not line.startswith(" "):
                wrong.setdefault(line.split(".ts(")[0], []).append(line)
        for name in ("sqlite", "postgresql"):
            self.tap.ok(name not in wrong, f"{name}: every key and value is known", *wrong.get(name, []))
            for number, (what, _, _) in enumerate(PLANTED):
                self.tap.ok(f"{name}-{number}" in wrong, f"{name}: {what} that is wrong is found")
        self.tap.ok(set(wrong) <= set(self.files), "and nothing else is complained of", set(wrong) - set(self.files))


def main():
    types = Types()
    if types.tap.ok(os.path.exists(os.path.join(MODULES, "node_modules", "typescript")),
                    f"the modules are in {MODULES}: contrib/run-tests --prepare puts them there"):
        types.check()
    types.tap.finish()


main()
