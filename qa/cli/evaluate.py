"""`pincite eval`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.limits import read_ceilings, read_floors, read_margins
from qa.cli.options import form_option, json_option, model_option, seed_option, store_option
from qa.cli.output import print_json, print_line
from qa.cli.progress import asking_bar, questioned
from qa.cli.scores import print_comparison, print_report
from qa.cli.targets import refuse_overwriting
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.evaluation import Report, SavedRun
    from qa.gold import Gold


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@form_option
@click.option("--predictions", type=click.Path(path_type=Path), metavar="FILE", help="Score another program's answers.")
@click.option("--retrieval-only", is_flag=True, help="Judge the passages and read nothing.")
@click.option("--save", "saved", type=click.Path(path_type=Path), metavar="RUN", help="Keep this run in a folder.")
@click.option("--report", "page", type=click.Path(path_type=Path), metavar="HTML", help="Write a page to look into.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="RUN", help="Compare with a run that was kept.")
@click.option("--fail-under", "floors", multiple=True, metavar="METRIC=VALUE", help="Exit with 1 below VALUE.")
@click.option("--fail-over", "ceilings", multiple=True, metavar="METRIC=VALUE", help="Exit with 1 above VALUE.")
@click.option(
    "--max-drop", "drops", multiple=True, metavar="METRIC=VALUE", help="Exit with 1 when worse by more, for certain."
)
@click.option(
    "--max-p95-ms", "slowest", type=float, metavar="MS", help="Exit with 1 when 5 % of questions take longer."
)
@seed_option
@store_option
@model_option
@json_option
def evaluate(
    gold: Path,
    form: str | None,
    predictions: Path | None,
    retrieval_only: bool,
    saved: Path | None,
    page: Path | None,
    baseline: Path | None,
    floors: tuple[str, ...],
    ceilings: tuple[str, ...],
    drops: tuple[str, ...],
    slowest: float | None,
    seed: int,
    store: Path,
    model: str | None,
    as_json: bool,
) -> None:
    """Ask every question of GOLD and say how good the passages, answers, citations and abstentions are.

    GOLD may bring its own texts (SQuAD, BEIR): they are indexed for this run alone. Exits with 1 where a limit is not
    kept, with 2 where the runs cannot be compared.
    """
    from qa import evaluation
    from qa.evaluation import limits
    from qa.gold import read_gold

    least, most = read_floors(floors), read_ceilings(ceilings)
    margins = read_margins(drops, compares=baseline is not None)
    if slowest is not None and not slowest >= 0:
        raise PinciteError(f"--max-p95-ms {slowest:g}: a number of milliseconds is needed, for example 200.")
    if predictions and retrieval_only:
        raise PinciteError("--retrieval-only is about Pincite's own search: leave it out with --predictions.")
    refuse_overwriting(saved, page)
    questions = read_gold(gold, form)
    before = evaluation.load_run(baseline) if baseline else None
    if predictions:
        report, made_from = _score(predictions, questions, gold, seed)
    else:
        report, made_from = _ask(questions, before, gold, store, model, seed, retrieval_only=retrieval_only)
    if saved:  # first, so that an evaluation of an hour is not lost where a limit cannot be judged
        evaluation.save_run(report, saved, made_from)
        print_line(f"Saved in {saved}.", err=True)
    compared = evaluation.compare(report, before, seed=seed) if before else {}
    if page:
        from qa.evaluation.page import write_report

        write_report(report, page, title=gold.name, made_from=made_from, comparison=compared)
        print_line(f"Report written to {page}.", err=True)
    if as_json:
        comparison = {name: entry.as_dict() for name, entry in compared.items()}
        print_json({**report.as_dict(), **({"comparison": comparison} if baseline else {}), "made_from": made_from})
    else:
        print_report(report)
        if before:
            print_comparison(compared, evaluation.differences(before.made_from, made_from))
    missed = [*limits.below(report, least), *limits.above(report, most)]
    if before and margins:
        at_stake = evaluation.compare(report, before, seed=seed, metrics=list(margins))
        missed += limits.regressions(at_stake, margins)
    if slowest is not None:
        missed += limits.too_slow(report, slowest)
    for sentence in missed:
        print_line(sentence, err=True)
    if missed:
        sys.exit(1)


def _score(predictions: Path, gold: Gold, path: Path, seed: int) -> tuple[Report, dict[str, Any]]:
    from qa.evaluation import evaluate_predictions, read_predictions
    from qa.evaluation.provenance import provenance

    report = evaluate_predictions(read_predictions(predictions, gold), gold, seed=seed)
    made_from = provenance(None, report.per_question, gold=str(path), seed=seed)
    return report, {**made_from, "predictions": str(predictions)}


def _ask(
    gold: Gold, before: SavedRun | None, path: Path, store: Path, model: str | None, seed: int, *, retrieval_only: bool
) -> tuple[Report, dict[str, Any]]:
    from qa.assistant import Assistant
    from qa.evaluation import evaluate as judge
    from qa.evaluation.comparison import refuse_other_questions
    from qa.evaluation.provenance import provenance
    from qa.evaluation.saved import fingerprint
    from qa.retriever import Retriever

    with questioned(gold, store, model) as (library, questions), asking_bar(len(questions)) as progress:
        if before:  # told before anything is asked
            refuse_other_questions({question.id: fingerprint(question) for question in questions}, before)
        library.load_encoder()
        answerer = Retriever(library) if retrieval_only else Assistant(library)
        report = judge(answerer, questions, progress, seed=seed)
        return report, provenance(answerer, report.per_question, gold=str(path), seed=seed)
