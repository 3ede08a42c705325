"""Nouns that tell an author which field was meant."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from symgrad.basics.errors import AuthorError, closest
from symgrad.basics.messages import message
from symgrad.basics.source_places import calling_place

Made = TypeVar("Made")


class Noun(type):
    """Metaclass of the dataclasses that authors write: an unknown field, or a missing one, is an AuthorError."""

    def __call__(cls: type[Made], *arguments: Any, **given: Any) -> Made:
        known = {f.name: f for f in dataclasses.fields(cls) if f.init}  # type: ignore[arg-type]  # used on dataclasses only
        needed = [n for n, f in known.items() if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING]
        unknown = next((name for name in given if name not in known), None)
        missing = next((name for name in needed if name not in given), None)
        found = None
        if arguments:
            found = message("takes_fields_by_name", noun=cls.__name__)
        elif unknown is not None:
            found = message("has_no_field", noun=cls.__name__, name=unknown, closest=closest(unknown, known))
        elif missing is not None:
            found = message("needs_field", noun=cls.__name__, name=missing)
        if found is not None:
            place = calling_place()
            name = given.get("name")
            raise AuthorError(
                found,
                accepted=message("names", names=list(known)),
                exercise=name if isinstance(name, str) and cls.__name__ == "Exercise" else None,
                path=None if place is None else place.path,
                line=None if place is None else place.line,
            )
        made: Made = type.__call__(cls, **given)
        return made
