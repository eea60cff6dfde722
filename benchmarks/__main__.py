"""``python -m benchmarks`` lists the benchmarks; ``python -m benchmarks NAME`` runs one."""

from __future__ import annotations

import importlib
import sys
from inspect import signature

BENCHMARKS = {
    "growth": ("benchmarks.growth", "one person among 1e4, 1e5 and 1e6 people"),
    "footprint": ("benchmarks.footprint", "first answer, idle memory, installed size"),
    "decisions": ("benchmarks.decisions", "decisions per second, compiled and rule by rule"),
    "journal": ("benchmarks.journal", "the journal as it grows"),
    "http": ("benchmarks.http", "the JSON API over HTTP: requests a second, CPU a request"),
    "lifetimes": ("benchmarks.lifetimes.run", "ten years of many lives, checked by other code"),
    "purge": ("benchmarks.purge", "everything that has ended, destroyed in one run"),
    "packages": ("benchmarks.packages", "everything about a person with 1e2 to 1e4 records"),
    "requests": ("benchmarks.requests", "a thousand requests opened and a hundred answered"),
    "letters": ("benchmarks.letters", "ten thousand letters, and a process killed meanwhile"),
    "gdprbench": ("benchmarks.gdprbench.run", "GDPRbench: the vault beside plain PostgreSQL"),
}


def main(arguments: list[str]) -> int:
    if arguments[:1] and arguments[0] in BENCHMARKS:
        sys.argv = [f"python -m benchmarks {arguments[0]}", *arguments[1:]]
        run = importlib.import_module(BENCHMARKS[arguments[0]][0]).main
        code = run(arguments[1:]) if signature(run).parameters else run()
        return int(code or 0)
    print("python -m benchmarks NAME [--help]\n")
    for name, (_module, what) in BENCHMARKS.items():
        print(f"  {name:12}{what}")
    return 0 if not arguments else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
