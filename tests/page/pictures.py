#!/usr/bin/env python3
"""pictures.py FOLDER: writes the pictures of the page that README shows, of the store of seven domains."""
import os
import struct
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "oracle")]
from chromium import Browser, Tab, View  # noqa: E402

LARGEST = 60 * 1000  # bytes
# name: how it is looked at, from which element on, and how many pixels of the picture one of the page is
PICTURES = {
    "page-light.png": (View("light", 1200, 1420, prefers_color_scheme="light"), "section#days", 0.7),
    "page-phone.png": (View("phone", 390, 844, phone=True, prefers_color_scheme="dark"), "html", 0.8)}


def make(browser, page, folder):
    for name, (view, start, scale) in PICTURES.items():
        with Tab(browser, "file://" + page, view) as tab:
            path = os.path.join(folder, name)
            tab.picture(path, start, view.height, scale)
            shrink(path)


def complaints(made, kept):
    """What is wrong with those kept in a folder, beside those made just now in another one."""
    wrong = []
    for name in PICTURES:
        path = os.path.join(kept, name)
        if not os.path.exists(path):
            wrong.append(f"{name}: is not there")
        elif size(path) != size(os.path.join(made, name)):
            wrong.append(f"{name}: {size(path)} pixels, and not {size(os.path.join(made, name))}")
        elif os.path.getsize(path) > LARGEST:
            wrong.append(f"{name}: {os.path.getsize(path)} bytes")
    return wrong


def size(path):
    """Width and height of a PNG, or None."""
    with open(path, "rb") as file:
        head = file.read(24)
    return struct.unpack(">II", head[16:]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


def rows_of(data, width, height):
    """The pixels of a PNG of three or four bytes each, as three bytes each."""
    channels, at, chunks, end = (3, 4)[data[25] == 6], 8, b"", False
    while not end:
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunks += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at, end = at + length + 12, kind == b"IEND"
    raw, stride = zlib.decompress(chunks), width * channels
    before = bytearray(stride)
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            left = row[x - channels] if x >= channels else 0
            up, corner = before[x], before[x - channels] if x >= channels else 0
            if kind == 4:
                nearest = left + up - corner
                row[x] = (row[x] + min((abs(nearest - left), 0, left), (abs(nearest - up), 1, up),
                                       (abs(nearest - corner), 2, corner))[2]) & 255
            elif kind:
                row[x] = (row[x] + (0, left, up, (left + up) // 2)[kind]) & 255
        yield [tuple(row[x:x + 3]) for x in range(0, stride, channels)]
        before = row


def shrink(path):
    """Writes a PNG anew with the 256 colours that are in it most, and the nearest of them for others."""
    with open(path, "rb") as file:
        data = file.read()
    width, height = size(path)
    rows = list(rows_of(data, width, height))
    count = {}
    for row in rows:
        for pixel in row:
            count[pixel] = count.get(pixel, 0) + 1
    palette = sorted(count, key=lambda pixel: (-count[pixel], pixel))[:256]
    index = {pixel: min(range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(palette[i], pixel)))
             for pixel in count}
    raw = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    with open(path, "wb") as file:
        file.write(data[:8])
        for kind, content in ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
                              (b"PLTE", bytes(value for pixel in palette for value in pixel)),
                              (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(content)) + kind + content
                       + struct.pack(">I", zlib.crc32(kind + content)))


def main():
    import stores
    from tap import Tap
    tap = Tap()
    page = stores.page(tap, stores.seven(tap), tap.path("seven.html"))
    with Browser() as browser:
        make(browser, page, sys.argv[1])
    wrong = complaints(sys.argv[1], sys.argv[1])
    tap.ok(not wrong, "the pictures are written", *wrong)
    tap.finish()


if __name__ == "__main__":
    main()
