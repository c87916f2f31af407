#!/usr/bin/env python3
"""The page in a real browser, a text browser and a checker of HTML, as those see it who look at it on a wide
screen, on a phone, in the dark, in forced colours, on paper, with large letters, or with the keyboard alone; and
that each check sees what is planted for it.

Pictures of what was seen are in the folder page/ of the build.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "oracle")]
import stores  # noqa: E402
from checks import VIEWS, Checks, read, w3m  # noqa: E402
from chromium import Browser, BrowserError, Tab  # noqa: E402
from planted import PLANTED, PLANTED_VNU  # noqa: E402
from tap import BIN, Tap, skip  # noqa: E402

# Where contrib/run-tests has put what comes from npm.
MODULES = os.path.join(os.environ.get("TLSRPT_MODULES") or os.path.join(os.environ.get("SOURCE", ""), "build", "modules"),
                       "node_modules")
SCREEN = ["requests", "policy", "widths", "words", "contrast", "ground", "axe"]
ASKED = {name: SCREEN for name in VIEWS}
ASKED.update({name: ["paper", "widths", "words"] for name in ("print", "print-dark")})
ASKED["wide-light"] = SCREEN + ["form", "inert", "heard", "keyboard"]
ASKED["phone-light"] = SCREEN + ["heard", "keyboard"]
ASKED["wide-dark"] = SCREEN + ["keyboard"]
ASKED["text-200"] = ASKED["spaced"] = ["widths", "words"]


class Page:
    def __init__(self):
        self.tap = Tap()
        self.pictures = os.path.join(BIN, "page")
        os.makedirs(self.pictures, exist_ok=True)
        self.pages = {}

    def make(self):
        for name, make in (("seven", stores.seven), ("sample", stores.sample), ("hostile", stores.hostile_store)):
            self.pages[name] = stores.page(self.tap, make(self.tap), self.tap.path(name + ".html"))

    def tell(self, good_name, complaints):
        self.tap.ok(not complaints, good_name, *complaints[:12])

    def look(self, name, path, checks):
        url = "file://" + path
        for view, asked in ASKED.items():
            # What nobody would write is cut where it has to be.
            asked = [check for check in asked if (name, check) != ("hostile", "words")]
            for check, complaints in checks.look(url, view, *asked).items():
                self.tell(f"{name}, {view}: {check}", complaints)
            with Tab(checks.browser, url, VIEWS[view]) as tab:
                tab.picture(os.path.join(self.pictures, f"{name}-{view}.png"))
                if view == "print":
                    tab.print(os.path.join(self.pictures, f"{name}.pdf"))

    def plant(self, checks):
        good = read(self.pages["seven"])
        for number, (name, check, view, plant, wanted) in enumerate(PLANTED):
            path = self.tap.path(f"planted-{number}.html")
            bad = plant(good)
            with open(path, "w") as file:
                file.write(bad)
            complaints = checks.look("file://" + path, view, check)[check]
            self.tap.ok(bad != good and any(wanted in complaint for complaint in complaints),
                        f"planted for {check}, {view}: {name}", "no complaint has: " + wanted, *complaints[:4])

    def ask_vnu(self, checks):
        good, planted = read(self.pages["seven"]), {}
        for number, (name, plant, wanted) in enumerate(PLANTED_VNU):
            path = self.tap.path(f"planted-vnu-{number}.html")
            with open(path, "w") as file:
                file.write(plant(good))
            planted[path] = name, wanted
        found = checks.vnu(*self.pages.values(), *planted)
        for name, path in self.pages.items():
            self.tell(f"{name}: vnu", found[path])
        for path, (name, wanted) in planted.items():
            self.tap.ok(any(wanted in message for message in found[path]), f"planted for vnu: {name}",
                        "no message has: " + wanted, *found[path])


def main():
    try:
        browser = Browser()
    except BrowserError as problem:
        skip(problem)
    page = Page()
    if not page.tap.ok(os.path.exists(os.path.join(MODULES, "axe-core")),
                       "the modules are there: contrib/run-tests --prepare", MODULES):
        page.tap.finish()
    page.make()
    with browser:
        checks = Checks(browser, MODULES)
        for name, path in page.pages.items():
            page.look(name, path, checks)
        page.plant(checks)
        folder, session = browser.folder, browser.process.pid
    page.tap.ok(not os.path.exists(folder) and not processes(session), "the browser has left nothing behind",
                folder, processes(session))
    page.ask_vnu(checks)
    page.tap.finish()


def processes(session):
    """Those of a session."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(pid)
    return found


if __name__ == "__main__":
    main()
