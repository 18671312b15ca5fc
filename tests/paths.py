"""Where the repository lies, for tests that read its files or run the command on its course."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
