"""The assertions under unittest and in a plain script: the line that repeats them is that of the runner."""

import os
import subprocess
import sys

WRONG = """\
import unittest

import torch

from symgrad import matrix, tanh
from symgrad.testing import assert_gradients_match


class Layers(unittest.TestCase):
    def test_right(self):
        assert_gradients_match(torch.tanh, tanh(matrix("x", 2, 2)))

    def test_wrong(self):
        assert_gradients_match(lambda x: torch.tanh(x.detach()) + x - x.detach(), tanh(matrix("x", 2, 2)))


if __name__ == "__main__":
    unittest.main()
"""


def run(*words, folder):
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run([sys.executable, *words], env=outside, cwd=folder, capture_output=True, text=True, check=False)


def test_unittest_reports_a_failure(tmp_path):
    """Under unittest a failed check is a failure, no error, and is repeated by unittest."""
    (tmp_path / "test_layers.py").write_text(WRONG)
    done = run("-m", "unittest", "test_layers", folder=tmp_path)
    assert done.returncode == 1
    assert "FAILED (failures=1)" in done.stderr
    assert "symgrad.testing.failure.CheckFailed: FAIL: autograd wrong: " in done.stderr
    assert "  repeat       python -m unittest test_layers.Layers.test_wrong" in done.stderr


def test_a_plain_script_is_told_its_line(tmp_path):
    """Where there is no runner, the place of the call is what repeats it."""
    text = "import torch\nfrom symgrad import matrix, tanh\nfrom symgrad.testing import assert_gradients_match\n\n"
    (tmp_path / "script.py").write_text(text + "assert_gradients_match(torch.sigmoid, tanh(matrix('x', 2, 2)))\n")
    done = run("script.py", folder=tmp_path)
    assert done.returncode == 1
    assert "  repeat       script.py:5" in done.stderr


def test_pytest_shows_the_report_and_nothing_of_the_inside(tmp_path):
    """Under pytest the traceback ends at the call, and the report follows; from another folder, too."""
    (tmp_path / "test_layers.py").write_text(WRONG)
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "test_layers.py"), folder=tmp_path.parent)
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "E         dL/dx: autograd is wrong" in done.stdout
    assert "assertions.py" not in done.stdout
    assert f"python -m pytest {tmp_path.name}/test_layers.py::Layers::test_wrong" in done.stdout
