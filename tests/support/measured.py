"""Runs a command in a process of its own and says how much memory it took at most."""

import subprocess
import sys
from pathlib import Path

PARSE = ["-c", "from flows.cli import main; main()", "parse"]
HARVEST = ["-m", "spiders.run"]

# A small process in between: what a child has taken is only told of all children together.
_MEASURE = """
import resource, subprocess, sys
ended = subprocess.run([sys.executable, *sys.argv[2:]], stdout=open(sys.argv[1], "wb"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(ended.returncode)
"""


def peak_megabytes(arguments: list[str], stdout: Path, seconds: float) -> int:
    """Run our interpreter with these arguments, its output to a file. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-c", _MEASURE, str(stdout), *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds, check=True)
    return int(ended.stdout)


def write_source(folder: Path, file: str) -> Path:
    """A source of one openQ-cat file in that folder."""
    path = folder / "grosskatalog.toml"
    about = 'key = "grosskatalog"\nname = "Großer Katalog"\nkind = "aggregator"\nplatform = "openqcat"\n'
    about += 'scope = { region = "-", counts = "-" }\n'
    path.write_text(f'{about}ref = "COURSE_ID"\nstart = ["{file}"]\ncomplete = true\n', encoding="utf-8")
    return path
