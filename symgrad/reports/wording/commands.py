"""The commands that repeat a check."""

from __future__ import annotations

import shlex

from symgrad.checking.results.results import CheckResult


def command(name: str, path: str, exercise: str) -> list[str]:
    """The words of a command on one exercise."""
    return ["python", "-m", "symgrad", name, f"./{path}" if path.startswith("-") else path, "--only", exercise]


def repeat(result: CheckResult) -> str:
    """The command that repeats a check."""
    if result.repeat:
        return result.repeat
    settings = result.settings
    words = [*command("check", result.path, result.name), "--seed", str(settings.seed)]
    if settings.points is not None:
        words += ["--points", str(settings.points)]
    if settings.dtype != "float64":
        words += ["--dtype", settings.dtype]
    for name, usual in (("via", "backward"), ("order", 1), ("device", "cpu")):
        if getattr(settings, name) != usual:
            words += [f"--{name}", str(getattr(settings, name))]
    if settings.certify:
        words.append("--certify")
    for name in ("rtol", "atol"):
        value = getattr(settings, name)
        if value is not None:
            words += [f"--{name}", repr(value)]
    return shlex.join(words)
