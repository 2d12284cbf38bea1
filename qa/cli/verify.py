"""`pincite verify`"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import json_option
from qa.cli.output import counted, print_json, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.proofs import Proof, SavedAnswer
    from qa.types import Citation

_TOLD = 20
"""Damaged lines that are named."""

_WORDS = 60
"""Characters that are shown of a quote that was not found."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--root",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of the documents, as it was indexed. Nothing outside it is read.",
)
@json_option
def verify(files: tuple[Path, ...], root: Path, as_json: bool) -> None:
    """Check the quotes of the answers in FILE, written by pincite ask --save, against the documents in DIR.

    Needs no store, no index and no model. A citation is exact where its quote stands at its place; moved where the
    quote stands elsewhere in the document, or the file has another name: then the new place is told; changed where the
    file has these words no more; missing where there is no such file, nor one with the same content. What an answer
    says beside its quotes is not checked.

    Exits with 0 where all are exact or moved, with 1 where one is changed or missing, and with 2 where a FILE has no
    citations or a damaged line: then the others are checked nevertheless.
    """
    from qa import proofs
    from qa.sandbox import Sandbox

    answers = [answer for file in dict.fromkeys(files) for answer in proofs.read_saved(file)]
    given = [(answer, citation) for answer in answers for citation in answer.citations]
    with Sandbox() as sandbox:
        checked = proofs.verify([citation for _, citation in given], root, sandbox.read)
    damaged = [answer for answer in answers if answer.problem]
    saved = [(answer, proof) for (answer, _), proof in zip(given, checked, strict=True)]
    if as_json and saved:
        print_json(_as_json(saved, len(answers) - len(damaged), damaged))
    elif saved:
        _print(saved, len(answers) - len(damaged))
    _print_damaged(damaged)
    cited = {answer.file for answer, _ in given}
    without = [str(file) for file in files if str(file) not in cited]
    if without:
        raise PinciteError(f"There are no citations in {', '.join(without)}: save answers with pincite ask --save.")
    if damaged:
        sys.exit(2)
    if any(proof.verdict in ("changed", "missing") for proof in checked):
        sys.exit(1)


def _as_json(
    saved: Sequence[tuple[SavedAnswer, Proof]], answers: int, damaged: Sequence[SavedAnswer]
) -> dict[str, Any]:
    return {
        "answers": answers,
        "citations": len(saved),
        **_counts(saved),
        "proofs": [{"file": answer.file, "line": answer.line, **proof.as_dict()} for answer, proof in saved],
        "damaged": [{"file": answer.file, "line": answer.line, "problem": answer.problem} for answer in damaged],
    }


def _counts(saved: Sequence[tuple[SavedAnswer, Proof]]) -> dict[str, int]:
    counts = Counter(proof.verdict for _, proof in saved)
    changed = sum(proof.verdict == "exact" and proof.cited.file_changed is True for _, proof in saved)
    return {
        "exact": counts["exact"],
        "exact_in_changed_files": changed,
        "moved": counts["moved"],
        "changed": counts["changed"],
        "missing": counts["missing"],
    }


def _print(saved: Sequence[tuple[SavedAnswer, Proof]], answers: int) -> None:
    """A line for each citation that has to be looked at, and how many there are of each kind."""
    for answer, proof in saved:
        if proof.verdict != "exact" or proof.is_given_elsewhere:
            print_line(f"{proof.verdict:8} {answer.file}, line {answer.line}, [{proof.cited.number}]: {_said(proof)}")
    counts = _counts(saved)
    changed = counts["exact_in_changed_files"]
    print_line(
        f"{counted(len(saved), 'citation')} of {counted(answers, 'answer')}: {counts['exact']:,} exact"
        f"{f' ({changed:,} in files that have changed since)' if changed else ''}, {counts['moved']:,} moved, "
        f"{counts['changed']:,} changed, {counts['missing']:,} missing.",
        bold=True,
    )


def _said(proof: Proof) -> str:
    cited, found = proof.cited, proof.found
    before = f"{cited.document.source}, {_place(cited)}"
    if found is None:
        quote = cited.quote if len(cited.quote) <= _WORDS else f"{cited.quote[: _WORDS - 1]}…"
        return f"{before}: {proof.reason} “{' '.join(quote.split())}”"
    renamed = found.document.source != cited.document.source
    return f"{before}, is now {f'{found.document.source}, ' if renamed else ''}{_place(found)}"


def _place(citation: Citation) -> str:
    return f"{citation.where}, characters {citation.start} to {citation.end}"


def _print_damaged(damaged: Sequence[SavedAnswer]) -> None:
    for answer in damaged[:_TOLD]:
        print_line(f"{answer.file}, line {answer.line}: {answer.problem}", err=True)
    if len(damaged) > _TOLD:
        print_line(f"Damaged lines beside these: {len(damaged) - _TOLD:,}.", err=True)
