#!/usr/bin/env python3
"""The commands that tlsrpt explain gives are run against servers of loopback: an MX with STARTTLS, the
web server of a policy, and Unbound, in a mount and network namespace of their own.  Against good servers
each succeeds, and against those with a fault the commands show the fault."""

import fcntl
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TESTS"], "oracle"))
from tap import Tap, skip

TLSRPT = os.path.join(os.environ["BIN"], "tlsrpt")
D, M = "example.org", "mx1.example.org"
POLICY = f"version: STSv1\r\nmode: enforce\r\nmx: {M}\r\nmax_age: 604800\r\n"
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
NEEDED = ("openssl", "curl", "dig", "delv", "unbound", "posttls-finger")


def in_namespace():
    """Goes on in a namespace whose resolver is 127.0.0.1, where ports 25, 53 and 443 are free."""
    for program in NEEDED:
        if not shutil.which(program, path=PATH):
            skip(f"{program} is not installed")
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run(command + ["true"], capture_output=True).returncode != 0:
        skip("no namespaces of our own")
    os.execvpe("unshare", command + [sys.executable] + sys.argv, dict(os.environ, ADVICE_INSIDE="1"))


def set_up_names(folder):
    with socket.socket() as any_socket:  # SIOCSIFFLAGS, IFF_UP
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\n"), ("hosts", "127.0.0.1 localhost\n")):
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        subprocess.run(["mount", "--bind", path, f"/etc/{name}"], check=True)


