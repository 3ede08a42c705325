"""Pages that are made of the code are what the code makes of them now."""

import re

import pytest
from generated import PAGES, ROOT

from symgrad.cli import COMMANDS
from symgrad.operations.table import TABLE


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_code_makes_of_it(page):
    """`python tests/generated.py` writes it anew."""
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == PAGES[page]()


def test_nothing_is_left_out():
    """Every operation but those that authors don't write, each once; every command."""
    listed = re.findall(r"^\| `(\w+)` \|", PAGES["operations.md"](), re.MULTILINE)
    assert sorted(listed) == sorted(name for name, row in TABLE.own.items() if row.authored)
    assert re.findall(r"^\$ python -m symgrad (\w+) --help$", PAGES["command_line.md"](), re.MULTILINE) == list(COMMANDS)


def test_rows_have_five_cells():
    """A bar within a formula doesn't end its cell."""
    lines = [line for line in PAGES["operations.md"]().splitlines() if line.startswith("| `")]
    assert [line for line in lines if len(re.split(r"(?<!\\)\|", line)) != 7] == []
