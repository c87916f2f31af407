"""Whether a digest is a sound message, by other parsers than the one that made it."""
import email
import email.policy
import re
import unicodedata
from html.parser import HTMLParser

HEADERS = ["From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "MIME-Version",
           "Content-Type"]
TAGS = {"html", "head", "meta", "title", "body", "h1", "h2", "h3", "div", "p", "br", "strong", "em",
        "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
VOID = {"meta", "br"}
# None of these takes an address, but for what is in a style.
ATTRIBUTES = {"lang", "charset", "name", "content", "style", "scope"}
# Letters, signs and marks that show nothing; and a pile of marks, or one that no letter of the text has.
NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
MARKS = re.compile("[>\\n\"'][\u0300-\u036f]|[\u0300-\u036f]{5}")


def unsafe(text):
    """The characters that act on what is around them, or cannot be seen."""
    return sorted({repr(c) for c in text if c != "\n"
                   and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")}
                  | set(map(ascii, NOTHING.findall(text) + MARKS.findall(text))))


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


class Page(HTMLParser):
    """Tags that are balanced, and nothing but text in them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.text, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in TAGS:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES or value is None or "url(" in value or "://" in value:
                self.problems.append(f"{tag} {name}={value}")
        if tag in ("th",) and "scope" not in dict(attrs):
            self.problems.append("th without scope")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> where it is not open")

    def handle_startendtag(self, tag, attrs):
        self.problems.append(f"<{tag}/>")

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        self.problems.append(f"comment {data!r}")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html":
            self.problems.append(decl)

    def handle_pi(self, data):
        self.problems.append(f"<?{data}>")

    def unknown_decl(self, data):
        self.problems.append(data)


def check_html(html):
    """The problems of a page, and its text."""
    page = Page()
    page.feed(html)
    page.close()
    problems = page.problems + [f"<{tag}> stays open" for tag in page.open]
    problems += [f"acts: {c}" for c in unsafe(html)]
    if not html.startswith("<!DOCTYPE html>\n<html lang=\"en\">\n"):
        problems.append("no language")
    return problems, "".join(page.text)


def check_message(raw):
    """The problems of a message, the message, its text and its HTML."""
    problems = []
    lines = raw.decode("ascii", "replace").split("\n")
    if b"\r" in raw or not raw.isascii() or not raw.endswith(b"\n"):
        problems.append("not lines of ASCII that end with LF")
    problems += [f"line {line[:30]!r}" for line in lines
                 if len(line) > 998 or line == "." or line.startswith("From ")]
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if list(message.keys()) != HEADERS:
        problems.append(f"header fields {message.keys()}")
    for name, value in message.items():
        problems += [f"{name}: {defect}" for defect in getattr(value, "defects", ())]
        problems += [f"{name}: {c}" for c in unsafe(str(value))]
    for part in message.walk():
        problems += [f"{part.get_content_type()}: {defect}" for defect in part.defects]
    if message.get_content_type() != "multipart/alternative" or message["Auto-Submitted"] != "auto-generated":
        problems.append("not multipart/alternative, auto-generated")
    parts = [(part.get_content_type(), part.get_content_charset()) for part in message.iter_parts()]
    if parts != [("text/plain", "utf-8"), ("text/html", "utf-8")]:
        return problems + [f"parts {parts}"], message, "", ""
    text, html = (part.get_content() for part in message.iter_parts())
    problems += [f"text: acts: {c}" for c in unsafe(text)]
    problems += [f"text: {columns(line)} columns: {line[:30]!r}" for line in text.split("\n")
                 if columns(line) > 78]
    problems += check_html(html)[0]
    return problems, message, text, html
