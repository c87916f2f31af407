#!/usr/bin/env python3
"""The page as a file: in one piece, with the right mode, in the right size, and nothing in it that was not asked for.

What it looks like is for tests/page; that names of strangers do no harm in it is for hostile.py.
"""
import datetime
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import page_store  # noqa: E402
from message import unsafe  # noqa: E402
from tap import BIN, ENVIRONMENT, INGEST, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
VOID = {"meta", "br", "wbr", "link"}
TAGS = VOID | set("html head title style body header main footer nav section article h1 h2 h3 h4 p ul ol li dl dt dd table "
                  "caption thead tbody tfoot tr th td figure figcaption svg path details summary code pre a em strong "
                  "span time".split())
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "rel", "href", "class", "id", "scope", "datetime",
              "aria-label", "aria-hidden", "viewBox", "viewbox", "preserveaspectratio", "d", "open", "data-by"}
TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
KIB = 1024


class Structure(HTMLParser):
    """What every page must be, whatever is on it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.problems, self.open, self.levels, self.ids, self.links = [], [], [], [], []
        self.text, self.pending = [], None
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> stays open" for tag in self.open]
        self.problems += [f"acts: {c}" for c in unsafe(html)]
        self.problems += [f"id {i} twice" for i in set(self.ids) if self.ids.count(i) > 1]
        self.problems += [f"link to nowhere: {link}" for link in self.links
                          if link[:1] != "#" or link[1:] not in self.ids]
        for one, next_one in zip([0] + self.levels, self.levels):
            if next_one > one + 1:
                self.problems.append(f"h{next_one} after h{one}")
        if self.levels.count(1) != 1:
            self.problems.append("not one h1")
        if not html.startswith('<!DOCTYPE html>\n<html lang="en">\n'):
            self.problems.append("no language")
        for wanted in ('<meta charset="utf-8">', 'name="robots" content="noindex, nofollow"', "default-src 'none'",
                       'name="color-scheme" content="light dark"', 'name="viewport" content="width=device-width'):
            if wanted not in html:
                self.problems.append(f"lacks {wanted}")
        self.text = "".join(self.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in TAGS:
            self.problems.append(f"<{tag}>")
        self.problems += [f"<{tag} {name}>" for name in given if name not in ATTRIBUTES]
        self.problems += [f"<{tag} {name}> leads out" for name, value in attrs
                          if name != "content" and re.search(r"(?i)^\s*[a-z][a-z0-9+.-]*:|//|url\(", value or "")
                          and name in ("href", "src", "style", "d", "class", "id")]
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.problems.append("th without scope")
        if tag == "svg" and given.get("aria-hidden") != "true":
            self.problems.append("a picture that is read out")
        if tag in ("h1", "h2", "h3", "h4"):
            self.levels.append(int(tag[1]))
        if self.open and self.open[-1] == "table" and tag != "caption" and self.pending == "caption":
            self.problems.append("a table without caption")
        self.pending = "caption" if tag == "table" else "time" if tag == "time" and "datetime" not in given else None
        if "datetime" in given and not TIME.fullmatch(given["datetime"]):
            self.problems.append(f"no time: {given['datetime']}")
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag != "path":
            self.problems.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> where it is not open")

    def handle_data(self, data):
        if self.pending == "time" and not TIME.fullmatch(data):
            self.problems.append(f"no day: {data}")
        if data.strip():
            self.pending = None
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def handle_comment(self, data):
        self.problems.append(f"comment {data!r}")

    def unknown_decl(self, data):
        self.problems.append(data)


# What is planted in a good page, and what must be said of it.
PLANTED = [
    ("a script", ("<main>", "<main><script>x</script>"), "<script>"),
    ("a picture from elsewhere", ("<main>", '<main><img src="//x/y.png">'), "<img>"),
    ("a link to elsewhere", ('href="#now"', 'href="https://example.com/"'), "leads out"),
    ("a link to nowhere", ('href="#now"', 'href="#then"'), "link to nowhere"),
    ("a style of an element", ("<main>", '<main><p style="color:red">x</p>'), "<p style>"),
    ("an attribute that acts", ("<main>", '<main><p onclick="x">x</p>'), "<p onclick>"),
    ("a table without caption", (re.compile("<caption>.*?</caption>"), ""), "a table without caption"),
    ("a header without scope", ('<th scope="row">', "<th>"), "th without scope"),
    ("a heading left out", ("<h3>", "<h4>"), "h4 after h2"),
    ("a second title", ("<main>", "<main><h1>x</h1>"), "not one h1"),
    ("a day that is none", (re.compile("<time>[0-9-]*"), "<time>yesterday"), "no day"),
    ("an element left open", ("</section>", ""), "stays open"),
    ("an id twice", ('id="days"', 'id="now"'), "twice"),
    ("no language", (' lang="en"', ""), "no language"),
    ("no policy", ("default-src 'none'", ""), "lacks default-src"),
    ("for search engines", ("noindex, ", ""), "lacks name=\"robots\""),
    ("a picture that is read out", (' aria-hidden="true"', ""), "read out"),
    ("a bidirectional control", ("<main>", "<main>\u202e"), "acts"),
]


class Page:
    def __init__(self):
        self.tap = Tap()
        self.folder = self.tap.path("out")
        os.mkdir(self.folder)
        self.file = os.path.join(self.folder, "page.html")
        self.db = self.tap.path("story.db")
        page_store.make("story", self.db)

    def run(self, *arguments, db=None, wrap=(), **more):
        return subprocess.run([*wrap, TLSRPT, "page", "--config", self.tap.path("empty.conf"), "--db", db or self.db,
                               "--now", str(page_store.NOW), *arguments], capture_output=True, timeout=120,
                              env=ENVIRONMENT, **more)

    def html(self, *arguments, **more):
        done = self.run("--output", "-", *arguments, **more)
        if done.returncode or done.stderr:
            self.tap.ok(False, f"page {' '.join(arguments)}", done)
        return done.stdout.decode()

    def read(self):
        with open(self.file, encoding="utf-8") as file:
            return file.read()

    def mode(self):
        return stat.S_IMODE(os.lstat(self.file).st_mode)

    def left(self):
        """What is in the folder besides the page."""
        return sorted(set(os.listdir(self.folder)) - {"page.html"})

    # --- the content

    def check_structure(self):
        for name, arguments in (("all", []), ("one domain", ["--domain", "example.com"]),
                                ("two domains", ["--domain", "example.com", "--domain", "Verein.Example."]),
                                ("no such domain", ["--domain", "nowhere.example"]), ("with hosts", ["--with-hosts"])):
            page = Structure(self.html(*arguments))
            self.tap.ok(not page.problems, f"{name}: what every page must be", *page.problems[:8])
        html = self.html()
        for name, (old, new), wanted in PLANTED:
            bad = old.sub(new, html, count=1) if isinstance(old, re.Pattern) else html.replace(old, new, 1)
            said = Structure(bad).problems
            self.tap.ok(bad != html and any(wanted in problem for problem in said), f"planted: {name}", *said[:3])

    def check_says(self):
        """What check says, the page says."""
        html = self.html()
        text = " ".join(Structure(html).text.split())
        answer = json.loads(subprocess.run(
            [TLSRPT, "check", "-f", "json", "--config", self.tap.path("empty.conf"), "--db", self.db, "--now",
             str(page_store.NOW)], capture_output=True, env=ENVIRONMENT).stdout)
        order = [row["problem"] for row in answer["problems"] if row["kind"]]
        self.tap.ok(re.findall(r'<article class="card \w+" id="p(\d+)">', html) == order and order,
                    "the problems of check, in its order", order)
        silences = [row["problem"] for row in answer["problems"] if row["problem"][:1] == "s"]
        self.tap.ok(re.findall(r'id="p(s\d+)"', html) == silences and silences, "and its silences", silences)
        for wanted in ("Mail is held back", "1 problem holds mail back", "stale after 2026-11-24 13:00 UTC",
                       "The certificate of the MX is out of its dates", "Only Northwind Post sees it",
                       "X509_V_ERR_CERT_HAS_EXPIRED", "Renewed on mx2 by hand", "6 of 6: all", "1 of 6: one alone",
                       "all 4", "Orchard e.V. silent", "in testing since", "ready", "changed without overlap" * 0
                       + "TLSA rollover", "no-zone"):
            self.tap.ok(wanted in text, f"it says: {wanted}", text[:3000])
        quiet = self.tap.path("quiet.db")
        page_store.make("quiet", quiet)
        text = Structure(self.html(db=quiet)).text
        self.tap.ok("No problem is an alarm." in text and "Nothing failed at any MX." in text, "a quiet time says so")
        self.tap.ok("All is well" in text or "silence" in text, "and all is well but for who is silent")
        new = self.tap.path("new.db")
        subprocess.run([INGEST, "-q", "-c", self.tap.path("empty.conf"), "--db", new],
                       input=b"nothing", env=ENVIRONMENT, capture_output=True)
        page = Structure(self.html(db=new))
        self.tap.ok("No report ever came" in page.text and not page.problems, "an empty store says so", *page.problems)

    def check_old(self):
        """Reports that come, and are about days long ago or other domains: as to check, that is no alarm."""
        now, db = int(time.time()), self.tap.path("old.db")
        subprocess.run([INGEST, "-q", "-c", self.tap.path("empty.conf"), "--db", db], check=True, env=ENVIRONMENT,
                       input=json.dumps(page_store.report(
                           "Google Inc.", "google.example", datetime.date.fromtimestamp(now - 40 * 86400), 0,
                           [page_store.policy("old.example", "no-policy-found", [], 9, [])])).encode())
        old = self.html("--now", str(now), db=db)
        for name, html in (("days long ago", old), ("other domains", self.html("--domain", "nowhere.example"))):
            text = " ".join(Structure(html).text.split())
            self.tap.ok("Nothing is known of these days. No report is about this week." in text and "✖" not in text
                        and '<p class="verdict warn">' in html and "The last report came on" in text,
                        f"reports about {name}: nothing is known, which is no alarm", text[:400])
        done = subprocess.run([TLSRPT, "check", "--config", self.tap.path("empty.conf"), "--db", db, "--now", str(now)],
                              capture_output=True, env=ENVIRONMENT)
        self.tap.ok(done.returncode == 0, "nor is it to check", done)

    def check_privacy(self):
        html = self.html()
        self.tap.ok(not re.search(r"192\.0\.2\.|tls@|anna", html), "no address of a host, no contact, no author")
        self.tap.ok("dial tcp (address):25: i/o timeout" in html, "nor in the reason that a sender gave")
        html = self.html("--with-hosts")
        self.tap.ok(all(word in html for word in ("192.<wbr>0.<wbr>2.<wbr>20", "(anna, ", "198.<wbr>51.<wbr>100.<wbr>7:25")), "but where it is asked for")
        html = self.html("--domain", "verein.example")
        others = set(page_store.MX) - {"verein.example"}
        self.tap.ok("verein.<wbr>example" in html
                    and not any(name.replace(".", "<wbr>.") in html or name.replace(".", ".<wbr>") in html
                                or name in html for name in others - {"example.com"})
                    and "mail.<wbr>shop" not in html, "with a domain nothing is said of others")
        two = self.html("--domain", "example.com", "--domain", "news.example", "--domain", "news.example")
        self.tap.ok(two.count('id="p13"') == 1 and two.count("is out of its dates</h3>") == 1,
                    "a problem of two domains that are asked about is one card")

    def check_several(self):
        """Of several domains each problem is told once, with what all of them have of it."""
        domains = ["--domain=" + name for name in page_store.MX]
        html = self.html(*domains)
        cards = {number: [" ".join(re.sub("<[^>]*>", "", item).split()) for item in
                          re.findall(r"<dt>(?:Domains|MX|Failed|Reasons)</dt><dd>.*?</dd>", card)
                          + re.findall(r"<dt>Seen by</dt><dd>.*?</dd>", card)] for number, card in
                 re.findall(r'<article class="card \w+" id="p(\d+)">(.*?)</article>', html, re.S)}
        for number, card in cards.items():
            failed = int(re.search(r"Failed(\d+) of", " ".join(card))[1])
            seen = sum(map(int, re.findall(r": (\d+) of \d+ \(", card[-1])))
            self.tap.ok(card[-1].startswith("Seen by") and failed <= seen <= failed + 5,
                        f"#{number}: who saw it saw all that failed", failed, seen, card)
        levels = [len(re.findall(f'<article class="card {level}" id="p\\d', html)) for level in ("bad", "warn")]
        said = re.search(r"(\d+) problems? holds? mail back, and there (?:is|are) (\d+) warning", html)
        self.tap.ok(said and levels == list(map(int, said.groups())), "as many cards as the verdict says", levels, said)
        rows = re.findall(r'<th scope="row">#(\d+) ', html)
        self.tap.ok(rows and len(rows) == len(set(rows)) and not set(rows) & set(cards),
                    "no problem is told twice where it is no alarm", rows)
        self.tap.ok("Orchard e.V. no longer reports about example.com and 6 more" in html, "nor a silence of several")

    def check_no_domain(self):
        """A customer without a domain yet is nobody, and not everybody."""
        before = self.html()
        for name, text in (("empty", ""), ("nothing but a comment", "# none yet\n")):
            listed = self.tap.path("customer.domains")
            with open(listed, "w", encoding="utf-8") as file:
                file.write(text)
            for verb, arguments in (("page", ["--output", "-"]),
                                    ("alert", ["--to", "a@example.com", "--from", "b@example.com", "--dry-run"])):
                done = subprocess.run([TLSRPT, verb, "--config", self.tap.path("empty.conf"), "--db", self.db, "--now",
                                       str(page_store.NOW), "--domain", "@" + listed, *arguments],
                                      capture_output=True, env=ENVIRONMENT)
                self.fails(f"{verb}, a file of domains: {name}", done, "--domain: ", code=2)
        with open(listed, "w", encoding="utf-8") as file:
            file.write("old.example")
        one = self.html("--domain", "@" + listed)
        self.tap.ok(one == self.html("--domain", "old.example") != before, "with a domain in it, that is meant")

    # --- the file

    def check_file(self):
        os.umask(0o077)
        done = self.run("--output", self.file)
        self.tap.ok(done.returncode == 0 and not done.stdout and not done.stderr and self.mode() == 0o640
                    and self.read() == self.html() and not self.left(), "a new file: whole, 0640 whatever the umask", done)
        for mode in (0o644, 0o600, 0o4755):
            os.chmod(self.file, mode)
            number = os.lstat(self.file).st_ino
            done = self.run("--output", self.file)
            self.tap.ok(done.returncode == 0 and self.mode() == mode & 0o666 and os.lstat(self.file).st_ino != number,
                        f"a file of mode {mode:o}: another takes its place, as {mode & 0o666:o}", done, oct(self.mode()))
        if os.geteuid() == 0:
            os.chmod(self.file, 0o640)
            os.chown(self.file, -1, 33)
            done = self.run("--output", self.file)
            self.tap.ok(done.returncode == 0 and os.lstat(self.file).st_gid == 33, "the group stays", done)
        before = self.read()
        os.rename(self.file, self.file + ".real")
        os.symlink("page.html.real", self.file)
        done = self.run("--output", self.file)
        self.fails("a symbolic link", done, "is a symbolic link")
        with open(self.file + ".real", encoding="utf-8") as file:
            self.tap.ok(os.path.islink(self.file) and file.read() == before, "and what it leads to is as it was")
        os.remove(self.file)
        os.rename(self.file + ".real", self.file)
        os.mkfifo(os.path.join(self.folder, "fifo"))
        self.fails("a FIFO", self.run("--output", os.path.join(self.folder, "fifo")), "is not a regular file")
        os.remove(os.path.join(self.folder, "fifo"))
        self.fails("a directory", self.run("--output", self.folder), "is not a regular file")
        self.fails("no such directory", self.run("--output", os.path.join(self.folder, "no", "x")), "No such file")

    def fails(self, name, done, what, code=1):
        self.tap.ok(done.returncode == code and not done.stdout and what in done.stderr.decode()
                    and done.stderr.startswith(b"tlsrpt: ") and done.stderr.count(b"\n") == 1,
                    f"{name}: exit {code}, in one line", done)
        if code == 1:
            self.tap.ok(self.folder in done.stderr.decode(), f"{name}: the path is named", done)

    def check_full(self):
        """No room: the old page stays, and nothing is left beside it."""
        before = self.read()

        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8 * KIB, 8 * KIB))
        done = self.run("--output", self.file, preexec_fn=small)
        self.fails("no room", done, "File too large")
        self.tap.ok(self.read() == before and not self.left(), "the old page stays, and nothing else", self.left())
        if os.geteuid() == 0:
            disk = self.tap.path("disk")
            os.mkdir(disk)
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk], capture_output=True).returncode == 0:
                try:
                    done = self.run("--output", os.path.join(disk, "page.html"))
                    self.tap.ok(done.returncode == 1 and b"No space left" in done.stderr and disk.encode() in done.stderr
                                and not os.listdir(disk), "a full disk: exit 1, the path is named, nothing is left", done)
                finally:
                    subprocess.run(["umount", disk], check=True)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([TLSRPT, "page", "--config", self.tap.path("empty.conf"), "--db", self.db, "--output",
                                   "-"], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.tap.ok(done.returncode == 1 and b"cannot write" in done.stderr, "standard output that is full", done)

    def check_atomic(self):
        """Readers while it is written again and again, and killed: each sees a whole page."""
        seen, wrong, stop = [0], [], threading.Event()

        def look():
            while not stop.is_set():
                text = self.read()
                seen[0] += 1
                if not text.endswith("</html>\n"):
                    wrong.append(len(text))
        reader = threading.Thread(target=look)
        reader.start()
        for delay in [None] * 10 + [n / 500 for n in range(15)]:
            process = subprocess.Popen([TLSRPT, "page", "--config", self.tap.path("empty.conf"), "--db", self.db,
                                        "--now", str(page_store.NOW), "--output", self.file], env=ENVIRONMENT)
            if delay is not None:
                time.sleep(delay)
                process.kill()
            process.wait()
        stop.set()
        reader.join()
        self.tap.ok(seen[0] > 25 and not wrong, f"{seen[0]} looks at it meanwhile: always whole", wrong[:5])
        for name in self.left():
            # What was killed between two of its steps leaves its new file, which nobody reads.
            self.tap.ok(re.fullmatch(r"\.page\.html\.[0-9a-f]{8}", name), f"killed: leaves {name}")
            os.remove(os.path.join(self.folder, name))

    def check_left(self):
        """What killed writers left is collected, once no writer can be at it, and nothing else is."""
        def leave(name, age, make=None):
            path = os.path.join(self.folder, name)
            make(path) if make else open(path, "w", encoding="ascii").close()
            os.utime(path, (time.time() - age,) * 2, follow_symlinks=False)
            return name
        day = 86400
        gone = [leave(".page.html.0123abcd", 2 * day), leave(".page.html.ffffffff", 400 * day)]
        kept = [leave(".page.html.01234567", 600), leave(".other.html.0123abcd", 2 * day),
                leave(".page.html.0123abcde", 2 * day), leave(".page.html.0123abcg", 2 * day),
                leave("page.html.0123abcd", 2 * day), leave(".page.html.00000001", 2 * day, os.mkdir),
                leave(".page.html.00000002", 2 * day, lambda path: os.symlink("/etc/passwd", path))]
        if os.geteuid() == 0:
            kept.append(leave(".page.html.00000003", 2 * day))
            os.chown(os.path.join(self.folder, kept[-1]), 65534, -1)
        done = self.run("--output", self.file)
        left = self.left()
        self.tap.ok(done.returncode == 0 and not done.stderr and left == sorted(kept),
                    "what killed writers left is collected, and nothing else", done, set(left) ^ set(kept), gone)
        for name in left:
            path = os.path.join(self.folder, name)
            os.rmdir(path) if os.path.isdir(path) else os.remove(path)

    def check_css(self):
        done = self.run("--output", self.file, "--css", "style: 1.css")
        html, css = self.read(), os.path.join(self.folder, "style: 1.css")
        self.tap.ok(done.returncode == 0 and '<link rel="stylesheet" href="./style%3A%201.css">' in html
                    and "<style" not in html and "style-src 'self'" in html, "--css: the page links to the file", done)
        with open(css, encoding="utf-8") as file:
            self.tap.ok(f"<style>{file.read()}</style>" in self.html(), "which has the style of the page")
        self.tap.ok(stat.S_IMODE(os.lstat(css).st_mode) == 0o640 and not Structure(html).problems, "0640, too",
                    *Structure(html).problems)
        os.remove(css)
        for name, arguments in (("another directory", ["--output", self.file, "--css", "/tmp/x.css"]),
                                ("no name", ["--output", self.file, "--css", ""]),
                                ("the same file", ["--output", self.file, "--css", "page.html"]),
                                ("standard output", ["--output", "-", "--css", "x.css"])):
            self.fails(f"--css, {name}", self.run(*arguments), "--css: ", code=2)
        self.fails("no --output", self.run(), "--output: ", code=2)
        self.fails("another format", self.run("--output", self.file, "-f", "json"), "no format", code=2)
        self.fails("an operand", self.run("--output", self.file, "x"), "usage: ", code=2)
        done = self.run("--output", self.file, db=self.tap.path("none.db"))
        self.tap.ok(done.returncode == 1 and b"none.db" in done.stderr, "no store: exit 1", done)

    # --- the size

    def check_sizes(self):
        for name, most in (("story", 40), ("300", 750), ("5000", 1100)):
            db = self.tap.path(f"{name}.db")
            if name == "5000":
                # Each fails at an MX of its own, so that every table is at its limit.
                page_store.make(name, db, days=12)
            elif not os.path.exists(db):
                page_store.make(name, db)
            html = self.html(db=db)
            size = len(html.encode()) / 1000
            page = Structure(html)
            self.tap.ok(size <= most and not page.problems, f"{name}: {size:.0f} kB, at most {most}", *page.problems[:3])
            rows = [part.count("<tr>") + part.count("<tr ") for part in html.split("<tbody>")[1:]]
            self.tap.ok(max(rows) <= 501, f"{name}: at most 500 rows a table", rows)
        self.tap.ok("Left out here: 4500 more rows" in html, "and it is said what is left out")


def main():
    page = Page()
    page.check_structure()
    page.check_says()
    page.check_privacy()
    page.check_several()
    page.check_old()
    page.check_no_domain()
    page.check_file()
    page.check_full()
    page.check_atomic()
    page.check_left()
    page.check_css()
    page.check_sizes()
    page.tap.finish()


if __name__ == "__main__":
    main()
