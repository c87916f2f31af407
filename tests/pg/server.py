"""A PostgreSQL for one test: in its folder, with a socket there only, as somebody who may nothing."""
import glob
import json
import os
import pwd
import signal
import subprocess
import time

OWNER = "postgres"


def find_programs():
    """The folder of the newest PostgreSQL's programs, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return os.path.dirname(max(found, key=lambda path: int(path.split("/")[4]))) if found else None


def unprivileged():
    """What keeps PostgreSQL from refusing to run: another user than root."""
    if os.getuid() != 0:
        return None
    user = pwd.getpwnam("nobody")

    def become():
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    return become


class Server:
    def __init__(self, folder, *settings):
        self.folder, self.settings = folder, list(settings)
        self.bin, self.process = find_programs(), None
        os.mkdir(folder)
        os.chmod(os.path.dirname(folder), 0o711)
        if os.getuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        self.data = os.path.join(folder, "data")
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C")
        self.start()

    def run(self, program, *arguments):
        subprocess.run([os.path.join(self.bin, program), *arguments], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, preexec_fn=unprivileged())

    def start(self):
        options = [part for setting in ["listen_addresses=", "fsync=off", *self.settings]
                   for part in ("-c", setting)]
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [os.path.join(self.bin, "postgres"), "-D", self.data, "-k", self.folder, *options],
            stdout=log, stderr=log, cwd="/", preexec_fn=unprivileged())
        log.close()
        for _ in range(600):
            ready = subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder])
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start: see its log")

    def stop(self, how=signal.SIGINT):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def uri(self, user=OWNER, host=None, more=""):
        return f"postgresql://{user}@/postgres?host={host or self.folder}{more}"

    def ask(self, sql, user=OWNER):
        """What psql prints; an error is an exception."""
        result = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.uri(user)],
            input="SET search_path = tlsrpt;\n" + sql, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)
        return result.stdout

    def rows(self, columns, table):
        """The rows of a table or view as lists, sorted."""
        text = self.ask(f"SELECT coalesce(json_agg(json_build_array({', '.join(columns)})), '[]')"
                        f" FROM {table}")
        return sorted(json.loads(text), key=repr)