class Certificates:
    """A CA of our own, and what it signs."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = self.path("ca")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", "/CN=a CA", "-days", "30", "-keyout", self.ca + ".key", "-out", self.ca)

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def openssl(*words, text=None):
        subprocess.run(["openssl", *words], check=True, capture_output=True, input=text, text=True)

    def make(self, name, hosts, first="20200101000000Z", last="20991231000000Z", signed=True):
        """A context for a server that has a certificate for these hosts."""
        path = self.path(name)
        names = ",".join("DNS:" + host for host in hosts)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path + ".key"]
        if not signed:
            self.openssl("req", "-x509", *key, "-subj", f"/CN={hosts[0]}", "-addext",
                         f"subjectAltName={names}", "-out", path)
        else:
            with open(path + ".cnf", "w") as file:
                file.write(f"[ca]\ndefault_ca=a\n[a]\ndatabase={path}.db\nserial={path}.serial\n"
                           f"new_certs_dir={self.folder}\ncertificate={self.ca}\nprivate_key={self.ca}.key\n"
                           "default_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n"
                           f"[e]\nsubjectAltName={names}\n")
            for file_name, text in ((".db", ""), (".serial", "01\n")):
                with open(path + file_name, "w") as file:
                    file.write(text)
            self.openssl("req", "-new", *key, "-subj", f"/CN={hosts[0]}", "-out", path + ".csr")
            self.openssl("ca", "-batch", "-config", path + ".cnf", "-startdate", first, "-enddate", last,
                         "-in", path + ".csr", "-out", path, "-notext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path, path + ".key")
        return context


class Server:
    """Answers each connection in a thread; its certificate and manners can be changed."""

    def __init__(self, port, serve, context):
        self.serve, self.context = serve, context
        self.listener = socket.create_server(("127.0.0.1", port), backlog=20)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            with connection:
                connection.settimeout(20)
                self.serve(self, connection)
        except (OSError, ValueError):
            pass


def serve_smtp(server, connection):
    file = connection.makefile("rwb")

    def say(text):
        file.write(text.encode() + b"\r\n")
        file.flush()

    say(f"220 {M} ESMTP")
    while line := file.readline():
        verb = line.split()[0].upper() if line.split() else b""
        if verb == b"EHLO":
            say(f"250-{M}\r\n250 STARTTLS" if server.context else f"250 {M}")
        elif verb == b"STARTTLS" and server.context:
            say("220 go ahead")
            connection = server.context.wrap_socket(connection, server_side=True)
            file = connection.makefile("rwb")
        elif verb == b"QUIT":
            say("221 bye")
            return
        else:
            say("500 what?")


def serve_https(server, connection):
    with server.context.wrap_socket(connection, server_side=True) as tls:
        request = tls.recv(4096)
        found = b"GET /.well-known/mta-sts.txt" in request
        body = POLICY if found else "no"
        tls.sendall(f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Type: text/plain\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())


def start_unbound(folder, digest):
    records = [f"{D}. MX 10 {M}.", f"{M}. A 127.0.0.1", f"mta-sts.{D}. A 127.0.0.1", f"mta-sts.{D}. AAAA ::1",
               f"{M}. AAAA ::1", f"_mta-sts.{D}. TXT \"v=STSv1; id=1;\"", f"_25._tcp.{M}. TLSA 3 1 1 {digest}",
               f"{D}. NS ns.{D}.", f"ns.{D}. A 127.0.0.1", f"{D}. SOA ns.{D}. a.{D}. 1 2 3 4 5"]
    with open(os.path.join(folder, "unbound.conf"), "w") as file:
        file.write("server:\n interface: 127.0.0.1\n port: 53\n username: ''\n chroot: ''\n use-syslog: no\n"
                   f" directory: '{folder}'\n pidfile: ''\n logfile: '{folder}/unbound.log'\n do-ip6: no\n"
                   f" module-config: 'iterator'\n local-zone: '{D}.' static\n"
                   + "".join(f" local-data: '{record}'\n" for record in records)
                   + "remote-control:\n control-enable: no\n")
    subprocess.Popen([shutil.which("unbound", path=PATH), "-d", "-c", f"{folder}/unbound.conf"],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if "127.0.0.1" in subprocess.run(["dig", "+short", "+time=1", "+tries=1", "A", M],
                                         capture_output=True, text=True).stdout:
            return
        time.sleep(0.05)
    sys.exit("unbound does not answer")


class Runner:
    def __init__(self, folder, ca):
        self.environment = dict(os.environ, PATH=PATH + ":/usr/lib/nagios/plugins", SSL_CERT_FILE=ca,
                                CURL_CA_BUNDLE=ca, MAIL_CONFIG=folder, LC_ALL="C")
        with open(os.path.join(folder, "main.cf"), "w") as file:
            file.write("compatibility_level = 3.6\ninet_protocols = ipv4\nsmtp_host_lookup = dns\n"
                       f"smtp_tls_CAfile = {ca}\nmyhostname = client.example\n")

    def run(self, command):
        """The exit code and all that it prints."""
        done = subprocess.run(["sh", "-c", command], env=self.environment, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout


def explanations():
    text = subprocess.run([TLSRPT, "explain", "-f", "json"], capture_output=True, text=True, check=True)
    return json.loads(text.stdout)["explanations"]


def filled(command):
    return command.replace("%D", D).replace("%M", M)


# What good servers give; the first pattern that a command has is what is expected in its output.
GOOD = (
    (r"posttls-finger.*-l dane", r"Verified TLS|Anonymous|Untrusted TLS|Trusted TLS"),
    (r"posttls-finger", r"TLS connection established"),
    (r"-noout -pubkey", r"[0-9a-f]{64}"),
    (r"subjectAltName", rf"DNS:({M}|mta-sts\.{D})"),
    (r"-noout -dates", r"notAfter="),
    (r"-noout -text", r"Not After"),
    (r"-showcerts", r"BEGIN CERTIFICATE"),
    (r"-verify_return_error", r"Verification: OK"),
    (r"s_client", r"CONNECTION ESTABLISHED"),
    (r"curl", r"HTTP/1\.1 200[\s\S]*version: STSv1"),
    (r"dig \+short TLSA", r"3 1 1 [0-9A-F ]+"),
    (r"dig \+short MX", re.escape(M)),
    (r"dig \+short TXT", r"v=STSv1"),
    (r"dig \+short A ", r"127\.0\.0\.1"),
    (r"dig \+short AAAA", r"::1"),
    (r"dig \+short NS", r"ns\."),
    (r"dig TXT", r"v=STSv1"),
)
# These need a signed root or its servers; that dig and delv take them is all that can be seen here.
NEEDS_THE_NET = r"^delv |\+dnssec|\+trace|\+nssearch|DNSKEY|\bDS\b"


def check_good(tap, runner, commands):
    for command in commands:
        code, printed = runner.run(filled(command))
        if re.search(NEEDS_THE_NET, command):
            wrong = re.search(r"[Ii]nvalid|[Uu]nknown|[Uu]sage|not found", printed)
            tap.ok(not wrong, f"is taken: {command}", printed)
            continue
        wanted = next(wanted for pattern, wanted in GOOD if re.search(pattern, command))
        tap.ok(code == 0 and re.search(wanted, printed), f"works: {command}", f"{code}\n{printed}")


def check_fault(tap, runner, name, all_of_it, wanted):
    """The commands of an explanation show the fault that the servers have now."""
    entry = next(one for one in all_of_it if one["name"] == name)
    printed = "".join(runner.run(filled(command))[1] for command in entry["verify"].split("\n"))
    tap.ok(re.search(wanted, printed), f"the commands of {name} show the fault", printed)


def check_paste(tap, runner):
    """What text shows can be pasted whole, and no line is wider than a terminal."""
    text = subprocess.run([TLSRPT, "explain", "certificate-expired"], capture_output=True, text=True,
                          check=True).stdout
    tap.ok(max(map(len, text.splitlines())) <= 80, "no line is wider than 80 columns")
    block = re.search(r"first line\)\n((?:  .*\n)+)", text)[1]
    block = block.replace("D=example.com", f"D={D}").replace("M=mx.example.com", f"M={M}")
    code, printed = runner.run(block)
    tap.ok(code == 0 and "Verification: OK" in printed and "notAfter=" in printed,
           "the commands can be pasted as they are shown", printed)


def main():
    if "ADVICE_INSIDE" not in os.environ:
        in_namespace()
    tap = Tap()
    folder = tap.folder
    set_up_names(folder)
    certificates = Certificates(folder)
    good = certificates.make("good", [M])
    web = certificates.make("web", ["mta-sts." + D])
    key = subprocess.run(f"openssl x509 -in {folder}/good -noout -pubkey | openssl pkey -pubin -outform DER |"
                         " openssl dgst -sha256 -r", shell=True, capture_output=True, text=True, check=True)
    smtp, https = Server(25, serve_smtp, good), Server(443, serve_https, web)
    start_unbound(folder, key.stdout.split()[0])
    runner = Runner(folder, certificates.ca)
    entries = explanations()
    commands = sorted({command for entry in entries for command in (entry["verify"] or "").split("\n")
                       if command})

    check_good(tap, runner, commands)
    check_paste(tap, runner)
    smtp.context = certificates.make("expired", [M], last="20210101000000Z")
    check_fault(tap, runner, "certificate-expired", entries, "certificate has expired")
    smtp.context = certificates.make("other", ["www.example.org"])
    check_fault(tap, runner, "certificate-host-mismatch", entries, "(?i)hostname mismatch")
    smtp.context = certificates.make("self", [M], signed=False)
    check_fault(tap, runner, "certificate-not-trusted", entries, "self-signed certificate")
    check_fault(tap, runner, "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", entries, "self-signed certificate")
    smtp.context = None
    check_fault(tap, runner, "starttls-not-supported", entries, "STARTTLS")
    smtp.context = good
    https.context = certificates.make("web-expired", ["mta-sts." + D], last="20210101000000Z")
    check_fault(tap, runner, "sts-webpki-invalid", entries, "certificate has expired")
    if shutil.which("check_ssl_cert", path=runner.environment["PATH"]):
        code, printed = runner.run(f"check_ssl_cert -P smtp -H {M} -r {certificates.ca} --ignore-sct")
        tap.ok(code == 0, "check_ssl_cert is called right", printed)
    tap.finish()


main()
