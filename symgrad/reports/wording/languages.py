"""The languages that messages are said in, by name; English is symgrad's own.

Other packages add languages as entry points of the group `symgrad.languages`, each a `Language` under its name.
"""

from __future__ import annotations

from types import MappingProxyType

from symgrad.basics.registries import Registry, instance_of
from symgrad.reports.wording.english import ENGLISH
from symgrad.reports.wording.language import Language

LANGUAGES: Registry[Language] = Registry(MappingProxyType({ENGLISH.name: ENGLISH}), "symgrad.languages", instance_of(Language))
