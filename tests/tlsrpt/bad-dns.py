#!/usr/bin/env python3
"""bad-dns.py PORT: a DNS server whose answers are wrong, as the first label but two of the name says."""
import socket
import struct
import sys
import threading

TXT, MX, IN, CHAOS = 16, 15, 1, 3
TRUNCATED = 0x0200
NOTIMP = 4


def record(rdata, rtype=TXT, rclass=IN, length=None):
    """With the name of the question."""
    return struct.pack("!HHHIH", 0xC00C, rtype, rclass, 60, len(rdata) if length is None else length) + rdata


def answer(query, behaviour):
    end = query.index(b"\0", 12) + 5
    question = query[12:end]

    def message(records=b"", count=1, flags=0):
        return query[:2] + struct.pack("!HHHHH", 0x8180 | flags, 1, count, 0, 0) + question + records

    good = record(b"\x0av=TLSRPTv1")
    return {
        # A string that is longer than its record, and one record among good ones.
        "overrun": message(good + record(b"\xffshort"), 2),
        "count": message(good, 9),
        # A CNAME that points to itself by compression.
        "loop": message(struct.pack("!HHHIH", 0xC00C, 5, IN, 60, 2)
                        + struct.pack("!H", 0xC000 | (12 + len(question) + 12)) + good, 2),
        "nothing": message(record(b"")),
        "notimp": message(b"", 0, NOTIMP),
        "foreign": message(record(b"\0\x01\0", MX) + record(b"\x01x", TXT, CHAOS), 2),
        "silence": message(b"", 0, TRUNCATED),
        "shut": message(b"", 0, TRUNCATED),
    }[behaviour]


def behaviour_of(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return labels[-2] if len(labels) > 1 else "notimp"


def serve_tcp(listener, kept):
    while True:
        connection, _ = listener.accept()
        query = connection.recv(4096)
        if len(query) > 14 and behaviour_of(query[2:]) == "shut":
            connection.close()
        else:
            kept.append(connection)


def main():
    port = int(sys.argv[1])
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    threading.Thread(target=serve_tcp, args=(listener, []), daemon=True).start()
    print("ready", flush=True)
    while True:
        query, sender = udp.recvfrom(4096)
        udp.sendto(answer(query, behaviour_of(query)), sender)


if __name__ == "__main__":
    main()
