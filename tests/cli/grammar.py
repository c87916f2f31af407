#!/usr/bin/env python3
"""What is JSON and what is not: thousands of texts, each judged as Python's json module judges it.  All
are objects, as reports are: of an array only the objects in it are looked at.

The program builds its trees with json-c, whose leniencies differ from version to version; so its own
scanner holds to the grammar of RFC 8259.  Where the two judges are to differ is said in oracle()."""
import glob
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import ENVIRONMENT, INGEST, SANITIZED, TESTS, Tap, fast_folder  # noqa: E402

# Everything that the grammar has, in few bytes.
DENSE = (rb'{"a":[0,-1,1.5,-2e+3,4E-2,true,false,null],"b\u0041\n\"\\\/":{"c":[],"d":{},"e":""},'
         b'"f":[[1],[{"g":1},{"h":"\xc3\xa9 \xf0\x9f\x98\x80"}]], "i" : 10 }')
# What is put into a text: the grammar's own tokens, and what is JSON in other languages.
TOKENS = [b",", b",,", b":", b"[", b"]", b"{", b"}", b"[]", b"{}", b'"', b"'", b'"x"', b"'x'", b"\\", b"\\u",
          b"\\u00e9", b"\\ud800", b"\\x41", b"\\'", b"\\0", b"\\u12", b"/", b"/**/", b"//", b"#", b"0", b"1", b"-", b"+",
          b".", b"e", b"E5", b"1.", b".5", b"00", b"01", b"-0", b"-01", b"1e400", b"1e", b"0x1", b"1_0",
          b"123456789012345678901234567890", b"NaN", b"Infinity", b"-Infinity", b"true", b"True", b"null", b"NULL",
          b"nul", b"undefined", b" ", b"\t", b"\n", b"\r", b"\v", b"\f", b"\0", b"\x01", b"\x7f", b"\x80", b"\xff",
          b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b";", b"=", b"(", b")", b"`"]
WHOLE = [b'{"a":[%s]}' % text for text in (
    b"1,", b",", b"NaN", b"01", b"1.", b"'a'", b"/**/", b"\n", b"\v", b'"\t"', b'"\0"', b"\0", b'"\xff"', b"\xff",
    b"1e400", b"123456789012345678901234567890", b"-123456789012345678901234567890", b"+1", b"Infinity")]
WHOLE += [b'{"a":1,}', b"{,}", b"{'a':1}", b"{a:1}", b"{}//", b"{}]", b"\xef\xbb\xbf{}", b" \r\n\t{}",
          b'{"a":1,"a":2}', b"{}{}", b"{", b'{"', b'{"\\', b'{"a"', b'{"a":', b'{"a":[', b'{"a":["', b'{"a":["\\']


def no_constant(name):
    raise ValueError(name)


DECODER = json.JSONDecoder(strict=False, parse_constant=no_constant, parse_int=str, parse_float=str)


def begins_with_json(text):
    """Where the JSON ends with which a text begins, and what it is; None if it begins with none."""
    try:
        value, end = DECODER.raw_decode(text)
    except ValueError:
        return None
    return None if "\0" in text[:end] else (end, value)


def oracle(text):
    """Whether the text begins with JSON: bytes after it are let pass, a byte order mark before it too,
    and in strings whatever is not a NUL.  After a report come others, if an object follows."""
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").decode("latin-1")
    first = found = begins_with_json(text)
    while found is not None:
        text = text[found[0]:]
        text = text[re.match("(?:[ \t\r\n,\\[\\]\x1e]|\xef\xbb\xbf)*", text).end():]
        if "organization-name" not in first[1] or text[:1] != "{":
            return True
        found = begins_with_json(text)
    return False


def mutate(text, chance):
    """One or two changes somewhere."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        at = chance.randrange(len(text) + 1)
        kind = chance.randrange(7)
        if kind < 3:
            text = text[:at] + chance.choice(TOKENS) + text[at:]
        elif kind == 3:
            text = text[:at] + text[at + chance.randrange(1, 4):]
        elif kind == 4:
            text = text[:at] + chance.choice(TOKENS) + text[at + 1:]
        elif kind == 5:
            text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1:]
        else:
            other = chance.randrange(len(text) + 1)
            text = text[:at] + text[min(at, other):max(at, other)][:40] + text[at:]
    return text


def texts():
    """Those that begin as JSON does; of others the program does not believe that they are meant to be."""
    chance = random.Random(8259)
    small = [DENSE]
    for name in sorted(glob.glob(os.path.join(TESTS, "data", "json", "*", "*.json"))):
        with open(name, "rb") as file:
            small += [text for text in [file.read()] if len(text) < 4000]
    found = dict.fromkeys(WHOLE + small)
    found.update(dict.fromkeys(DENSE[:cut] for cut in range(1, len(DENSE))))
    while len(found) < (1500 if SANITIZED else 6000):
        found[mutate(DENSE if chance.random() < 0.6 else chance.choice(small), chance)] = None
    return [text for text in found
            if text.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] == b"{"]


def main():
    tap = Tap(fast_folder())
    os.mkdir(tap.path("texts"))
    wanted = texts()
    for i, text in enumerate(wanted):
        with open(tap.path(f"texts/{i:05}.json"), "wb") as file:
            file.write(text)
    command = [INGEST, "--log", "stderr", "--config", tap.path("empty.conf"), "--db", tap.path("x.db")]
    done = subprocess.run([*command, tap.path("texts")], env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    refused, unread = set(), set()
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        name, _, reason = line.partition(".json: ")
        if "not JSON: " in reason:
            refused.add(int(name[-5:]))
        elif "over the limit" in reason:
            unread.add(int(name[-5:]))
    judged = [oracle(text) for text in wanted]
    ours = [i not in refused for i in range(len(wanted))]
    wrong = [i for i in range(len(wanted)) if ours[i] != judged[i] and i not in unread]
    tap.ok(done.returncode == 65, "many of the texts are no reports", done.returncode, done.stdout[-500:])
    tap.ok(not wrong, f"{len(wanted)} texts are judged as by Python",
           *(f"{'taken' if ours[i] else 'refused'}: {wanted[i]!r}"[:400] for i in wrong[:20]))
    tap.ok(min(sum(judged), len(judged) - sum(judged)) > len(judged) // 10,
           "some are JSON, and some are not", sum(judged), len(judged))
    tap.finish()


if __name__ == "__main__":
    main()
