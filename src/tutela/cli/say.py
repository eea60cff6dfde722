"""What commands print: results on standard output, progress and complaints on standard error."""

from __future__ import annotations

import sys


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    sys.stderr.write(f"{text} …\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    sys.stderr.write(f"tutela: {text}\n")
    sys.stderr.flush()
