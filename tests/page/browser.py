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
import pictures  # noqa: E402
import stores  # noqa: E402
from checks import VIEWS, Checks, read, w3m  # noqa: E402
from chromium import Browser, BrowserError, Tab  # noqa: E402
from planted import PLANTED, PLANTED_VNU, edit, element  # noqa: E402
from tap import BIN, Tap, skip  # noqa: E402

# Where contrib/run-tests has put what comes from npm.
MODULES = os.path.join(os.environ.get("TLSRPT_MODULES") or os.path.join(os.environ.get("SOURCE", ""), "build", "modules"),
                       "node_modules")
SCREEN = ["requests", "policy", "widths", "words", "contrast", "ground"]
ASKED = {name: SCREEN + ["axe"] * name.startswith(("wide", "phone")) for name in VIEWS}
ASKED["wide-forced-dark"] = SCREEN
ASKED["print"] = ["paper", "widths", "words", "axe"]
ASKED["print-dark"] = ["paper", "widths", "words"]
ASKED["wide-light"] += ["form", "inert", "heard", "keyboard"]
ASKED["phone-light"] += ["heard", "keyboard"]
ASKED["wide-dark"] += ["keyboard"]
ASKED["text-200"] = ASKED["spaced"] = ["widths", "words"]


# Of the page of seven domains, as it is read in a terminal of 80 columns.
LINES = [r"^✖ Mail is held back\. 1 problem holds mail back", "^✖ Critical The certificate of the MX is out of its dates$",
         r"^    mx2\.example\.com$", r"^    1716 of 14848 sessions \(11\.6 %\)$", r"^ +. Google Inc\.: 875 of 7161 \(12\.2 %\)$",
         r"^ 1\. Renew it and reload the mail server on every MX\.$", "^▲ Warning The MX did not offer STARTTLS, or refused it$",
         "^2026-08-26 2026-10-09 2026-11-23$", "^ *Days +Sessions Failed Share$", r"^2026-11-17 to 2026-11-23 17795 +1823 +10\.2 %$",
         "^ *Domain +Failed +Share +In 90 +Days with +By$", r"^ *verein\.example +22 of 1125 +2\.0 % +1\.9 % +11 of 89$",
         r"^▲ Silent Orchard e\.V\. no longer reports about", r"^ *Google Inc\. +876 of 10458 +8\.4 % +90 +2026-11-23$",
         "^Empty[.]$"]
PLANTED_W3M = [
    ("dates without a blank between them", edit("</time> <time", "</time><time", count=0)),
    ("a table that is none", edit("<(/?)t(able|r|d|h)", r"<\1div", count=0)),
    ("what is only in the style", edit("✖", "")),
    ("a line that is wider than a terminal", element("<pre>" + "words " * 20 + "</pre>"))]
COMMAND = re.compile("(openssl|curl|dig) ")


def unread(path):
    """The lines that are not there, and those that are too long and no commands to be pasted."""
    lines = w3m(path)
    return [pattern for pattern in LINES if not any(re.search(pattern, line) for line in lines)] + [
        line for line in lines if len(line) > 80 and not COMMAND.match(line)]


class Page:
    def __init__(self):
        self.tap = Tap()
        self.seen = os.path.join(BIN, "page")
        os.makedirs(self.seen, exist_ok=True)
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
            if name == "hostile" and view not in ("wide-light", "phone-dark"):
                continue
            with Tab(checks.browser, url, VIEWS[view]) as tab:
                tab.picture(os.path.join(self.seen, f"{name}-{view}.png"))
                if view == "print":
                    tab.print(os.path.join(self.seen, f"{name}.pdf"))

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

    def read(self):
        self.tell("seven: w3m", unread(self.pages["seven"]))
        for number, (name, plant) in enumerate(PLANTED_W3M):
            path = self.tap.path(f"planted-w3m-{number}.html")
            with open(path, "w") as file:
                file.write(plant(read(self.pages["seven"])))
            self.tap.ok(unread(path), f"planted for w3m: {name}")

    def picture(self, browser):
        """What README shows is as large as it would be made now."""
        made = self.tap.path("pictures")
        os.mkdir(made)
        pictures.make(browser, self.pages["seven"], made)
        self.tell("the pictures of README; or: ninja refresh-pictures",
                  pictures.complaints(made, os.path.join(os.environ["SOURCE"], "contrib")))
        os.truncate(os.path.join(made, "page-light.png"), 100)
        with open(os.path.join(made, "page-phone.png"), "ab") as file:
            file.truncate(pictures.LARGEST + 1)
        self.tap.ok(len(pictures.complaints(made, made)) == 1, "planted: a picture that is too large")
        os.remove(os.path.join(made, "page-light.png"))
        self.tap.ok(len(pictures.complaints(os.path.join(os.environ["SOURCE"], "contrib"), made)) == 2,
                    "planted: one that is missing")

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
        page.picture(browser)
        folder, session = browser.folder, browser.process.pid
    page.tap.ok(not os.path.exists(folder) and not processes(session), "the browser has left nothing behind",
                folder, processes(session))
    page.read()
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
