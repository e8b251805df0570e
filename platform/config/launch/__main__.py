"""`python -m config.launch demo`: the product on this machine, in the foreground, until Ctrl-C."""

import sys

from config.launch.demo import run

USAGE = "usage: python -m config.launch demo"

if __name__ == "__main__":
    if sys.argv[1:] != ["demo"]:
        sys.exit(USAGE)
    sys.exit(run())
