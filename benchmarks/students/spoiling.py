"""What isn't a formula: answers that can't be read, that are numbers, that mean harm, or that aren't there."""

from __future__ import annotations

import ast
import re
from random import Random

from students.subjects import Subject
from students.values import evaluate, known

NAME = re.compile(r"(?<![^\W\d_])[A-Za-z][A-Za-z0-9]*")
REMARKS = ("I don't know", "see attached sheet", "?", "TODO", "chain rule", "same as above", "n/a", "left as an exercise")
HOSTILE = (
    "9**9**9**9", "9**9**9**9 - 9**9**9**9", "1e999999999", "2**(10**10)", "(w+x+y)^1000", "x^(10^9)",
    "(" * 3000 + "x" + ")" * 3000, "x" + " + x" * 5000, "-" * 5000 + "x", "__import__('os').system('true')",
    "sin(" * 400 + "x" + ")" * 400,
    "0/0 * x", "((x+1)^10)^10", "exp(exp(exp(exp(x))))", "1e-320*x", "x" * 20001, "NaN", "inf*0",
)  # fmt: skip


def spoilt(text: str, chance: Random) -> str:
    """An answer with something in it that can't be read; now and then it still can."""
    place = chance.randrange(len(text) + 1)
    names = list(NAME.finditer(text))
    match chance.randrange(9):
        case 0 if "(" in text:
            lost = chance.choice([k for k, c in enumerate(text) if c in "()"])
            return text[:lost] + text[lost + 1 :]
        case 1:
            return text + chance.choice((" +", " *", "/", " -", "^", ")", "]", ",", " ∘"))
        case 2 if names:
            found = chance.choice(names)
            return text[: found.start()] + chance.choice(("q7", "theta", "delta1", "yhat", "W9", "foo")) + text[found.end() :]
        case 3 if names:
            found = chance.choice(names)
            return f"{text[: found.start()]}\\{found.group()}{text[found.end() :]}"
        case 4:
            return text.replace("x", "х") if "x" in text else f"{text} = 0"
        case 5:
            return chance.choice(("gradient: ", "answer is ", "np.dot(", "\\frac{", "\\hat{")) + text
        case 6:
            return text[:place] + chance.choice(("$", "?", "!", '"', "#", "**/", "=", "..", "1,5")) + text[place:]
        case 7:
            return f"{text} and {text}"
    return f"{chance.choice(REMARKS)}{chance.choice(('', '.', '!', ' ', '…'))}" if chance.random() < 0.5 else f"{text} {text}="


def figures(tree: ast.expr, subject: Subject, chance: Random) -> str:
    """What a formula is worth at the exercise's first point, to some digits."""
    value = evaluate(tree, known(subject, -1))
    form = chance.choice((".3g", ".4g", ".5g", ".6g", ".3e", ".4e", ".8g", ".12g", ".2g"))
    rows = [[format(float(entry), form) for entry in row] for row in value]
    if value.shape == (1, 1):
        return rows[0][0]
    comma = chance.choice((",", ", "))
    return f"[{comma.join(f'[{comma.join(row)}]' for row in rows)}]"


def hostile(chance: Random) -> str:
    """An answer that would take for ever, or all of the memory, if it were worked out."""
    return chance.choice(HOSTILE)


def respaced(text: str, chance: Random) -> str:
    """An answer with other white space around it."""
    return " " * chance.randrange(3) + text + " " * chance.randrange(3)
