#!/usr/bin/env python3
"""Through pgbouncer in transaction mode, where each transaction may get another connection."""
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TESTS"], "oracle"))
from tap import BIN, ENVIRONMENT, TESTS, Tap, skip  # noqa: E402

from server import Server, find_programs, unprivileged  # noqa: E402

PORT = 6432


def find_pgbouncer():
    for folder in ("/usr/sbin", "/usr/bin"):
        if os.path.exists(f"{folder}/pgbouncer"):
            return f"{folder}/pgbouncer"
    return None


def start(tap, server):
    folder = server.folder
    config = tap.path("pgbouncer.ini")
    with open(config, "w") as file:
        file.write(f"[databases]\npostgres = host={folder} user=postgres\n[pgbouncer]\n"
                   f"listen_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\n"
                   f"auth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n")
    log = open(tap.path("pgbouncer.log"), "wb")
    process = subprocess.Popen([find_pgbouncer(), config], stdout=log, stderr=log, cwd="/",
                               preexec_fn=unprivileged())
    for _ in range(100):
        if os.path.exists(f"{folder}/.s.PGSQL.{PORT}"):
            break
        time.sleep(0.1)
    return process


def main():
    if find_programs() is None or find_pgbouncer() is None:
        skip("no PostgreSQL, or no pgbouncer")
    tap = Tap()
    server = Server(tap.path("pg"))
    pool = start(tap, server)
    uri = server.uri(more=f"&port={PORT}")
    tlsrpt = [os.path.join(BIN, "tlsrpt"), "summary", "--config", tap.path("empty.conf"), "--now",
              "1795435200", "--since", "2026-08-01", "--db"]
    try:
        direct = server.uri()
        made = subprocess.run(tap.command(direct, "--init"), capture_output=True, env=ENVIRONMENT)
        tap.ok(made.returncode == 0, "the schema is made", made.stderr.decode())
        folder = os.path.join(TESTS, "data/mail/good")
        mails = sorted(os.path.join(folder, name) for name in os.listdir(folder))
        problems = []

        def deliver(some):
            for mail in some:
                with open(mail, "rb") as message:
                    result = subprocess.run(tap.command(uri), stdin=message, capture_output=True,
                                            env=ENVIRONMENT)
                if result.returncode != 0:
                    problems.append(result.stderr.decode())
        writers = [threading.Thread(target=deliver, args=(mails[i::6] + mails,)) for i in range(6)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        tap.ok(not problems, "6 writers over 3 connections", *problems)
        count = server.ask("SELECT count(*), sum(reports) FROM reports,"
                           " (SELECT sum(reports) AS reports FROM reporters) AS r").strip()
        # One of the mails has two reports.
        stored = int(server.ask("SELECT count(*) FROM reports"))
        tap.ok(stored == int(server.ask("SELECT sum(reports) FROM reporters")) and
               stored >= len(mails), f"each of {stored} reports once", count)
        texts = [subprocess.run([*tlsrpt, one], capture_output=True, env=ENVIRONMENT)
                 for one in (uri, direct)]
        tap.ok(texts[0].returncode == 0 and texts[0].stdout == texts[1].stdout,
               "a reader sees the same", *[text.stderr.decode() for text in texts])
        batch = subprocess.run(tap.command(uri, "--jobs=2", os.path.join(TESTS, "data/json/good")),
                               capture_output=True, env=ENVIRONMENT)
        tap.ok(batch.returncode == 0, "many files at once", batch.stderr.decode())
    finally:
        pool.send_signal(signal.SIGINT)
        pool.wait(30)
        server.stop()
    tap.finish()


main()
