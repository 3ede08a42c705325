"""Tables that other packages may add rows to: symgrad's own rows and a group of entry points come in, the table goes out.

When a row of somebody else's is loaded, and when a fault of it is told, is decided here for all tables:

* **Names are read, rows are not.** What packages add is known by name from their metadata, without importing any of them. A
  row is loaded when it is asked for by its name, or when all rows are looked at; never for another row's sake.
* **A fault is told to whoever asks for the row**, as a `UserError` that names entry point and package: it doesn't load, it
  isn't what the table holds, or its name is taken. What doesn't ask for that row goes on as if the package weren't there:
  a package that is broken doesn't break a check that has nothing to do with it.
* **Where all rows take part, a fault is told, too** (a grading looks for every mistake, a survey takes every operation): to
  leave the row out in silence would give another result than the one that was installed.
* **A taken name is nobody's**: neither symgrad's row nor the package's is given for it, for it can't be known which is meant.

Tables are made while modules are imported, and a package's module imports symgrad's: since nothing is loaded before it is
asked for, no circle comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from symgrad.basics.errors import UserError
from symgrad.basics.messages import Message, message

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

Row = TypeVar("Row")
Fault: TypeAlias = Callable[[str, Any], Message | None]
"""What is wrong with something as the row of a name; None where nothing is."""


@dataclass(frozen=True, eq=False, repr=False)
class Registry(Mapping[str, Row], Generic[Row]):
    """A table by name: symgrad's `own` rows in their order, then those of the entry points of `group`, by name.

    `fault` says what is wrong with somebody else's row. Raises UserError for a row that has a fault, when it is asked for.
    """

    own: Mapping[str, Row]
    group: str
    fault: Fault

    def __getitem__(self, name: str) -> Row:
        return self._loaded(name) if name in self._found else self.own[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self._found

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from self.added

    def __len__(self) -> int:
        return len(self.own) + len(self.added)

    def __repr__(self) -> str:
        return f"Registry({self.group}: {', '.join(self)})"

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The names that packages add, sorted."""
        return tuple(name for name in sorted(self._found) if name not in self.own)

    def load(self) -> None:
        """Loads every row. Raises UserError for the first that has a fault, before work begins that takes all of them."""
        for name in self._found:
            self[name]

    @property
    def origins(self) -> list[tuple[str, str, str]]:
        """Name, package and version of what is added, sorted: what a result rests on beside symgrad itself."""
        return sorted((e.name, _package(e), e.dist.version if e.dist else "") for each in self._found.values() for e in each)

    @cached_property
    def _found(self) -> dict[str, list[EntryPoint]]:
        found: dict[str, list[EntryPoint]] = {}
        for entry in sorted(entry_points_of(self.group), key=_package):
            found.setdefault(entry.name, []).append(entry)
        return found

    @cached_property
    def _rows(self) -> dict[str, Row]:
        return {}

    def _loaded(self, name: str) -> Row:
        if name not in self._rows:
            first, *others = self._found[name]
            if name in self.own:
                raise _faulty(first, message("name_is_symgrads"))
            if others:
                raise _faulty(first, message("name_is_added_twice", package=_package(others[0])))
            try:
                row = first.load()
            except Exception as error:  # whatever a module raises as it is imported
                raise _faulty(
                    first, message("does_not_load", value=first.value, said=f"{type(error).__name__}: {error}")
                ) from error
            found = self.fault(name, row)
            if found is not None:
                raise _faulty(first, message("is_no_row", value=first.value, found=found))
            self._rows[name] = row
        return self._rows[name]


@cache
def _packages() -> Any:
    from importlib.metadata import entry_points  # late: help asks for no row

    return entry_points()


def entry_points_of(group: str) -> EntryPoints:
    """The entry points of a group; packages are read once, when a table is first asked for a row."""
    found: EntryPoints = _packages().select(group=group)
    return found


def names(group: str) -> tuple[str, ...]:
    """The names of a group's entry points, sorted; nothing is loaded, and no table is needed.

    >>> names("symgrad.nothing")
    ()
    """
    return tuple(sorted({entry.name for entry in entry_points_of(group)}))


def instance_of(*kinds: type, named: str = "name") -> Fault:
    """The fault of what isn't of some kinds, or is called otherwise in the attribute `named` (empty where it has no name)."""

    def fault(name: str, row: Any) -> Message | None:
        if not isinstance(row, kinds):
            return message("is_of_kind", type=type(row).__name__, kinds=[kind.__name__ for kind in kinds])
        called = getattr(row, named) if named else name
        return None if called == name else message("is_called", called=called)

    return fault


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "?"


def _faulty(entry: EntryPoint, found: Message) -> UserError:
    return UserError(message("faulty_entry_point", name=entry.name, package=_package(entry), group=entry.group, found=found))
