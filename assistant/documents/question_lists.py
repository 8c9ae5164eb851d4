"""Lists of questions with their answers, as CSV. Pure."""

from __future__ import annotations

import csv
import io

from assistant.documents.sections import Page, Section, plain
from core.errors import InputRefused

QUESTION = ("question", "q", "title")
ANSWER = ("answer", "a", "text", "body")


def read_questions(text: str) -> Page:
    """One section for each row with a question and an answer.

    >>> page = read_questions("Question;Answer\\nDo you ship abroad?;Yes, to Norway.\\n")
    >>> page.sections[0].path, page.sections[0].blocks, page.sections[0].is_answer
    (('Do you ship abroad?',), ('Yes, to Norway.',), True)

    Raises:
        InputRefused: A column is missing, a row lacks its question or answer, or there is no row.
    """
    rows = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or []}
    question, answer = _column(names, QUESTION), _column(names, ANSWER)
    try:
        sections = tuple(_section(row, question, answer, line=rows.line_num) for row in rows)
    except csv.Error as error:
        raise InputRefused(f"file: line {rows.line_num}: {error}", field="file") from error
    if not sections:
        raise InputRefused("file: there is no row below the header", field="file")
    return Page("", sections)


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t")
    except csv.Error:
        return csv.excel


def _column(names: dict[str, str], wanted: tuple[str, ...]) -> str:
    found = next((names[name] for name in wanted if name in names), None)
    if found is None:
        raise InputRefused(
            f"file: no column “{wanted[0]}” in the first line, which has {', '.join(names)}",
            field="file",
        )
    return found


def _section(row: dict[str, str], question: str, answer: str, *, line: int) -> Section:
    asked, said = plain(row[question] or ""), row[answer] or ""
    blocks = tuple(text for part in said.split("\n") if (text := plain(part)))
    if not asked or not blocks:
        raise InputRefused(f"file: line {line} lacks its question or its answer", field="file")
    return Section((asked,), blocks, is_answer=True)
