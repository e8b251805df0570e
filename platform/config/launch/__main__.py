"""`python -m config.launch demo`: the product on this machine, in the foreground, until Ctrl-C.

`dev` runs the same for who writes it (dev.py); `shell` opens Django's shell on its data (shell.py).
"""

import sys

from config.launch import demo, dev, shell

WAYS = {"demo": demo.run, "dev": dev.run, "shell": shell.run}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in WAYS:
        sys.exit(f"usage: python -m config.launch {' | '.join(WAYS)}")
    sys.exit(WAYS[sys.argv[1]]())
