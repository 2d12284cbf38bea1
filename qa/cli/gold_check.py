"""`pincite gold check`"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line

if TYPE_CHECKING:
    from qa.gold import Gold
    from qa.gold.checking import Checked
    from qa.gold.reanchor import Whereabouts
    from qa.gold.shelves import Shelf

_SHOWN = 400
"""Characters of a quote that are shown; --json has all of them."""


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--from", "--format", "form", metavar="FORMAT", help="The format of GOLD, where it is not recognised.")
@click.option("--fix", is_flag=True, help="Put right in GOLD what is certain.")
@store_option
@json_option
@click.pass_context
def check(ctx: click.Context, gold: Path, form: str | None, fix: bool, store: Path, as_json: bool) -> None:
    """Look whether GOLD is well made, and whether its quotes stand in the documents word for word.

    The documents are those of the store, or the texts that GOLD brings. Exits with 1 where quotes do not stand in them.
    """
    from qa.gold import checking, read_gold
    from qa.gold import file as goldfile

    questions = read_gold(gold, form)
    if fix:
        goldfile.need_lines(gold)
    named = ctx.get_parameter_source("store") is click.core.ParameterSource.COMMANDLINE
    with _shelf(questions, store, needed=named or fix) as shelf:
        checked = checking.check(questions, shelf)
    repairs = {key: after for entry in checked for key, after in entry.repairs.items()}
    fixed = goldfile.repair(gold, repairs) if fix and repairs else 0
    place = "texts" if questions.texts else "store" if shelf else ""
    left = sum(len(entry.problems) for entry in checked) - fixed
    facts = checking.summary(questions)
    if as_json:
        print_json({"gold": str(gold), **facts, "checked": place or "format", **_as_dict(checked), "fixed": fixed})
    else:
        _print(checked, fixed=fix)
        print_line(_summary(gold, facts, place))
        print_line(_verdict(left, len(repairs) - fixed, fixed, place))
    if left:
        sys.exit(1)


@contextmanager
def _shelf(questions: Gold, store: Path, *, needed: bool) -> Iterator[Shelf | None]:
    """Where to look quotes up; None where nothing is indexed and nothing `needed`."""
    from qa.gold.shelves import StoreShelf, TextShelf

    if questions.texts:
        yield TextShelf(questions.texts)
    elif needed or _has_documents(store):
        with open_library(store) as library, library.reading() as reading:
            yield StoreShelf(reading)
    else:
        yield None


def _has_documents(folder: Path) -> bool:
    from qa.store import Store

    store = Store(Path(os.path.expanduser(folder)))
    if not store.exists:
        return False
    with store.reading() as reading:
        found = reading.count("document") > 0
    store.close()
    return found


def _print(checked: Sequence[Checked], *, fixed: bool) -> None:
    for entry in checked:
        for problem in entry.problems:
            done = "  fixed" if fixed and problem.repair else ""
            print_line(f"{entry.question.id}  {problem.status}{done}  {problem.sentence}", bold=True)
            _print_both(problem)
        for remark in entry.remarks:
            print_line(f"{entry.question.id}  remark  {remark}")


def _print_both(problem: Whereabouts) -> None:
    """The quote as it is and as it would be, line ends and all, one below the other."""
    if problem.evidence.quote:
        print_line(f"    gold   {_cut(problem.evidence.quote)}")
    if problem.found:
        document = problem.found.document
        place = f"  ({document})" if document != problem.evidence.document else ""
        print_line(f"    there  {_cut(problem.found.quote)}{place}")


def _cut(quote: str) -> str:
    return f"“{quote if len(quote) <= _SHOWN else quote[:_SHOWN] + '…'}”"


def _summary(gold: Path, facts: dict[str, Any], place: str) -> str:
    where = {"store": " of the store", "texts": " that it brings"}.get(place, "")
    return (
        f"{gold}: {counted(facts['questions'], 'question')} ({facts['answerable']:,} answerable, "
        f"{facts['unanswerable']:,} unanswerable), {counted(facts['quotes'], 'quote')}, "
        f"{counted(facts['documents'], 'document')}{where}."
    )


def _verdict(left: int, repairable: int, fixed: int, place: str) -> str:
    if not place:
        return "Only the format was checked: there is no store with documents to look into (name one with --store)."
    done = f"{counted(fixed, 'quote')} put right. " if fixed else ""
    if not left:
        return f"{done}All evidence stands in its document."
    hint = f" {repairable:,} of them can be put right with --fix." if repairable > 0 else ""
    return (
        f"{done}{counted(left, 'piece')} of evidence {'does' if left == 1 else 'do'} not stand in its document.{hint}"
    )


def _as_dict(checked: Sequence[Checked]) -> dict[str, Any]:
    return {
        "statuses": dict(Counter(found.status for entry in checked for found in entry.whereabouts)),
        "problems": [{"id": entry.question.id, **problem.as_dict()} for entry in checked for problem in entry.problems],
        "remarks": [{"id": entry.question.id, "remark": remark} for entry in checked for remark in entry.remarks],
    }
