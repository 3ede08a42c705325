"""Options and ini settings: what they do, which wins, and what is refused before anything is collected."""

import pytest


def test_the_header_says_what_is_checked_with(write, run):
    """One line: version, formats, seed, and what else is given."""
    write("e.py", "right")
    from symgrad import __version__

    assert f"symgrad: {__version__}, float64, seed 0" in run("e.py").outlines
    words = ["--symgrad-dtype", "float32", "--symgrad-seed", "3", "--symgrad-points", "5"]
    assert f"symgrad: {__version__}, float32, seed 3, points 5" in run("e.py", *words).outlines


def test_several_formats_parametrise_every_item(write, outcomes):
    """With several formats each item is there once for each, and says so in its name; with one there is no bracket."""
    write("e.py", "wrong")
    expected = {
        f"e.py::wrong::{n}[{d}]": "FAILED" if n == "x" else "PASSED" for d in ("float32", "float64") for n in ("w", "x", "loss")
    }
    assert outcomes("e.py", "--symgrad-dtype", "float32,float64") == expected
    assert outcomes("e.py", "--symgrad-dtype=float32", "--symgrad-dtype=float64", "--symgrad-dtype=float32") == expected
    assert sorted(outcomes("e.py", "--symgrad-dtype", "float32")) == ["e.py::wrong::loss", "e.py::wrong::w", "e.py::wrong::x"]
    assert outcomes("e.py::wrong::x[float32]", "--symgrad-dtype", "float32,float64") == {"e.py::wrong::x[float32]": "FAILED"}


def test_the_command_that_repeats_an_item_does(write, run):
    """The line after `repeat` runs that item with those settings, and nothing else."""
    write("e.py", "wrong")
    text = run("e.py", "--symgrad-dtype", "float32,bfloat16", "--symgrad-seed", "3", "-k", "x and bfloat16").stdout.str()
    (line,) = [line for line in text.splitlines() if line.startswith("  repeat")]
    words = line.split()[1:]
    assert words == [
        "python",
        "-m",
        "pytest",
        "--symgrad",
        "--symgrad-seed",
        "3",
        "--symgrad-dtype",
        "bfloat16",
        "e.py::wrong::x",
    ]
    again = run(*words[4:])
    again.assert_outcomes(failed=1)
    paragraph = text[text.index("FAIL:") : text.index("---- Captured symgrad")].rstrip(" -")
    assert paragraph in again.stdout.str()


def test_ini_settings_serve_where_the_command_line_is_silent(write, run, pytester):
    """Every option is an ini setting, too, and the command line wins."""
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'symgrad = true\nsymgrad_points = 3\nsymgrad_seed = 7\nsymgrad_dtype = ["float32", "float64"]\nsymgrad_via = "backward"\n'
    )
    write("e.py", text="e = Exercise(name='e', loss=square(w), parameters=[w])\n")
    result = run("e.py", "-rA")
    assert any(line.endswith("float32, float64, seed 7, points 3, via backward") for line in result.outlines)
    assert result.outlines.count("  points       3") == 2
    result = run("e.py", "-rA", "--symgrad-points", "2", "--symgrad-dtype", "bfloat16", "--symgrad-seed", "0")
    assert result.outlines.count("  points       2") == 1
    assert any(line.endswith("bfloat16, seed 0, points 2, via backward") for line in result.outlines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--symgrad-points", "-1"], "--symgrad-points: found '-1'; accepted: a whole number, 0 or more"),
        (["--symgrad-points", "many"], "--symgrad-points: found 'many'; accepted: a whole number, 0 or more"),
        (["--symgrad-points", ""], "--symgrad-points: found ''; accepted: a whole number, 0 or more"),
        (["--symgrad-seed", "1.5"], "--symgrad-seed: found '1.5'; accepted: a whole number, 0 or more"),
        (["--symgrad-order", "0"], "--symgrad-order: found '0'; accepted: 1, or 2 for second derivatives too"),
        (["--symgrad-order", "3"], "--symgrad-order: order is 3; accepted: 1, or 2 for second derivatives too"),
        (
            ["--symgrad-dtype", "float23"],
            "--symgrad-dtype: found 'float23'; did you mean 'float32'?; accepted: float64, float32, bfloat16, float16",
        ),
        (["--symgrad-dtype", "float32,"], "--symgrad-dtype: found ''; accepted: float64, float32, bfloat16, float16"),
        (["--symgrad-via", "backwards"], "--symgrad-via: via is 'backwards'; did you mean 'backward'?; accepted: "),
        (
            ["--symgrad-via", "compile", "--symgrad-order", "2"],
            "--symgrad-via, --symgrad-order: PyTorch takes no second derivative via compile; accepted with order=2: ",
        ),
        (["--symgrad-device", "nowhere"], "--symgrad-device: no device 'nowhere' here ("),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_options_are_refused_before_anything_is_collected(words, message, run, write):
    """A value that isn't accepted is a usage error that names the option and what is accepted."""
    write("e.py", text="raise SystemExit('collected')\n")
    result = run("e.py", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line.startswith(f"ERROR: {message}")]
    assert "collected" not in result.stdout.str()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("symgrad_points = -1", "symgrad_points: found '-1'; accepted: a whole number, 0 or more"),
        ("symgrad_dtype = half", "symgrad_dtype: found 'half'; accepted: float64, float32, bfloat16, float16"),
        ("symgrad_inconclusive = pass", "symgrad_inconclusive: found 'pass'; accepted: fail, skip"),
    ],
)
def test_bad_ini_settings_are_refused(line, message, run, write, pytester):
    """An ini setting that isn't accepted is named as it is written there."""
    pytester.makeini(f"[pytest]\n{line}")
    write("e.py", "right")
    result = run("e.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {message}" in result.errlines


def test_ways_and_orders_go_to_the_check(write, run):
    """via and order are the check's own; the commands that repeat a failure carry them."""
    write("e.py", "wrong")
    result = run("e.py", "--symgrad-via", "create_graph", "--symgrad-order", "2")
    result.assert_outcomes(passed=2, failed=1)
    text = result.stdout.str()
    assert "python -m pytest --symgrad --symgrad-via create_graph --symgrad-order 2 e.py::wrong::x" in text


def test_second_derivatives_belong_to_their_parameter(write, outcomes):
    """A second derivative that is wrong fails the item of its parameter."""
    function = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * z

    @staticmethod
    def backward(ctx, adjoint):
        (z,) = ctx.saved_tensors
        return 2 * z.detach() * adjoint

once = Exercise(name="once", loss=square(w) + x**3, parameters=[w, x], points=2, torch_loss=lambda w, x: Square.apply(w) + x**3)
"""
    write("e.py", text=function)
    names = [f"e.py::once::{name}" for name in ("w", "x", "loss")]
    assert outcomes("e.py") == dict.fromkeys(names, "PASSED")
    assert outcomes("e.py", "--symgrad-order", "2") == dict(zip(names, ("FAILED", "PASSED", "PASSED"), strict=True))
