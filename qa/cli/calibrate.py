"""`pincite calibrate`"""

from __future__ import annotations

from math import floor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import form_option, json_option, model_option, open_library, store_option
from qa.cli.output import print_json, print_line
from qa.cli.progress import asking_bar
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.calibration import Calibration
    from qa.library import Library


@click.command()
@click.argument("gold", type=click.Path(path_type=Path), required=False)
@click.option(
    "--risk",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    metavar="SHARE",
    help="The share of wrong answers among those given that you accept.",
)
@click.option("--forget", "forgets", is_flag=True, help="Go back to the reader's own threshold.")
@form_option
@store_option
@model_option
@json_option
def calibrate(
    gold: Path | None, risk: float, forgets: bool, form: str | None, store: Path, model: str | None, as_json: bool
) -> None:
    """Find out on your own questions, GOLD, from which confidence on to answer.

    What is found is kept with the store and used from then on; a page that is open uses it from its next start. Nothing
    is changed where the questions are too few for a promise, or the answers not good enough for it (exit code 2).
    """
    from qa import calibration
    from qa.evaluation.calibrating import percent

    if (gold is None) is not forgets:
        raise PinciteError("Name the file of gold questions to calibrate on, or give --forget and no file.")
    with open_library(store, model) as library:
        folder = library.store.folder
        if gold is None:
            forgotten = calibration.forget(folder)
            sentence = (
                "Forgotten: the reader's own threshold holds again." if forgotten else "There was none to forget."
            )
            if as_json:
                print_json({"forgotten": forgotten})
            else:
                print_line(sentence)
            return
        calibrated = _calibrate(library, gold, form, risk)
    path = calibration.save(calibrated, folder)
    promise = calibrated.promise or {}
    if as_json:
        print_json({"file": str(path), "threshold": round(calibrated.threshold, 4), **promise})
        return
    least = floor(100 * promise["least_coverage"])
    print_line(f"From a confidence of {calibrated.threshold:.2f} on, questions are answered.", bold=True)
    print_line(
        f"Then at most {percent(promise['risk'])} of the answers are wrong, and at least {least}% of the questions "
        f"are answered, each with {promise['certainty']:.0%} certainty, if people ask such questions."
    )
    print_line(
        f"Of these {promise['questions']} it answers {promise['answered']} ({promise['coverage']:.0%}), "
        f"{promise['seen_risk']:.1%} of them wrongly. Kept in {path}."
    )


def _calibrate(library: Library, gold: Path, form: str | None, risk: float) -> Calibration:
    from qa.assistant import Assistant
    from qa.calibration import published
    from qa.evaluation import evaluate
    from qa.evaluation.calibrating import calibrate as find
    from qa.evaluation.calibrating import refuse_too_few
    from qa.gold import read_gold

    questions = read_gold(gold, form)
    if questions.texts:
        raise PinciteError(
            f"{gold} brings its own texts, and what holds for those says nothing of your documents: calibrate on "
            "questions about the documents in the store."
        )
    refuse_too_few(sum(bool(each.answers) or not each.answerable for each in questions if not each.is_open), risk)
    # The reader's own confidence, whatever was found before.
    assistant = Assistant(library, calibration=published())
    assistant.load()
    with asking_bar(len(questions)) as progress:
        report = evaluate(assistant, questions, progress)
    return find(report.per_question, risk=risk)[0]
