"""What every wing says."""

from __future__ import annotations

from symgrad.basics.errors import printable
from symgrad.reports.wording.english.phrases import a, listed
from symgrad.reports.wording.language import Words


def wrong_exercise(exercise: str | None, field: str | None, found: str, accepted: str | None) -> str:
    """What is wrong with an exercise: which one, which field, what was found and what is accepted."""
    about = listed(part for part in (f"exercise '{exercise}'" if exercise else "", field or "") if part)
    text = f"{about}{': ' if about else ''}{found}{'' if accepted is None else f'; accepted: {accepted}'}"
    return printable(text, keep="")


WORDS: Words = {
    "verbatim": "{text}",
    "at_place": lambda path, line, found: f"{printable(path, keep='')}:{line}: {found}",
    "wrong_exercise": wrong_exercise,
    "names": lambda names: listed(names),
    "none": "None",
    "needs_pandas": "to_dataframe needs pandas; install it with: pip install pandas",
    # rows that packages add
    "faulty_entry_point": "entry point '{name}' of package '{package}' in {group}: {found}; uninstall {package} or mend it",
    "name_is_symgrads": "symgrad has this name itself",
    "name_is_added_twice": "package '{package}' has this name, too",
    "does_not_load": "{value} doesn't load: {said}",
    "is_no_row": "{value} {found}",
    "is_of_kind": lambda type, kinds: f"is {a(type)}; accepted: {listed(kinds)}",
    "is_called": "is called '{called}'",
    "is_not_callable": lambda type: f"is {a(type)}; accepted: a function",
    "name_is_no_name": "can't be written in code under this name",
    "head_is_taken": "has the head {head}, which symgrad reads already",
}
