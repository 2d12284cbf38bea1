"""`pincite sweep`"""

from __future__ import annotations

from math import prod
from pathlib import Path

import click

from qa.cli.options import form_option, json_option, model_option, seed_option, store_option
from qa.cli.output import print_json
from qa.cli.progress import asking_bar, questioned
from qa.cli.scores import print_sweep
from qa.errors import PinciteError


@click.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option(
    "--over",
    "overs",
    multiple=True,
    required=True,
    metavar="FACTOR=VALUES",
    help="What to vary: retriever=dense,lexical,fused or k=5,10 or threshold=0.3,0.5. Several make every combination.",
)
@click.option("--metric", metavar="METRIC", help="What to compare. Default: f1, or ndcg@10 where no factor reads.")
@form_option
@seed_option
@store_option
@model_option
@json_option
def sweep(
    gold: Path,
    overs: tuple[str, ...],
    metric: str | None,
    form: str | None,
    seed: int,
    store: Path,
    model: str | None,
    as_json: bool,
) -> None:
    """Evaluate every combination of settings and say which parts provably help, and which are ties."""
    from qa import evaluation
    from qa.gold import read_gold

    factors = _factors(overs)
    chosen = metric or ("ndcg@10" if factors.keys() == {"retriever"} else "f1")
    evaluation.check_factors(factors, chosen)
    questions = read_gold(gold, form)
    total = len(questions) * prod(map(len, factors.values()))
    with questioned(questions, store, model) as (library, asked), asking_bar(total) as progress:
        library.load_encoder()  # a model that is not there is told before anything is asked
        result = evaluation.sweep(library, asked, factors, chosen, progress, seed=seed)
    if as_json:
        print_json(result.as_dict())
    else:
        print_sweep(result)


def _factors(overs: tuple[str, ...]) -> dict[str, list[str]]:
    factors: dict[str, list[str]] = {}
    for over in overs:
        name, equals, values = over.partition("=")
        listed = [value.strip() for value in values.split(",")]
        if not equals or not all(listed):
            raise PinciteError(f"--over {over}: write for example retriever=dense,fused.")
        if name in factors:
            raise PinciteError(f"--over {name}: this factor was given twice; list its values with commas.")
        factors[name] = listed
    return factors
