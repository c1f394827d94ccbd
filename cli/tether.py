"""Becomes another program that ends when whoever started it ends, even by SIGKILL: `python -m cli.tether PID COMMAND`.

Linux tells a process of its parent's end where it asks for that, and the wish survives becoming another program.
Elsewhere a killed parent leaves its children running; one that ends in any other way stops them itself.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, then become the program."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit()  # it ended before we could ask
    os.execv(command[0], command)  # noqa: S606 - the caller's own command, no shell between


if __name__ == "__main__":
    main()
