"""The checks of a page: each is asked of a tab and returns complaints."""
import hashlib
import json
import os
import re
import subprocess
import base64

from chromium import Tab, View

HERE = os.path.dirname(os.path.abspath(__file__))
DARK, LIGHT, FORCED = ({"prefers_color_scheme": "dark"}, {"prefers_color_scheme": "light"},
                       {"prefers_color_scheme": "light", "forced_colors": "active"})
VIEWS = {view.name: view for view in (
    View("wide-light", 1280, **LIGHT), View("wide-dark", 1280, **DARK), View("wide-forced", 1280, **FORCED),
    View("wide-forced-dark", 1280, prefers_color_scheme="dark", forced_colors="active"),
    View("phone-light", 390, 844, phone=True, **LIGHT), View("phone-dark", 390, 844, phone=True, **DARK),
    View("phone-forced", 390, 844, phone=True, **FORCED),
    # A window of 1280 pixels at 200 % and at 400 %, as the browser lays it out; and letters alone.
    View("zoom-200", 640, 450, **LIGHT), View("zoom-400", 320, 256, **LIGHT),
    View("text-200", 1280, letters=32, **LIGHT),
    # WCAG 2.2, 1.4.12.
    View("spaced", 390, 844, phone=True, style="* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
         " word-spacing: 0.16em !important } p { margin-bottom: 2em !important }", **LIGHT),
    View("print", 718, 1000, media="print", **LIGHT), View("print-dark", 718, 1000, media="print", **DARK))}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Checks:
    """axe and vnu are those below modules."""

    def __init__(self, browser, modules):
        self.browser = browser
        self.script = read(os.path.join(HERE, "checks.js"))
        self.axe_script = read(os.path.join(modules, "axe-core", "axe.min.js"))
        self.vnu_jar = os.path.join(modules, "vnu-jar", "build", "dist", "vnu.jar")

    def look(self, url, view, *names):
        """The complaints of the checks with these names, by name."""
        with Tab(self.browser, url, VIEWS[view]) as tab:
            tab.evaluate(self.script)
            found = {}
            folded = [name for name in names if name in ("keyboard", "paper", "policy", "requests")]
            for name in folded:
                found[name] = getattr(self, name)(tab)
            tab.evaluate("checks.unfold()")
            for name in names:
                if name not in folded:
                    found[name] = getattr(self, name)(tab)
            return found

    # --- in the page
    def ask(self, tab, question):
        return tab.evaluate(f"checks.{question}")

    def widths(self, tab):
        return self.ask(tab, f"widths({tab.view.width})")

    def words(self, tab):
        return self.ask(tab, "words()")

    def contrast(self, tab):
        return self.ask(tab, "contrast()")

    def paper(self, tab):
        sheets = tab.print()
        return self.ask(tab, "paper()") + ([] if sheets else ["nothing is printed"])

    def ground(self, tab):
        return self.ask(tab, f"ground({json.dumps(tab.view.is_dark)})")

    def form(self, tab):
        return self.ask(tab, "form()")

    def inert(self, tab):
        return self.ask(tab, "inert()") + ["a dialog is open" for _ in tab.events("Page.javascriptDialogOpening")]

    def policy(self, tab):
        return self.ask(tab, "policy()") + [
            event["entry"]["text"] for event in tab.events("Log.entryAdded")] + [
            str(event["args"]) for event in tab.events("Runtime.consoleAPICalled")]

    def styled(self, tab):
        return self.ask(tab, "styled()")

    def axe(self, tab):
        tab.evaluate(self.axe_script)
        return self.ask(tab, "axe()")

    def heard(self, tab):
        """Whatever a style makes of tables and lists, they are such to a screen reader."""
        found = {}
        for node in tab.call("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            found[role] = found.get(role, 0) + (not node["ignored"])
        return [f"{wanted} {role}, and {found.get(role, 0)} are heard"
                for role, wanted in self.ask(tab, "heard()").items() if found.get(role, 0) != wanted]

    def requests(self, tab):
        asked = [event["request"]["url"] for event in tab.events("Network.requestWillBeSent")]
        return [f"asks for {url}" for url in asked if url != tab.url and not url.startswith("data:")]

    def keyboard(self, tab):
        """Tab goes to everything that can be used, in the order in which it is seen, and shows where."""
        wrong, count, last = [], self.ask(tab, "stops().length"), None
        for index in range(count):
            tab.press("Tab")
            here = self.ask(tab, "focus()")
            if here["index"] != index:
                wrong.append(f"stop {index} is {here['index']}, {here['name']}")
                break
            if last and (here["bottom"] <= last["top"]
                         or here["top"] < last["bottom"] and here["left"] < last["left"] and here["top"] <= last["top"]):
                wrong.append(f"goes back from {last['name']} to {here['name']}")
            if not here["isOnScreen"]:
                wrong.append(f"out of sight: {here['name']}")
            if not here["isMarked"]:
                wrong.append(f"not marked: {here['name']}")
            last = here
        opened = "document.querySelectorAll('details[open]').length"
        if not wrong and self.ask(tab, "stops().some(stop => stop.localName === 'summary')"):
            before = tab.evaluate(opened)
            tab.evaluate("document.querySelector('summary').focus()")
            tab.press("Enter")
            if tab.evaluate(opened) == before:
                wrong.append("Enter does not unfold")
        return wrong

    # --- outside the browser

    # It knows of hashes in a policy, but works out none, and says this of every style that has one.  The
    # browser works them out: see policy().
    NO_HASHES = "Inline style violates Content Security Policy (meta tag)"
    # And what strangers wrote is shown as they wrote it.
    NOT_OURS = "Text run is not in Unicode Normalization Form C"

    def vnu(self, *paths):
        """What the Nu HTML checker says of each file."""
        done = subprocess.run(["java", "-jar", self.vnu_jar, "--stdout", "--exit-zero-always", "--format", "json",
                               *paths], capture_output=True, text=True, timeout=180, check=True)
        found = {path: [] for path in paths}
        for message in json.loads(done.stdout)["messages"]:
            if not message["message"].startswith((self.NO_HASHES, self.NOT_OURS)):
                found[message["url"][len("file:"):]].append(f"line {message.get('lastLine')}: {message['message']}")
        return found


def w3m(path):
    """The lines of the page in a text browser, as it is read in a terminal of 80 columns."""
    done = subprocess.run(["w3m", "-dump", "-cols", "80", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", path],
                          capture_output=True, text=True, timeout=30, check=True,
                          env={"PATH": os.environ["PATH"], "HOME": os.path.dirname(path), "LANG": "C.UTF-8"})
    return done.stdout.split("\n")


def style_hash(html):
    """The source that the policy of a page names for its style."""
    content = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def with_style_hash(html):
    """The page with a policy that takes its style, which was changed."""
    return re.sub(r"sha256-[A-Za-z0-9+/=]+", style_hash(html), html, count=1)
