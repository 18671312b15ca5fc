"""The command, and ``python -m autograder``: Ctrl-C ends it quietly while it is still imported."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run one command and exit."""
    try:
        from autograder.cli.main import main as run
    except KeyboardInterrupt:
        print("\nautograder: stopped before it began.", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
