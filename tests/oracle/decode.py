"""A report's bytes to a value, with nothing lost that the findings need.

Strings stay bytes (they may be no UTF-8), numbers keep their text, and keys that stand twice are
noted in the order of the text.
"""
import re
import zlib

SPACE = b" \t\n\r"
INT64_MIN, INT64_MAX, UINT64_MAX = -2**63, 2**63 - 1, 2**64 - 1
_ESCAPES = {ord(a): b for a, b in zip('"\\/bfnrt', b'"\\/\b\f\n\r\t')}
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_PLAIN = re.compile(rb'[^"\\]*')
_WORDS = {b"null": None, b"true": True, b"false": False}


class NotJson(Exception):
    pass


class Number:
    """A number; an integer is held within 64 bits, as the parser of the program does."""

    def __init__(self, text):
        self.text = text.decode()
        self.integer = None
        if re.fullmatch(r"-?\d+", self.text):
            self.integer = max(INT64_MIN, min(UINT64_MAX, int(self.text)))
            self.text = str(self.integer)
        self.real = float(self.text)


class Object(dict):
    """A JSON object: keys and strings are bytes."""


class _Parser:
    def __init__(self, text, on_duplicate):
        self.text, self.at, self.on_duplicate = text, 0, on_duplicate

    def skip_space(self):
        text = self.text
        while self.at < len(text) and text[self.at] in SPACE:
            self.at += 1
        if self.at >= len(text):
            raise NotJson("ends inside the value")
        return text[self.at]

    def take(self, character):
        if self.skip_space() != ord(character):
            raise NotJson(f"no {character} at byte {self.at}")
        self.at += 1

    def value(self, path):
        first = self.skip_space()
        if first == ord("{"):
            return self.object(path)
        if first == ord("["):
            return self.array(path)
        if first == ord('"'):
            return self.string()
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return Number(number[0])
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        raise NotJson(f"no value at byte {self.at}")

    def object(self, path):
        result = Object()
        self.take("{")
        while self.skip_space() != ord("}"):
            if result or self.text[self.at] == ord(","):
                self.take(",")
                self.skip_space()
            key = self.string().split(b"\0")[0]  # as the parser of the program has it
            child = path + b"." + key
            if key in result:
                self.on_duplicate(child)
            self.take(":")
            result[key] = self.value(child)
        self.at += 1
        return result

    def array(self, path):
        result = []
        self.take("[")
        while self.skip_space() != ord("]"):
            if result:
                self.take(",")
            result.append(self.value(b"%s[%d]" % (path, len(result))))
        self.at += 1
        return result

    def unit(self):
        """One \\uXXXX, the escape's backslash at self.at."""
        if self.text[self.at:self.at + 2] != b"\\u":
            return None
        self.at += 6
        return int(self.text[self.at - 4:self.at], 16)

    def escape(self):
        letter = self.text[self.at + 1]
        if letter != ord("u"):
            self.at += 2
            return bytes([_ESCAPES[letter]])
        code = self.unit()
        if 0xd800 <= code < 0xdc00:
            here, low = self.at, self.unit()
            if low is not None and 0xdc00 <= low < 0xe000:
                return chr(0x10000 + (code - 0xd800) * 0x400 + low - 0xdc00).encode()
            self.at = here
        # Half of a pair alone is no character.
        return (chr(code) if not 0xd800 <= code < 0xe000 else "\ufffd").encode()

    def string(self):
        if self.text[self.at] != ord('"'):
            raise NotJson(f"no string at byte {self.at}")
        self.at += 1
        parts = []
        while True:
            plain = _PLAIN.match(self.text, self.at)
            parts.append(plain[0])
            self.at = plain.end()
            if self.at >= len(self.text):
                raise NotJson("ends inside a string")
            if self.text[self.at] == ord('"'):
                self.at += 1
                return b"".join(parts)
            parts.append(self.escape())


def parse(text, on_duplicate=lambda path: None):
    """The value at the start of the bytes, and the bytes after it."""
    parser = _Parser(text, on_duplicate)
    try:
        value = parser.value(b"$")
    except (IndexError, KeyError, ValueError):
        raise NotJson(f"a bad escape at byte {parser.at}") from None
    return value, text[parser.at:]


def gunzip(data):
    """All members inflated, and how many bytes after them are neither gzip nor zero."""
    out = b""
    while True:
        member = zlib.decompressobj(31)
        out += member.decompress(data)
        if not member.eof:
            raise NotJson("truncated gzip")
        data = member.unused_data
        if data[:2] != b"\x1f\x8b":
            return out, len(data.lstrip(b"\0"))
