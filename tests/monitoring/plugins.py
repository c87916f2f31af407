#!/usr/bin/env python3
"""tlsrpt check as a plugin: its output is as the guidelines for such want it, for each status; and the files of
contrib/monitoring for NRPE and Icinga, in the real programs, give the same status, text and performance data.
"""
import os
import pwd
import re
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import stores  # noqa: E402
from tap import Tap  # noqa: E402

CONTRIB = os.path.abspath(os.path.join(HERE, "..", "..", "contrib", "monitoring"))
STATUSES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
NUMBER = r"-?\d+(?:\.\d+)?"
PERFDATA = re.compile(rf"\w+={NUMBER}(?:s|%)?(?:;(?:{NUMBER})?){{0,4}}")
ICINGA = """
include <itl>
object Host "mail" {{
	check_command = "dummy"
	vars.tlsrpt = true
}}
include "{file}"
object CheckerComponent "checker" {{ }}
object PerfdataWriter "perfdata" {{
	host_temp_path = "{folder}/host.new"
	host_perfdata_path = "{folder}/host"
	service_temp_path = "{folder}/service.new"
	service_perfdata_path = "{folder}/service"
	service_format_template = "$service.state_id$\\n$service.output$\\n$service.perfdata$"
	rotation_interval = 1s
}}
"""


