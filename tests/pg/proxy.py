"""A proxy between a program and PostgreSQL, on sockets: it counts round trips, and cuts the line."""
import os
import socket
import struct
import threading

PORT = 5433


class Proxy:
    """One connection after the other.  A round trip is what waits for an answer: a Sync or a Query."""

    def __init__(self, folder, server):
        os.mkdir(folder)
        self.folder, self.server = folder, os.path.join(server, ".s.PGSQL.5432")
        self.trips = self.connections = self.sent = self.answered = 0
        self.cut_sent = self.cut_answered = None  # bytes after which the line is cut
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(folder, f".s.PGSQL.{PORT}"))
        self.listener.listen(64)
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def uri(self, user="postgres"):
        return f"postgresql://{user}@/postgres?host={self.folder}&port={PORT}"

    def reset(self, cut_sent=None, cut_answered=None):
        self.trips = self.connections = self.sent = self.answered = 0
        self.cut_sent, self.cut_answered = cut_sent, cut_answered

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            upstream = socket.socket(socket.AF_UNIX)
            try:
                upstream.connect(self.server)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.answer, args=(client, upstream), daemon=True).start()
            threading.Thread(target=self.ask, args=(client, upstream), daemon=True).start()

    def cut(self, client, upstream):
        for one in (client, upstream):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def ask(self, client, upstream):
        """From the program to the server, message by message."""
        kept, started = b"", False
        while True:
            try:
                data = client.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            if self.cut_sent is not None and self.sent + len(data) > self.cut_sent:
                data = data[:self.cut_sent - self.sent]
                self.sent += len(data)
                self.send(upstream, data)
                break
            self.sent += len(data)
            kept += data
            while True:
                head = 1 if started else 0
                if len(kept) < head + 4:
                    break
                length = struct.unpack("!I", kept[head:head + 4])[0]
                if len(kept) < head + length:
                    break
                self.trips += started and kept[:1] in (b"S", b"Q")
                kept, started = kept[head + length:], True
            if not self.send(upstream, data):
                break
        self.cut(client, upstream)

    def answer(self, client, upstream):
        while True:
            try:
                data = upstream.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            if self.cut_answered is not None and self.answered + len(data) > self.cut_answered:
                data = data[:self.cut_answered - self.answered]
                self.answered += len(data)
                self.send(client, data)
                break
            self.answered += len(data)
            if not self.send(client, data):
                break
        self.cut(client, upstream)

    @staticmethod
    def send(to, data):
        try:
            to.sendall(data)
        except OSError:
            return False
        return True

    def close(self):
        self.listener.close()
