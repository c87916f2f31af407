#!/usr/bin/env python3
"""What a reader of the store tries with its files, while the owner delivers and root looks after it.

The owner of the store, its readers and whom they want to harm are made-up users, by number.  Whatever
a reader does to the store's directory, or has done to it as long as the group could write there, no
file outside changes its owner, its mode or its content, and he gets no file of anybody else.  Needs
root.
"""
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "order"))
from messages import message  # noqa: E402
from tap import BIN, ENVIRONMENT, TESTS, Tap, skip  # noqa: E402

OWNER, READER, STRANGER, GROUP = 64101, 64102, 64103, 64110
OTHER_GROUP = 64111
SUFFIXES = "", "-wal", "-shm", "-lock"
with open(os.path.join(TESTS, "data/mail/good/google-2026-11-14-certificate-expired.eml"),
          "rb") as sample:
    SAMPLE = sample.read()  # with an incident to note
SECRET = "what is of nobody's business\n"


class Files:
    def __init__(self, tap):
        self.tap = tap
        self.number = 0
        os.chmod(tap.folder, 0o755)
        os.chmod(tap.path("empty.conf"), 0o644)
        with open(tap.path("short.conf"), "w") as file:
            file.write("[ingest]\ndeadline=2s\n")
        os.mkdir(tap.path("bin"), 0o755)
        for program in "tlsrpt-ingest", "tlsrpt":
            shutil.copy(os.path.join(BIN, program), tap.path("bin"))
            os.chmod(tap.path(f"bin/{program}"), 0o755)

    def run(self, user, *command, group=None, groups=(), data=None, check=False):
        """As a user, by number; 0 is root."""
        group = user if group is None else group
        how = ["setpriv", f"--reuid={user}", f"--regid={group}",
               "--groups=" + ",".join(map(str, groups)) if groups else "--clear-groups"]
        done = subprocess.run(how + list(command), input=data, capture_output=True, cwd="/",
                              env=ENVIRONMENT, timeout=60)
        if check and done.returncode:
            raise RuntimeError(f"{command}: {done.stderr.decode()}")
        return done

    def reader(self, *command):
        return self.run(READER, *command, groups=(GROUP,))

    def ingest(self, user, db, *options, data=b"", **more):
        return self.run(user, self.tap.path("bin/tlsrpt-ingest"), "--log", "stderr", "-c",
                        self.tap.path("short.conf"), "--db", db, *options, data=data, **more)

    def deliver(self, user, db, **more):
        self.number += 1
        return self.ingest(user, db, data=message(self.number), **more)

    def tlsrpt(self, user, verb, db, *operands, **more):
        return self.run(user, self.tap.path("bin/tlsrpt"), verb, "-c",
                        self.tap.path("short.conf"), "--db", db, *operands, **more)

    def make(self, name, mode, old=False):
        """A store of the owner, readable for the group; old: as it was, writable for the group."""
        folder = self.tap.path(name)
        db = os.path.join(folder, "tlsrpt.db")
        os.mkdir(folder)
        os.chown(folder, OWNER, GROUP)
        os.chmod(folder, mode)
        done = self.ingest(OWNER, db, data=SAMPLE, group=GROUP)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        if old:
            for suffix in SUFFIXES:
                os.chmod(db + suffix, 0o660)
        return db

    def victim(self, name, owner=0, content=SECRET):
        path = self.tap.path(name)
        with open(path, "w") as file:
            file.write(content)
        os.chown(path, owner, owner)
        os.chmod(path, 0o600)
        return path


def state(path):
    status = os.lstat(path)
    with open(path, "rb") as file:
        content = file.read()
    return status.st_uid, status.st_gid, oct(status.st_mode), content


