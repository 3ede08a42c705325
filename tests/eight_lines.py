"""A newcomer's path: README.md's eight lines, in a folder of their own, run by pytest in the environment that is given.

``python tests/eight_lines.py elsewhere/bin/python`` ends with 0 if pytest prints what README.md shows.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def shown():
    """Name and text of the file, the words of the command, and what it prints."""
    part = README.partition("\n## In a test suite\n")[2].partition("\n## ")[0]
    file = re.search(r"here `(test_\w+\.py)`.*?```python\n(.*?)```", part, flags=re.DOTALL)
    run = re.search(r"```console\n\$ python (.*?)\n(.*?)\n```", part, flags=re.DOTALL)
    assert file, "README.md shows no test file under 'In a test suite'"
    assert run, "README.md shows no command under 'In a test suite'"
    return file.group(1), file.group(2), run.group(1).split(), run.group(2)


def without_times(text):
    """Lines without the seconds that pytest took."""
    return re.sub(r" in \d+\.\d\ds", " in #s", text).strip().splitlines()


def main(python):
    name, text, words, printed = shown()
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) <= 8, f"{name} has {len(lines)} lines"
    outside = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        done = subprocess.run([python, *words], env=outside, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or without_times(done.stdout) != without_times(printed):
        sys.exit(f"README.md shows\n{printed}\n{name} gives\n{done.stdout}{done.stderr}")
    print(f"{name}: {done.stdout.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).absolute()))
