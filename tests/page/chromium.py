"""Chromium without a window, by the DevTools protocol over a pipe.

Each call and each wait has an end.  The browser has a folder of its own, asks no name server, and is
stopped by the id of its session of processes.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAMS = ["chromium-headless-shell", "chromium"]
OPTIONS = ["--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-extensions",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
           "--font-render-hinting=none", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
SECONDS = 60  # for one call, on a busy machine


class BrowserError(Exception):
    pass


class Browser:
    """with Browser() as browser: ..."""

    def __init__(self):
        self.program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if self.program is None:
            raise BrowserError("no chromium is installed")

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="tlsrpt-chromium.")
        # Numbers above those that the browser is to find them at.
        (read_commands, self.commands), (self.answers, write_answers) = (
            [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in self.pipe()] for _ in range(2))

        def be_found():
            os.dup2(read_commands, 3)
            os.dup2(write_answers, 4)

        command = [self.program, *OPTIONS, "--user-data-dir=" + self.folder]
        if os.geteuid() == 0:
            command.append("--no-sandbox")
        with open(os.path.join(self.folder, "log"), "w") as log:
            self.process = subprocess.Popen(
                [*command, "about:blank"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                close_fds=False, start_new_session=True, preexec_fn=be_found,
                env={"PATH": os.environ["PATH"], "HOME": self.folder, "TMPDIR": self.folder,
                     "XDG_RUNTIME_DIR": self.folder, "LANG": "C.UTF-8", "TZ": "UTC"})
        os.close(read_commands)
        os.close(write_answers)
        self.number, self.buffer, self.events = 0, b"", []
        return self

    @staticmethod
    def pipe():
        ends = os.pipe()
        for end in ends:
            fcntl.fcntl(end, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        return ends

    def __exit__(self, *unused):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(SECONDS)
        os.close(self.commands)
        os.close(self.answers)
        for _ in range(20):  # its children may be about to end
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.1)

    def receive(self, end):
        """The next message, or None if there is none until then."""
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                return None
            data = os.read(self.answers, 1 << 20)
            if not data:
                with open(os.path.join(self.folder, "log")) as log:
                    raise BrowserError("the browser has ended: " + log.read()[-2000:])
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        end = time.monotonic() + SECONDS
        while True:
            answer = self.receive(end)
            if answer is None:
                raise BrowserError(f"{method}: no answer within {SECONDS} s")
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def wait_for(self, method, session):
        """The first event of that kind not yet taken."""
        end = time.monotonic() + SECONDS
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    self.events.remove(event)
                    return event["params"]
            event = self.receive(end)
            if event is None:
                raise BrowserError(f"{method}: did not come within {SECONDS} s")
            self.events.append(event)

    def take(self, method, session):
        """All events of that kind that have come."""
        taken = [event for event in self.events
                 if event.get("method") == method and event.get("sessionId") == session]
        self.events = [event for event in self.events if event not in taken]
        return [event["params"] for event in taken]


class View:
    """How a page is looked at: letters is the size that the reader wants them in, style the reader's own."""

    def __init__(self, name, width, height=900, phone=False, letters=16, style="", media="", **features):
        self.name, self.width, self.height, self.phone = name, width, height, phone
        self.letters, self.style, self.media, self.features = letters, style, media, features

    @property
    def is_dark(self):
        return self.features.get("prefers_color_scheme") == "dark" and not self.media

    @property
    def is_forced(self):
        return "forced_colors" in self.features


class Tab:
    """with Tab(browser, url, view) as tab: ... a page in a profile of its own.  Whatever the page's policy
    says is heard by the listener of VIOLATIONS, which the page cannot forbid."""

    VIOLATIONS = """
        globalThis.violations = [];
        document.addEventListener("securitypolicyviolation", event => violations.push(
            `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`.trim()));"""

    def __init__(self, browser, url, view):
        self.browser, self.url, self.view = browser, url, view

    def __enter__(self):
        self.context = self.browser.call("Target.createBrowserContext")["browserContextId"]
        target = self.browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)
        self.session = self.browser.call("Target.attachToTarget", targetId=target["targetId"],
                                         flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=self.view.width, height=self.view.height,
                  deviceScaleFactor=1, mobile=self.view.phone)
        self.call("Emulation.setEmulatedMedia", media=self.view.media, features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in self.view.features.items()])
        self.call("Page.setFontSizes", fontSizes={"standard": self.view.letters, "fixed": self.view.letters * 13 // 16})
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.call("Page.addScriptToEvaluateOnNewDocument", source=self.VIOLATIONS)
        self.browser.take("Page.loadEventFired", self.session)
        failure = self.call("Page.navigate", url=self.url).get("errorText")
        if failure:
            raise BrowserError(f"{self.url}: {failure}")
        self.browser.wait_for("Page.loadEventFired", self.session)
        if self.view.style:
            self.evaluate(f"""
                const sheet = new CSSStyleSheet();
                sheet.replaceSync({json.dumps(self.view.style)});
                document.adoptedStyleSheets = [sheet];""")
        return self

    def __exit__(self, *unused):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
        self.browser.events.clear()

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def events(self, method):
        return self.browser.take(method, self.session)

    def evaluate(self, expression):
        """The value of an expression, or what its promise comes to."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise BrowserError(done["exceptionDetails"]["exception"].get("description", str(done)))
        return done["result"].get("value")

    def press(self, key, shift=False):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=8 * shift,
                      windowsVirtualKeyCode=codes[key],
                      **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def picture(self, path, start="html", height=None, scale=1):
        """A PNG of the page, as wide as the view, from the top of an element on, or of all of it."""
        top = self.evaluate(f"document.querySelector({json.dumps(start)}).getBoundingClientRect().top + scrollY")
        height = height or min(self.evaluate("document.documentElement.scrollHeight") - top, 12000)
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                         clip={"x": 0, "y": top, "width": self.view.width, "height": height, "scale": scale})
        with open(path, "wb") as file:
            file.write(base64.b64decode(data["data"]))

    def print(self, path=None):
        """The page on A4, as PDF; how many sheets that is."""
        data = base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                                          printBackground=False)["data"])
        if path:
            with open(path, "wb") as file:
                file.write(data)
        return data.count(b"/Type /Page\n") or data.count(b"/Type /Page ")