def directory_state(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid, oct(status.st_mode), sorted(os.listdir(path))


def count(db):
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute("SELECT count(*) FROM reports").fetchone()[0]
    finally:
        connection.close()


def said(done):
    return f"exit {done.returncode}: {(done.stdout + done.stderr).decode().strip()}"


# What root does to a store that is somebody else's.
def root_commands(files, db):
    yield "--init", lambda: files.ingest(0, db, "--init")
    yield "--init --owner", lambda: files.ingest(0, db, "--init", "--owner", f"{OWNER}:{GROUP}")
    yield "prune", lambda: files.tlsrpt(0, "prune", db)
    yield "note", lambda: files.tlsrpt(0, "note", db, "1", "seen")
    yield "status", lambda: files.tlsrpt(0, "status", db)
    yield "summary", lambda: files.tlsrpt(0, "summary", db)
    yield "a delivery", lambda: files.deliver(0, db)


def foreign(db):
    """Files of the store that are not the owner's."""
    return [suffix or "the store" for suffix in SUFFIXES
            if os.path.lexists(db + suffix) and os.lstat(db + suffix).st_uid != OWNER]


def test_planted(files, kind):
    """In a directory that the group could write to: what lies there when root comes."""
    tap = files.tap
    for suffix in SUFFIXES:
        for number in range(7):
            db = files.make(f"{kind}{suffix}-{number}", 0o2770, old=True)
            victim = files.victim(f"victim-{kind}{suffix}-{number}",
                                  content=SECRET if number % 2 else "")
            name, command = list(root_commands(files, db))[number]
            os.remove(db + suffix)
            if kind == "symlink":
                files.run(READER, "ln", "-s", victim, db + suffix, groups=(GROUP,), check=True)
            else:
                os.link(victim, db + suffix)  # as where fs.protected_hardlinks is 0
            before = state(victim)
            done = command()
            tap.ok(state(victim) == before, f"{kind} as {suffix or 'the store'}, root runs {name}:"
                   " the file outside is as before", state(victim)[:3], said(done))
            shutil.rmtree(os.path.dirname(db))
            os.remove(victim)


def test_new_names(files):
    """A link to what is not there: root makes no file elsewhere."""
    for suffix in SUFFIXES:
        db = files.make(f"new{suffix}", 0o2770, old=True)
        target = files.tap.path(f"made-by-root{suffix}")
        os.remove(db + suffix)
        files.reader("ln", "-s", target, db + suffix)
        done = [said(command()) for _, command in root_commands(files, db)]
        files.tap.ok(not os.path.lexists(target), f"link to nothing as {suffix or 'the store'}:"
                     " nothing is made there", *done)


def test_foreign_files(files):
    """A file of root's that the reader has moved into the directory is not given away."""
    tap = files.tap
    for suffix in "-lock", "-wal":
        db = files.make(f"moved{suffix}", 0o2770, old=True)
        yard = tap.path(f"yard{suffix}")
        os.mkdir(yard)
        os.chown(yard, READER, READER)
        secret = files.victim(f"yard{suffix}/secret")
        os.remove(db + suffix)
        files.run(READER, "mv", secret, db + suffix, groups=(GROUP,), check=True)
        before = state(db + suffix)
        done = [said(command()) for _, command in root_commands(files, db)]
        tap.ok(state(db + suffix) == before, f"root's file moved in as {suffix} stays root's",
               state(db + suffix)[:3], *done)
        again = files.ingest(0, db, "--init")
        tap.ok(again.returncode == 75 and b"belongs to root" in again.stderr,
               "and --init says whose it is", said(again))
        fifo = files.make(f"fifo{suffix}", 0o2770, old=True)
        os.remove(fifo + suffix)
        files.reader("mkfifo", fifo + suffix)
        done = files.deliver(0, fifo)
        tap.ok(done.returncode == 75 and b"no regular file" in done.stderr,
               f"a fifo as {suffix} is refused", said(done))


def test_owner_race(files):
    """The reader swaps the lock file and a link, as fast as he can, while root runs --init."""
    tap = files.tap
    db = files.make("race", 0o2770, old=True)
    victim = files.victim("race-victim")
    before = state(victim)
    script = (f"import os\nlock={db + '-lock'!r}\nwhile True:\n"
              f"    try:\n        os.symlink({victim!r}, lock + '.x')\n"
              "        os.rename(lock + '.x', lock)\n"
              "        open(lock + '.y', 'w').close()\n        os.rename(lock + '.y', lock)\n"
              "    except OSError:\n        pass\n")
    swapper = subprocess.Popen(["setpriv", f"--reuid={READER}", f"--regid={READER}",
                                f"--groups={GROUP}", sys.executable, "-c", script])
    try:
        for _ in range(20):
            os.chmod(os.path.dirname(db), 0o2770)
            for _, command in root_commands(files, db):
                command()
            if state(victim) != before:
                break
    finally:
        swapper.kill()
        swapper.wait()
    tap.ok(state(victim) == before, "names swapped while root works: the file outside is as before",
           state(victim)[:3])


def test_init(files):
    """An old store is set right, and then the group reads and does nothing else."""
    tap = files.tap
    db = files.make("old", 0o2770, old=True)
    done = files.ingest(0, db, "--init")
    modes = [oct(stat.S_IMODE(os.lstat(path).st_mode))
             for path in (os.path.dirname(db), *(db + suffix for suffix in SUFFIXES))]
    tap.ok(done.returncode == 0 and not foreign(db)
           and modes == ["0o750", "0o640", "0o640", "0o640", "0o600"],
           "--init sets the modes of an old store right", modes, said(done))
    reader_can_only_read(files, db)


def reader_can_only_read(files, db):
    tap = files.tap
    there = sorted(os.listdir(os.path.dirname(db)))
    done = files.run(READER, tap.path("bin/tlsrpt"), "status", "-c", tap.path("short.conf"), "--db",
                     db, groups=(GROUP,))
    tap.ok(done.returncode == 0, "a reader reads", said(done))
    for suffix in SUFFIXES:
        path = db + suffix
        for name, command in (
                ("remove", ("rm", "-f", path)), ("rename", ("mv", "-f", path, path + ".away")),
                ("replace", ("ln", "-sf", "/etc/passwd", path)),
                ("write to", ("sh", "-c", f"echo >>{path}")), ("truncate", ("truncate", "-s0", path))):
            done = files.reader(*command)
            tap.ok(done.returncode != 0, f"but cannot {name} {suffix or 'the store'}", said(done))
    done = files.reader("flock", "-n", db + "-lock", "true")
    tap.ok(done.returncode not in (0, 1), "nor lock the lock file", said(done))
    tap.ok(files.reader("touch", os.path.join(os.path.dirname(db), "x")).returncode != 0,
           "nor make a file")
    tap.ok(sorted(os.listdir(os.path.dirname(db))) == there, "all is there")
    done = files.run(READER, tap.path("bin/tlsrpt"), "note", "-c", tap.path("short.conf"), "--db",
                     db, "1", "x", groups=(GROUP,))
    tap.ok(done.returncode == 1 and f'"sudo -u {OWNER}"'.encode() in done.stderr,
           "who may not write is told whom to become", said(done))
    holder = subprocess.Popen(["setpriv", f"--reuid={READER}", f"--regid={READER}",
                               f"--groups={GROUP}", sys.executable, "-c",
                               f"import fcntl, time\nf = open({db + '-lock'!r})\n"
                               "fcntl.flock(f, fcntl.LOCK_SH)\ntime.sleep(60)"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    done = files.deliver(OWNER, db, group=GROUP)
    tap.ok(done.returncode == 0, "and deliveries go on while he tries", said(done))
    holder.kill()
    holder.wait()


def test_links_on_the_way(files):
    """A directory that is not the attacker's, by a symbolic link of his on the way to it."""
    tap = files.tap
    mine = files.tap.path("mine")
    os.mkdir(mine)
    os.chown(mine, READER, READER)
    victim = files.tap.path("of-root")
    store = os.path.dirname(files.make("of-owner", 0o750))
    for name, target, owner, rest in (
            ("that is empty and root's", victim, 0, "link"),
            ("of which the parent is a link", os.path.dirname(victim), 0, "link/of-root"),
            ("to be made in a directory of root's", victim, 0, "link/new"),
            ("in which there is a store", store, OWNER, "link")):
        shutil.rmtree(victim, ignore_errors=True)
        os.mkdir(victim, 0o755)
        link = os.path.join(mine, "link")
        files.run(READER, "ln", "-sfn", target, link, check=True)
        before = directory_state(victim), directory_state(store)
        db = os.path.join(mine, rest, "tlsrpt.db")
        done = [files.ingest(0, db, "--init", "--owner", "nobody:nogroup")]
        if owner == 0:
            done += [files.ingest(0, db, "--init"), files.deliver(0, db),
                     files.ingest(0, db, "--", __file__)]
        after = directory_state(victim), directory_state(store)
        tap.ok(after == before and all(one.returncode == 75 for one in done),
               f"root and a link to a directory {name}: nothing is made or given away",
               before, after, *map(said, done))
    # Links that nobody else has made are what they are for.
    os.symlink(store, tap.path("roots-link"))
    db = tap.path("roots-link/tlsrpt.db")
    done = files.ingest(0, db, "--init")
    tap.ok(done.returncode == 0 and not foreign(db), "a link of root's leads to a store", said(done))
    os.lchown(tap.path("roots-link"), OWNER, GROUP)
    done = files.ingest(0, db, "--init")
    tap.ok(done.returncode == 0 and not foreign(db), "so does one of the store's owner", said(done))


def test_root_leaves_nothing(files):
    """What root makes is the owner's, whatever root runs."""
    tap = files.tap
    for number in range(7):
        for gone in (("-wal", "-shm"), ("-lock",), ("-shm",)):
            db = files.make(f"root-{number}{gone[0]}", 0o750)
            connection = sqlite3.connect(db)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            os.chown(db, OWNER, GROUP)
            connection.close()
            for suffix in gone:
                if os.path.exists(db + suffix):
                    os.remove(db + suffix)
            name, command = list(root_commands(files, db))[number]
            done = command()
            if name == "--init --owner":
                continue  # these users have no names
            tap.ok(done.returncode == 0 and not foreign(db),
                   f"root runs {name} where {' and '.join(gone)} is missing: all is the owner's",
                   foreign(db), said(done))
            done = files.deliver(OWNER, db, group=GROUP)
            tap.ok(done.returncode == 0, "and he can deliver", said(done))


def test_hard_link(files):
    """Under its other name the store has other files beside it."""
    tap = files.tap
    db = files.make("linked", 0o750)
    other = os.path.join(os.path.dirname(db), "other.db")
    os.link(db, other)
    for name in db, other:
        done = files.deliver(OWNER, name, group=GROUP)
        tap.ok(done.returncode == 75 and b"hard link" in done.stderr,
               "a store with a second name is not written to", said(done))
    os.remove(other)
    done = files.deliver(OWNER, db, group=GROUP)
    tap.ok(done.returncode == 0 and count(db) == 2, "and with one name it is", said(done))
    snapshot = tap.path("snapshot")
    os.mkdir(snapshot)
    os.chown(snapshot, OWNER, GROUP)
    for suffix in "", "-wal", "-shm":
        os.link(db + suffix, os.path.join(snapshot, "tlsrpt.db" + suffix))
    done = files.tlsrpt(OWNER, "status", os.path.join(snapshot, "tlsrpt.db"))
    tap.ok(done.returncode == 0, "a snapshot by hard links is read", said(done))


def test_mounted(files):
    """A database that is mounted by itself has its journal elsewhere."""
    tap = files.tap
    db = files.make("mounted", 0o750)
    other = files.make("mounted-elsewhere", 0o750)
    for suffix in SUFFIXES[1:]:
        os.remove(other + suffix)
    program = [tap.path("bin/tlsrpt-ingest"), "--log", "stderr", "-c", tap.path("empty.conf"), "--db"]
    script = 'mount --bind "$0" "$1" || exit 99; shift; exec setpriv --reuid=%d --clear-groups "$@"'

    def run(source, target, place):
        return files.run(0, "unshare", "--mount", "sh", "-c", script % OWNER, source, target,
                         *program, place, data=message(99))
    done = run(db, other, other)
    if done.returncode == 99:
        tap.skip_part("a database mounted by itself", "no mounts here")
        return
    tap.ok(done.returncode == 75 and b"is mounted there" in done.stderr
           and not os.path.exists(other + "-wal") and count(db) == 1,
           "a database mounted by itself is not written to", said(done), count(db))
    done = run(os.path.dirname(db), os.path.dirname(other), other)
    tap.ok(done.returncode == 0 and count(db) == 2, "one whose directory is mounted is",
           said(done), count(db))


def test_shared(files):
    """By hand in directories of others, one's own files work."""
    tap = files.tap
    for name, mode, owner, group in (("tmp", 0o1777, 0, 0), ("shared", 0o2775, STRANGER, GROUP),
                                     ("shared-by-root", 0o2775, 0, GROUP)):
        folder = tap.path(name)
        os.mkdir(folder)
        os.chown(folder, owner, group)
        os.chmod(folder, mode)
        db = os.path.join(folder, "mine.db")
        done = [files.ingest(READER, db, data=SAMPLE, groups=(GROUP,)),
                files.deliver(READER, db, groups=(GROUP,))]
        done.append(files.tlsrpt(READER, "note", db, "1", "seen", groups=(GROUP,)))
        done.append(files.tlsrpt(READER, "status", db, groups=(GROUP,)))
        owners = {os.lstat(db + suffix).st_uid for suffix in SUFFIXES}
        tap.ok(not any(one.returncode for one in done) and owners == {READER},
               f"{oct(mode)}: one's own store works", owners, *map(said, done))
        theirs = os.path.join(folder, "planted.db")
        victim = files.victim(f"victim-{name}", READER)
        before = state(victim)
        files.run(STRANGER, "ln", "-s", victim, theirs + "-lock", groups=(GROUP,), check=True)
        done = files.deliver(READER, theirs, groups=(GROUP,))
        tap.ok(done.returncode == 75 and state(victim) == before,
               f"{oct(mode)}: what somebody has put there is not used", said(done))
    # A parent that is a link is the operator's affair.
    os.symlink(tap.path("tmp"), tap.path("link"))
    done = files.deliver(READER, os.path.join(tap.path("link"), "mine.db"))
    tap.ok(done.returncode == 0 and count(os.path.join(tap.path("tmp"), "mine.db")) == 3,
           "a directory named by a symbolic link", said(done))


def test_synced(files):
    """What --init makes is there after a loss of power."""
    parent = files.tap.path("synced")
    os.mkdir(parent)
    folder = os.path.join(parent, "store")
    done = subprocess.run(
        ["strace", "-f", "-y", "-e", "trace=fsync", files.tap.path("bin/tlsrpt-ingest"), "-c",
         files.tap.path("short.conf"), "--db", os.path.join(folder, "x.db"), "--init"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT)
    for path, name in (parent, "the directory above"), (folder, "the directory itself"):
        files.tap.ok(f"<{path}>) = 0" in done.stderr, f"--init syncs {name}", done.stderr)


def test_holder(files):
    """Who holds a lock of SQLite's is named."""
    tap = files.tap
    db = files.make("held", 0o2750)
    record = "struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 120, 8, 0)"
    for how, lock, said_so in (
            ("by a process", "fcntl.lockf(f, fcntl.LOCK_SH, 8, 120)", "process {} holds"),
            ("by an open file", f"fcntl.fcntl(f, 37, {record})", "somebody holds")):
        script = (f"import fcntl, struct\nf=open({db + '-shm'!r},'rb')\n"
                  f"{lock}\nprint('held', flush=True)\ninput()\n")
        holder = subprocess.Popen(["setpriv", f"--reuid={READER}", f"--regid={READER}",
                                   f"--groups={GROUP}", sys.executable, "-c", script],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.readline()
        done = files.deliver(OWNER, db, group=GROUP)
        tap.ok(done.returncode == 75 and said_so.format(holder.pid).encode() in done.stderr,
               f"a lock that a reader holds {how}: 75, and the log says who", said(done))
        holder.communicate(b"\n")
        done = files.deliver(OWNER, db, group=GROUP)
        tap.ok(done.returncode == 0, "and when it is gone the report is stored", said(done))


def main():
    if os.geteuid() != 0:
        skip("only root can become others")
    tap = Tap()
    os.umask(0o022)
    files = Files(tap)
    test_planted(files, "symlink")
    test_planted(files, "hardlink")
    test_new_names(files)
    test_foreign_files(files)
    test_owner_race(files)
    test_init(files)
    test_links_on_the_way(files)
    test_root_leaves_nothing(files)
    test_hard_link(files)
    test_mounted(files)
    test_shared(files)
    test_synced(files)
    test_holder(files)
    tap.finish()


if __name__ == "__main__":
    main()
