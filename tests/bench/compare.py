#!/usr/bin/env python3
"""Measures quell against its peers on one file, in one run.

    compare.py comments.ndjson --quell target/release/quell --venv VENV --runs 5
    compare.py comments.ndjson --only import,newest-word

Peers are looked for on PATH and in the virtual environment given by --venv (pip install sqlite-utils duckdb tantivy);
ripgrep is `rg`. A peer that is not there is listed as missing. Rounds are interleaved: each round runs every contender
once, so that what else the machine does falls on all of them.

Counted for each process: processor time (user and system, from wait4), wall time, peak memory. Processor time is what
to quote; wall time on a busy machine is not. "start" is the processor time of the same program doing nothing, so that an
interpreter's start-up can be told from the work. "quell/peer" divides medians of processor time. Peak memory includes
what this script held when it forked, some 15 MB. "found" is what came out, in lines or as the count that was printed:
the peers do not all mean the same by a word (ripgrep sees the raw JSON and counts all, DuckDB matches a pattern), so a
small difference is no fault. tantivy, DuckDB and ripgrep run on one thread.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

PEERS = Path(__file__).with_name("peers.py")
# The exit code of quell and ripgrep where nothing matched; for the others it is a failure.
NOTHING_MATCHED = 1


@dataclass
class Contender:
    """One way to do a task: commands that run one after another and count together."""

    name: str
    commands: list
    start: list
    missing: str = ""
    fresh: list = field(default_factory=list)
    counts: bool = False
    may_find_nothing: bool = False


@dataclass
class Run:
    cpu: float
    wall: float
    memory: int
    found: int
    failure: str


def measure(command, out, errors):
    """One process: its processor and wall seconds, peak bytes and exit code."""
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit, process.returncode


def run(contender, folder):
    for path in contender.fresh:
        remove(path)
    total, failure = Run(0, 0, 0, 0, ""), ""
    for command in contender.commands:
        with open(folder / "out", "w+b") as out, open(folder / "errors", "w+b") as errors:
            cpu, wall, memory, code = measure(command, out, errors)
            total = Run(total.cpu + cpu, total.wall + wall, max(total.memory, memory), 0, "")
            if code and not (code == NOTHING_MATCHED and contender.may_find_nothing):
                errors.seek(0)
                lines = errors.read().decode(errors="replace").strip().splitlines()
                failure = failure or f"exit {code}: {lines[-1] if lines else 'no message'}"
            total.found = found(out, contender.counts)
    total.failure = failure
    return total


def found(out, counts):
    """The lines of the output, or the number that is its last line."""
    out.seek(0)
    if counts:
        words = out.read().split()
        return int(words[-1]) if words and words[-1].isdigit() else 0
    return sum(block.count(b"\n") for block in iter(lambda: out.read(1 << 20), b""))


def remove(path):
    for beside in (path, *path.parent.glob(path.name + "-*")):
        shutil.rmtree(beside) if beside.is_dir() else beside.unlink(missing_ok=True)


class Programs:
    """Where the contenders are."""

    def __init__(self, quell, venv):
        self.folders = [Path(venv) / "bin", Path(venv) / "Scripts"] if venv else []
        self.quell = self.find(quell)
        self.rg = self.find("rg")
        self.sqlite_utils = self.find("sqlite-utils")
        self.python = self.find("python") if venv else sys.executable

    def find(self, name):
        path = os.pathsep.join([*map(str, self.folders), os.environ.get("PATH", "")])
        return shutil.which(name, path=path)

    def has_package(self, name):
        if not self.python:
            return False
        probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
        return subprocess.run([self.python, "-c", probe], check=False).returncode == 0


class Tasks:
    """What is measured: name → the contenders for it."""

    def __init__(self, programs, file, folder, options):
        self.programs, self.file, self.folder, self.options = programs, file, folder, options
        self.gone = {name: "" if programs.has_package(name) else "not installed" for name in ("duckdb", "tantivy")}

    def all(self):
        word, phrase = self.options.word, self.options.phrase
        return {
            "import": self.importing(),
            "newest-word": self.newest(word, word, f"\\b{word}\\b"),
            "newest-rare": self.newest(self.options.rare, self.options.rare, f"\\b{self.options.rare}\\b"),
            "newest-phrase": self.newest(f'"{phrase}"', f'"{phrase}"', phrase),
            "regex-literal": self.regex(self.options.regex_literal),
            "regex-open": self.regex(self.options.regex_open),
            "thread": [self.quell("show", "p1", "-f", "json"), self.sqlite(self.first_thread())],
            "export": [self.quell("export", "-f", "json"), self.sqlite_rows()],
        }

    def importing(self):
        at = self.folder
        quell = self.quell("import", self.file)
        quell.fresh, quell.may_find_nothing = [at / "quell.db"], False
        utils = self.programs.sqlite_utils
        sqlite = Contender(
            "sqlite-utils insert + enable-fts",
            [
                [utils, "insert", at / "utils.db", "comments", self.file, "--nl", "--silent"],
                [utils, "enable-fts", at / "utils.db", "comments", "body", "--fts5"],
            ],
            [utils, "--version"],
            "" if utils else "not installed",
            [at / "utils.db"],
        )
        tantivy = self.python("tantivy", "tantivy, 1 thread", "tantivy-import", self.file, at / "tantivy")
        duckdb = self.python("duckdb", "DuckDB, no text index", "duckdb-import", self.file, at / "duck.db")
        tantivy.fresh, duckdb.fresh = [at / "tantivy"], [at / "duck.db"]
        tantivy.counts = duckdb.counts = True
        return [quell, sqlite, tantivy, duckdb]

    def newest(self, query, match, pattern):
        quoted = match.replace("'", "''")
        return [
            self.quell("search", query, "--limit", "50", "-f", "ids"),
            self.sqlite(
                "select c.id from comments_fts f join comments c on c.rowid = f.rowid "
                f"where comments_fts match '{quoted}' order by f.rowid desc limit 50"
            ),
            self.python("tantivy", "tantivy", "tantivy-newest", self.folder / "tantivy", match),
            self.duckdb(
                f"select id from comments where regexp_matches(body, '{pattern}', 'i') order by created_utc desc limit 50"
            ),
            self.ripgrep("-i", "-e", pattern),
        ]

    def regex(self, pattern):
        quoted = pattern.replace("'", "''")
        return [
            self.quell("search", f"/{pattern}/", "-f", "ids"),
            self.duckdb(f"select id from comments where regexp_matches(body, '{quoted}')"),
            self.ripgrep("-e", pattern),
        ]

    def quell(self, *arguments):
        program = self.programs.quell
        command = [program, "--db", self.folder / "quell.db", *arguments]
        return Contender("quell", [command], [program, "--version"], "" if program else "not built", may_find_nothing=True)

    def sqlite(self, sql):
        utils = self.programs.sqlite_utils
        command = [utils, "query", self.folder / "utils.db", sql, "--nl"]
        return Contender("sqlite-utils", [command], [utils, "--version"], "" if utils else "not installed")

    def sqlite_rows(self):
        utils = self.programs.sqlite_utils
        command = [utils, "rows", self.folder / "utils.db", "comments", "--nl"]
        return Contender("sqlite-utils rows (flat)", [command], [utils, "--version"], "" if utils else "not installed")

    def first_thread(self):
        with open(self.file, encoding="utf-8") as lines:
            link = json.loads(next(lines))["link_id"]
        return f"select * from comments where link_id = '{link}'"

    def duckdb(self, sql):
        return self.python("duckdb", "DuckDB", "duckdb-sql", self.folder / "duck.db", sql)

    def python(self, package, name, verb, *arguments):
        python = self.programs.python
        start = [python, PEERS, f"{package}-start"]
        return Contender(name, [[python, PEERS, verb, *arguments]], start, self.gone[package])

    def ripgrep(self, *arguments):
        program = self.programs.rg
        command = [program, "--threads", "1", "--count", *arguments, self.file]
        missing = "" if program else "not installed"
        return Contender("ripgrep, raw file", [command], [program, "--version"], missing, counts=True, may_find_nothing=True)


def compare(task, contenders, rounds, folder):
    """Runs the rounds and prints the table of one task; returns its rows for --json."""
    runs = {contender.name: [] for contender in contenders}
    starts = {contender.name: [] for contender in contenders}
    there = [contender for contender in contenders if not contender.missing]
    for number in range(rounds):
        for contender in there:
            print(f"\r{task}: round {number + 1} of {rounds}, {contender.name}\033[K", end="", file=sys.stderr)
            runs[contender.name].append(run(contender, folder))
            with open(os.devnull, "wb") as nowhere:
                starts[contender.name].append(measure(contender.start, nowhere, nowhere)[0])
    print("\r\033[K", end="", file=sys.stderr, flush=True)
    rows = [summary(task, contender, runs[contender.name], starts[contender.name]) for contender in contenders]
    ours = next((row for row in rows if row["peer"] == "quell" and "cpu" in row), None)
    for row in rows:
        if ours and "cpu" in row and row is not ours and row["cpu"][1] > 0:
            row["quell/peer"] = ours["cpu"][1] / row["cpu"][1]
        print_row(row)
    return rows


def summary(task, contender, runs, starts):
    row = {"task": task, "peer": contender.name}
    failed = next((run.failure for run in runs if run.failure), "")
    if contender.missing or failed:
        return row | {"note": f"missing: {contender.missing}" if contender.missing else f"failed: {failed}"}
    return row | {
        "runs": len(runs),
        "cpu": spread([run.cpu for run in runs]),
        "wall": spread([run.wall for run in runs]),
        "start": statistics.median(starts),
        "memory": max(run.memory for run in runs),
        "found": runs[-1].found,
    }


def spread(values):
    return [min(values), statistics.median(values), max(values)]


HEADER = (
    f"{'task':14} {'peer':33} {'cpu s: min':>10} {'median':>8} {'max':>8} {'start':>6} {'wall s':>8} {'peak MB':>8} "
    f"{'found':>8} {'quell/peer':>10}"
)


def print_row(row):
    start = f"{row['task']:14} {row['peer']:33} "
    if "note" in row:
        print(start + row["note"], flush=True)
        return
    low, middle, high = row["cpu"]
    ratio = f"{row['quell/peer']:10.3f}" if "quell/peer" in row else f"{'':>10}"
    print(
        f"{start}{low:10.3f} {middle:8.3f} {high:8.3f} {row['start']:6.3f} {row['wall'][1]:8.3f} "
        f"{row['memory'] / 1e6:8.1f} {row['found']:8} {ratio}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="comments as NDJSON, from generate.py")
    parser.add_argument("--quell", default="quell", help="the program, unless it is on PATH")
    parser.add_argument("--venv", help="a virtual environment with the peers that are Python packages")
    parser.add_argument("--runs", type=int, default=5, help="interleaved rounds of each task")
    parser.add_argument("--only", help="tasks to run, with commas; the databases of an earlier run in --work are used")
    parser.add_argument("--work", type=Path, help="where the databases go and stay; otherwise a folder that is removed")
    parser.add_argument("--json", type=Path, help="writes the figures there as well")
    parser.add_argument("--word", default="people")
    parser.add_argument("--rare", default="quixotic")
    parser.add_argument("--phrase", default="war of attrition")
    parser.add_argument("--regex-literal", default="quixot(ic|ry)|war\\s+of\\s+\\w+", help="one with literals to look for")
    parser.add_argument("--regex-open", default="\\b[a-z]{9,}st [a-z]{3,}nd\\b", help="one without")
    options = parser.parse_args()
    file = options.file.resolve(strict=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work.resolve() if options.work else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        tasks = Tasks(Programs(options.quell, options.venv), file, folder, options).all()
        wanted = options.only.split(",") if options.only else list(tasks)
        unknown = [name for name in wanted if name not in tasks]
        if unknown:
            parser.error(f"no task {unknown[0]}; there are {', '.join(tasks)}")
        print(f"{file.stat().st_size} bytes, {options.runs} rounds, {os.cpu_count()} cores, {platform.system()}")
        print(HEADER)
        rows = [row for name in wanted for row in compare(name, tasks[name], options.runs, folder)]
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
