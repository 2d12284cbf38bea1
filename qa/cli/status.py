"""`pincite status`"""

from __future__ import annotations

from pathlib import Path

import click

from qa.cli.options import json_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line


@click.command()
@store_option
@json_option
def status(store: Path, as_json: bool) -> None:
    """Say what the store holds: documents, passages, model, sizes, and from which confidence on it answers."""
    from qa.calibration import calibration_of

    with open_library(store) as library:
        facts = library.status()
    calibration = calibration_of(store)
    facts["answers"] = {"threshold": round(calibration.threshold, 4), "promise": calibration.promise}
    if as_json:
        print_json(facts)
        return
    model = facts["model"]
    print_line(f"store      {facts['store']}")
    print_line(f"documents  {facts['documents']:,} from {counted(facts['sources'], 'source')}")
    print_line(f"passages   {facts['passages']:,}")
    print_line(f"model      {model['name']}, {model['dimension']} dimensions" if model else "model      none yet")
    promised = f", at most {calibration.promise['risk']:.0%} of them wrong (calibrated)" if calibration.promise else ""
    print_line(f"answers    from a confidence of {calibration.threshold:.2f} on{promised}")
    print_line(
        f"on disk    {facts['bytes'] / 1e6:,.1f} MB, of it {facts['index']['bytes'] / 1e6:,.1f} MB index (derived)"
    )
