#!/usr/bin/env python3
"""The completions of contrib in a real bash and a real zsh, on a terminal: what a Tab makes of a line."""
import os
import pty
import re
import select
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, TESTS, Tap  # noqa: E402

COMPLETION = os.path.join(os.path.dirname(TESTS), "contrib", "completion")
BASH = f"""PS1='ready> '
bind 'set bell-style none' 'set enable-bracketed-paste off' 'set show-all-if-ambiguous on' 'set page-completions off'
source {COMPLETION}/tlsrpt.bash
"""
ZSH = f"""PS1='ready> '
unset zle_bracketed_paste
fpath=({COMPLETION} $fpath)
autoload -Uz compinit && compinit -u -D
unsetopt beep list_beep prompt_cr prompt_sp
bindkey -e
zstyle ':completion:*' insert-tab false
"""

# What is typed before a Tab, and what the line then is; for a list, what is offered.
LINES = [
    ("tlsrpt fail", "tlsrpt failures "),
    ("tlsrpt reports --fai", "tlsrpt reports --failed "),
    ("tlsrpt quarantine re", "tlsrpt quarantine retry "),
    ("tlsrpt record gen", "tlsrpt record generate "),
    ("tlsrpt export -f prom", "tlsrpt export -f prometheus "),
    ("tlsrpt help stat", "tlsrpt help status "),
    ("tlsrpt explain sts-policy-f", "tlsrpt explain sts-policy-fetch-error "),
    ("tlsrpt show messa", "tlsrpt show message.eml "),
    ("tlsrpt policy --expect fold", "tlsrpt policy --expect folder/"),
]
LISTS = [
    ("tlsrpt re", ["record", "reopen", "reports", "reprocess", "resolve"]),
    ("tlsrpt prune --keep", ["--keep", "--keep-totals"]),
]


class Shell:
    def __init__(self, tap, command, setup):
        self.folder = tap.path(command[0] + ".d")
        os.makedirs(os.path.join(self.folder, "folder"))
        open(os.path.join(self.folder, "message.eml"), "w").close()
        environment = {"PATH": BIN + ":" + os.environ["PATH"], "TERM": "dumb", "HOME": self.folder,
                       "LC_ALL": "C.UTF-8", "COLUMNS": "200", "LINES": "50", "INPUTRC": "/dev/null"}
        self.child, self.ours = pty.fork()
        if self.child == 0:
            os.chdir(self.folder)
            os.execvpe(command[0], command, environment)
        self.type(setup + "echo se''t up\n")
        self.read_until(r"set up\r?\n(.*ready> )")

    def type(self, text):
        os.write(self.ours, text.encode())

    def read_until(self, pattern):
        """What the terminal shows, up to the pattern or for some seconds."""
        shown, until = "", time.monotonic() + 20
        while time.monotonic() < until and not re.search(pattern, shown, re.S):
            if select.select([self.ours], [], [], 0.2)[0]:
                shown += os.read(self.ours, 65536).decode(errors="replace")
        return shown

    def tab(self, line, pattern):
        self.type(line + "\t")
        shown = self.read_until(pattern)
        self.type("\x15\n")  # takes the line away
        self.read_until(r"ready> $")
        return shown

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.ours)


def main():
    tap = Tap()
    for command, setup in ((["bash", "--norc", "--noprofile", "-i"], BASH), (["zsh", "-f", "-i"], ZSH)):
        shell = Shell(tap, command, setup)
        for line, wanted in LINES:
            shown = shell.tab(line, re.escape(wanted))
            tap.ok(wanted in shown, f"{command[0]}: {line}<Tab> is {wanted}", repr(shown))
        for line, wanted in LISTS:
            shown = shell.tab(line, ".*".join(re.escape(word) for word in wanted))
            tap.ok(all(re.search(re.escape(word) + r"(?![\w-])", shown) for word in wanted),
                   f"{command[0]}: {line}<Tab> offers {' '.join(wanted)}", repr(shown))
        shell.end()
    return tap.finish()


sys.exit(main())
