"""Pages of documentation that are run: Markdown in, what is wrong with it out.

A fenced block is one of these:

* a file: the last line above it is the file's name, as in "`first.py`:" or "[`docs/first.py`](first.py):". It is written
  to the page's folder; where the repository has a file of that name, it has to be that file, to the letter;
* `console`: commands after "$ ", each with all that it prints. They run in the page's folder, so they see the files that the
  page has shown so far, and those alone;
* `python` with ">>>": a doctest; all of a page are one session, which can import the page's files;
* `sh`: commands that aren't run. They have to stand in README.md, whose own commands are run elsewhere.

`CLONED` pages are read in a clone of the repository: a copy of its exercises and documentation lies in their folder.
A page that shows the `pyproject.toml` of a package in a folder of its own has that package installed from there on, as far as
its entry points go; then commands, `python FILE` among them, run in processes of their own, that find it.

``python tests/documents.py docs/page.md`` writes what the commands print now into the page.
"""

from __future__ import annotations

import builtins
import contextlib
import difflib
import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from click.testing import CliRunner

from symgrad.cli import cli

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```(\S*)$")
NAMED = re.compile(r"^\[?`([\w./-]+\.\w+)`(?:\]\([^)]*\))?:$")
FILES = ("python", "toml", "ini", "csv")
KINDS = (*FILES, "console", "sh")
CLONED = ("README.md", "exercises.md")


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, its text, the line of the page on which the text begins, and the file that it is, if any."""

    kind: str
    text: str
    line: int
    file: str = ""


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order. Raises ValueError for one that isn't closed."""
    lines = page.splitlines()
    opened: int | None = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if opened is None and fence:
            opened = number
        elif opened is not None and line == "```":
            kind = FENCE.match(lines[opened])
            above = next((text for text in reversed(lines[:opened]) if text.strip()), "")
            named = NAMED.match(above)
            text = "".join(f"{text}\n" for text in lines[opened + 1 : number])
            yield Block(kind[1] if kind else "", text, opened + 2, named[1] if named else "")
            opened = None
    if opened is not None:
        raise ValueError(f"line {opened + 1}: a block that isn't closed")


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what is printed below it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    folder: Path
    status: int = 0
    names: dict[str, object] = field(default_factory=dict)
    packages: list[Path] = field(default_factory=list)
    """Folders of packages that are installed."""

    def problems(self, page: str) -> Iterator[str]:
        """What isn't as the page says, each with its line."""
        for block in blocks(page):
            for problem in self._of(block):
                yield f"line {block.line}: {problem}"

    def _of(self, block: Block) -> Iterator[str]:
        if block.kind not in KINDS:
            yield f"a block of the kind '{block.kind}'; known are {', '.join(KINDS)}"
        elif block.file:
            yield from self._write(block)
        elif block.kind == "console":
            yield from self._compare(block)
        elif block.kind == "sh":
            yield from (f"README.md doesn't have {line}" for line in block.text.splitlines() if line not in readme())
        elif block.kind == "python" and ">>>" in block.text:
            yield from self._examples(block)
        else:
            yield f"a block of the kind '{block.kind}' without a file's name in the line above"

    def _write(self, block: Block) -> Iterator[str]:
        """The file in the folder; a problem where the repository has another one."""
        place, own = self.folder / block.file, ROOT / block.file
        if Path(block.file).name == "pyproject.toml":
            self.packages.append(place.parent)
            installed(place.parent, block.text)
        if own.exists() and own.read_text(encoding="utf-8") != block.text:
            yield from _differences(block.text, own.read_text(encoding="utf-8"), f"this isn't {block.file}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(block.text, encoding="utf-8")

    def _compare(self, block: Block) -> Iterator[str]:
        found = commands(block.text)
        if not found or not block.text.startswith("$ "):
            yield "a console block begins with a command after '$ '"
        for command, shown in found:
            try:
                printed = self.run(command)
            except ValueError as error:
                yield str(error)
                continue
            if compared(printed) != compared(shown):
                yield from _differences(shown, printed, f"'{command}' prints something else")

    def run(self, command: str) -> str:
        """What a command prints. Raises ValueError for one that isn't known."""
        words = shlex.split(command)
        if words == ["echo", "$?"]:
            return f"{self.status}\n"
        if words[:3] == ["python", "-m", "symgrad"] and not self.packages:
            with contextlib.chdir(self.folder):
                result = CliRunner().invoke(cli, words[3:], prog_name="python -m symgrad", catch_exceptions=False)
            self.status = result.exit_code
            return result.output
        if words[:3] == ["python", "-m", "pytest"] or (self.packages and words[:1] == ["python"]):
            ended = subprocess.run(
                [sys.executable, *words[1:]],
                cwd=self.folder,
                env=_environment(self.packages),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            self.status = ended.returncode
            return ended.stdout.replace(f"{self.folder}/", "/home/you/")
        raise ValueError(f"'{command}' isn't run here; python -m symgrad, python -m pytest and echo $? are")

    def _examples(self, block: Block) -> Iterator[str]:
        """A doctest in the session of the page."""
        example = doctest.DocTestParser().get_doctest(block.text, self.names, "page", None, block.line - 1)
        told: list[str] = []
        before = set(sys.modules)
        sys.path.insert(0, str(self.folder))
        try:
            with contextlib.chdir(self.folder):
                doctest.DocTestRunner().run(example, out=told.append, clear_globs=False)
        finally:
            vars(builtins).pop("_", None)  # what was shown last
            sys.path.remove(str(self.folder))
            for name in set(sys.modules) - before:
                if str(getattr(sys.modules[name], "__file__", "")).startswith(str(self.folder)):
                    del sys.modules[name]
        self.names = example.globs
        yield from told

    def rewritten(self, page: str) -> str:
        """The page with what its commands print now, where that differs by more than last digits."""
        for block in list(blocks(page)):
            if block.file:
                list(self._write(block))
            elif block.kind == "console":
                again = [(c, shown, self.run(c)) for c, shown in commands(block.text)]
                new = "".join(f"$ {c}\n{shown if compared(shown) == compared(now) else now}" for c, shown, now in again)
                new = "".join(f"{line.rstrip()}\n" for line in new.rstrip().splitlines())
                page = page.replace(f"```console\n{block.text}```", f"```console\n{new}```", 1)
        return page


def reader(name: str, folder: Path) -> Reader:
    """A reader of the page of a name, in an empty folder."""
    if Path(name).name in CLONED:
        for part in ("exercises", "docs"):
            copytree(ROOT / part, folder / part)
    return Reader(folder)


def readme() -> list[str]:
    """The lines of README.md."""
    return (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def compared(text: str) -> list[str]:
    """The lines of an output without what differs between processors and runs, and without blanks at the ends of lines.

    * In a row that passes: the numbers behind that of the entries that were compared. Which entry comes closest to the limit, and how
      close, is decided by last digits.
    * What is allowed, in other rows and in a line of differences: an error of an error, it hangs on last digits where terms
      cancel.
    * The rule below a table's heading, and the width of its columns, which those numbers set.
    * Of a value that is shown with 17 digits, all but twelve.
    * The seconds that pytest took.
    """
    found = [_line(line) for line in text.rstrip().splitlines()]
    return [line for line in found if line is not None]


def _line(line: str) -> str | None:
    if re.fullmatch(r"[- ]+", line) and "--" in line:
        return None
    if re.match(r"exercise +verdict ", line) or re.match(r"\S.* {2,}(pass|fail|inconclusive|error): ", line):
        return _row(line)
    if re.match(r"(E )? +(autograd|closed form) +\S+$", line):
        return re.sub(r"-?\d\S+$", lambda number: f"{float(number[0]):.12g}", line)
    if re.match(r"(E )? +difference ", line):
        return re.sub(r"; allowed \S+$", "; allowed #", line)
    return re.sub(r"\bin \d+\.\d\ds\b", "in #s", line).rstrip()


def _row(line: str) -> str:
    """A row of the table; columns are two blanks or more apart."""
    cells = re.split(r" {2,}", line.rstrip())
    kept = 3 if cells[1].startswith("pass: ") else len(cells) if cells[1] == "verdict" or len(cells) < 7 else len(cells) - 1
    return "  ".join([*cells[:kept], *("#" for _ in cells[kept:])])


def _differences(shown: str, found: str, what: str) -> Iterator[str]:
    lines = difflib.unified_diff(shown.splitlines(), found.rstrip().splitlines(), "shown", "found", lineterm="", n=1)
    yield "\n".join([what, *lines])


def installed(folder: Path, project: str) -> None:
    """Writes the metadata of a package into its folder, as an installer does: its name, version and entry points."""
    table = tomllib.loads(project)["project"]
    metadata = folder / f"{table['name'].replace('-', '_')}-{table['version']}.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    lines = ["Metadata-Version: 2.1", f"Name: {table['name']}", f"Version: {table['version']}"]
    (metadata / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    groups = ((group, rows) for group, rows in table.get("entry-points", {}).items())
    entries = "".join(f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in rows.items()) for group, rows in groups)
    (metadata / "entry_points.txt").write_text(entries, encoding="utf-8")


def _environment(packages: Iterable[Path] = ()) -> dict[str, str]:
    """The environment of a command, with packages, and without what a test run or a terminal sets for pytest."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "PY_COLORS", "CI", "BUILD_NUMBER"):
        own.pop(name, None)
    if packages:
        found = [*map(str, packages), str(ROOT), *filter(None, [own.get("PYTHONPATH")])]
        own["PYTHONPATH"] = os.pathsep.join(found)
    return {**own, "NO_COLOR": "1"}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(name).read_text(encoding="utf-8")
            Path(name).write_text(reader(name, Path(folder)).rewritten(page), encoding="utf-8")
