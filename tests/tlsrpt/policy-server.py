#!/usr/bin/env python3
"""policy-server.py PORT CERTIFICATE KEY FOLDER: an HTTPS server of MTA-STS policies.

What it answers depends on the domain: the file FOLDER/DOMAIN as text/plain, or what its name says.
"""
import http.server
import os
import ssl
import sys

PORT, CERTIFICATE, KEY, FOLDER = int(sys.argv[1]), *sys.argv[2:]
GOOD = b"version: STSv1\nmode: enforce\nmx: mx.good.example\nmax_age: 86400\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def answer(self, code, body, content_type="text/plain", **headers):
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self):
        """Chunks for ever; a client that does not limit what it takes is filled up."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for _ in range(1 << 16):
                self.wfile.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        except OSError:
            pass
        self.close_connection = True

    def do_GET(self):
        domain = self.headers["Host"].split(":")[0].removeprefix("mta-sts.")
        path = os.path.join(FOLDER, domain)
        if self.path != "/.well-known/mta-sts.txt":
            self.answer(404, b"")
        elif os.path.exists(path):
            with open(path, "rb") as file:
                self.answer(200, file.read(), "text/plain; charset=utf-8")
        elif domain == "redirect.example":
            self.answer(301, GOOD, Location="https://mta-sts.good.example/.well-known/mta-sts.txt")
        elif domain == "html.example":
            self.answer(200, GOOD, "text/html")
        elif domain == "empty.example":
            self.answer(200, b"")
        elif domain == "large.example":
            self.answer(200, GOOD + b"x" * 65536)
        elif domain == "endless.example":
            self.endless()
        else:
            self.answer(404, b"no policy here\n")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
