"""All benches, one after another, each in a process of its own, and the budgets as one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.measure import Line, parser, say, table

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("import", "export", "lists", "ledgers", "cases", "desk")


def main() -> int:
    """Print the table; exit 1 where a budget is not met or a bench failed."""
    options = parser(__doc__ or "")
    options.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(NAMES)}")
    given = options.parse_args()
    if unknown := set(given.names) - set(NAMES):
        options.error(f"no bench is called {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    lines, has_failed = [], False
    for name in given.names or NAMES:
        say(f"— {name}")
        command = [
            sys.executable,
            "-m",
            f"bench.{name}",
            "--json",
            *(["--quick"] if given.quick else []),
            *(["--django"] if given.django else []),
        ]
        answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        has_failed |= answer.returncode != 0
        lines += [Line(**json.loads(text)) for text in answer.stdout.splitlines() if text.startswith("{")]
    sys.stdout.write(table(lines) + "\n")
    return 1 if has_failed or not all(line.is_met for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
