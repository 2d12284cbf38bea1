"""`pincite status`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.calibration import Calibration


@click.command()
@store_option
@json_option
def status(store: Path, as_json: bool) -> None:
    """Say what the store holds: documents, passages, model, sizes, and from which confidence on it answers."""
    from qa.calibration import calibration_of

    with open_library(store) as library:
        facts = library.status()
        folder = library.store.folder
    try:
        calibration = calibration_of(folder)
        facts["answers"] = {"threshold": round(calibration.threshold, 4), "promise": calibration.promise}
        answers = f"from a confidence of {calibration.threshold:.2f} on{_promised(calibration)}"
    except PinciteError as error:  # the rest can be told all the same
        facts["answers"] = {"error": str(error)}
        answers = f"none: {error}"
    if as_json:
        print_json(facts)
        return
    model = facts["model"]
    print_line(f"store      {facts['store']}")
    print_line(f"documents  {facts['documents']:,} from {counted(facts['sources'], 'source')}")
    print_line(f"passages   {facts['passages']:,}")
    print_line(f"model      {model['name']}, {model['dimension']} dimensions" if model else "model      none yet")
    print_line(f"search     {facts['index']['type']}, chosen {facts['index']['chosen']}")
    print_line(f"answers    {answers}")
    print_line(
        f"on disk    {facts['bytes'] / 1e6:,.1f} MB, of it {facts['index']['bytes'] / 1e6:,.1f} MB index (derived)"
    )


def _promised(calibration: Calibration) -> str:
    from qa.evaluation.calibrating import percent

    return f", at most {percent(calibration.promise['risk'])} of them wrong" if calibration.promise else ""
