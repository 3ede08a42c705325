"""English: the words of every code, one table a subject."""

from __future__ import annotations

from symgrad.reports.wording.english import (
    authoring,
    basics,
    checking,
    derivation,
    doors,
    frameworks,
    grading,
    graphs,
    language,
    mistakes,
    operations,
    reports,
    survey,
)
from symgrad.reports.wording.language import Language, Words

TABLES: tuple[Words, ...] = (
    basics.WORDS,
    operations.WORDS,
    graphs.WORDS,
    derivation.WORDS,
    authoring.WORDS,
    frameworks.WORDS,
    checking.WORDS,
    survey.WORDS,
    language.WORDS,
    grading.WORDS,
    mistakes.WORDS,
    reports.WORDS,
    doors.WORDS,
)
ENGLISH = Language("en", {code: words for table in TABLES for code, words in table.items()})