class Plugins:
    def __init__(self):
        self.tap = Tap()
        os.chmod(self.tap.folder, 0o755)  # the programs are somebody else
        self.user = pwd.getpwuid(os.getuid()).pw_name

    def check_output(self):
        """Also which statuses there are."""
        seen = set()
        for name, said, commands, wanted, _ in stores.STORES:
            store = stores.make(self.tap, name, said, commands)
            done = stores.check(store)
            first, *more = done.stdout.split("\n")
            status, _, rest = first.partition(" - ")
            text, _, perfdata = rest.partition(" | ")
            self.tap.ok(status == f"TLSRPT {wanted}" and done.returncode == STATUSES.index(wanted) and not done.stderr,
                        f"{name}: {wanted}", done)
            self.tap.ok(text and "|" not in text and "|" not in "".join(more) and len(first) < 1000,
                        f"{name}: one line of text, and performance data behind it alone", done.stdout)
            self.tap.ok(all(PERFDATA.fullmatch(one) for one in perfdata.split(" ")), f"{name}: performance data", perfdata)
            seen.add(wanted)
        self.tap.ok(seen == set(STATUSES), "each status was seen", seen)

    def wrapper(self, store):
        """In the place of /usr/bin/tlsrpt: with a store of ours that anybody may read."""
        db = store[store.index("--db") + 1]
        os.chmod(os.path.dirname(db), 0o755)
        for name in os.listdir(os.path.dirname(db)):
            os.chmod(os.path.join(os.path.dirname(db), name), 0o644)
        path = self.tap.path("tlsrpt")
        with open(path, "w") as file:
            file.write("#!/bin/sh\nexec '%s' \"$@\" %s\n" % (stores.TLSRPT, " ".join(f"'{word}'" for word in store)))
        os.chmod(path, 0o755)
        return path

    def replaced(self, name, *pairs):
        with open(os.path.join(CONTRIB, name), encoding="utf-8") as file:
            text = file.read()
        for old, new in pairs:
            self.tap.ok(old in text, f"{name}: {old}", text)
            text = text.replace(old, new)
        path = self.tap.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    @staticmethod
    def free_port():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return free.getsockname()[1]

    def start(self, *command):
        with open(self.tap.path("server.log"), "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.tap.folder,
                                    start_new_session=True)

    @staticmethod
    def stop(server):
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def log(self):
        with open(self.tap.path("server.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def check_nrpe(self, store, *options, remove=""):
        included = self.replaced("nrpe.cfg", ("/usr/bin/tlsrpt", self.wrapper(store)), *([(remove, "")] if remove else []))
        port, config = self.free_port(), self.tap.path("server.cfg")
        with open(config, "w") as file:
            file.write(f"server_address=127.0.0.1\nserver_port={port}\nnrpe_user={'nagios' if os.getuid() == 0 else self.user}\n"
                       f"nrpe_group={'nagios' if os.getuid() == 0 else self.user}\nallowed_hosts=127.0.0.1\n"
                       f"pid_file={self.tap.path('nrpe.pid')}\nlog_file={self.tap.path('nrpe.log')}\ninclude={included}\n")
        server = self.start("/usr/sbin/nrpe", "-n", "-c", config, "-f")
        try:
            for _ in range(50):
                done = subprocess.run(["/usr/lib/nagios/plugins/check_nrpe", "-n", "-H", "127.0.0.1", "-p", str(port), "-c",
                                       "check_tlsrpt"], capture_output=True, encoding="utf-8")
                if done.stdout.startswith("TLSRPT"):
                    break
                time.sleep(0.1)
        finally:
            self.stop(server)
        direct = stores.check(store, *options)
        self.tap.ok((done.returncode, done.stdout) == (direct.returncode, direct.stdout),
                    f"NRPE says {direct.stdout.split(' - ')[0]}, and all else", done, direct, self.log())

    def icinga(self, *options):
        folders = [f"-D{name}Dir={self.tap.path('icinga')}" for name in ("Data", "Log", "Cache", "Spool", "InitRun")]
        return ["icinga2", "daemon", *options, "-c", self.tap.path("icinga.cfg"), f"-DRunAsUser={self.user}",
                f"-DRunAsGroup={self.user}", *folders]

    def check_icinga(self, store):
        os.makedirs(self.tap.path("icinga"), exist_ok=True)
        included = self.replaced("icinga2.conf", ("/usr/bin/tlsrpt", self.wrapper(store)), ("check_interval = 1h", "check_interval = 1s"),
                                 ("vars.tlsrpt_authenticated_only = true", "vars.tlsrpt_domain = \"d000.example\""))
        with open(self.tap.path("icinga.cfg"), "w") as file:
            file.write(ICINGA.format(file=included, folder=self.tap.path("icinga")))
        with open(self.tap.path("server.log"), "wb"):
            pass
        server = self.start(*self.icinga())
        found = None
        try:
            for _ in range(300):
                names = [name for name in os.listdir(self.tap.path("icinga")) if name.startswith("service.")
                         and os.path.getsize(os.path.join(self.tap.path("icinga"), name))]
                if names:
                    with open(os.path.join(self.tap.path("icinga"), names[0]), encoding="utf-8") as file:
                        found = file.read().split("\n")
                    break
                time.sleep(0.1)
        finally:
            self.stop(server)
        direct = stores.check(store, "--domain", "d000.example")
        first, *more = direct.stdout.rstrip("\n").split("\n")
        text, _, perfdata = first.partition(" | ")
        self.tap.ok(found and [line.rstrip(" ") for line in found[:-1]] == [str(direct.returncode), text, *more, perfdata],
                    f"Icinga says {text.split(' - ')[0]}, and all else", found, direct, self.log())

    def check_icinga_itself(self):
        """The file as it is, and one with a mistake."""
        os.makedirs(self.tap.path("icinga"), exist_ok=True)
        for name, spoil in (("Icinga takes the file as it is", ()), ("and refuses one that is wrong", ("set_if", "sett_if"))):
            file = self.replaced("icinga2.conf", *([spoil] if spoil else []))
            with open(self.tap.path("icinga.cfg"), "w") as config:
                config.write(ICINGA.format(file=file, folder=self.tap.path("icinga")))
            done = subprocess.run(self.icinga("-C"), capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
            self.tap.ok((done.returncode != 0) == bool(spoil), name, done.stdout[-1500:])


def main():
    plugins = Plugins()
    plugins.check_output()
    held = stores.make(plugins.tap, "held", stores.failing("certificate-expired"), ())
    plugins.check_nrpe(held, "--authenticated-only")
    plugins.check_nrpe(held, remove=" --authenticated-only")
    plugins.check_icinga(held)
    plugins.check_icinga_itself()
    plugins.tap.finish()


main()
