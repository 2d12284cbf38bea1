"""`pincite gold convert`"""

from __future__ import annotations

import os
from pathlib import Path

import click

from qa.cli.options import json_option
from qa.cli.output import counted, print_json, print_line
from qa.errors import PinciteError

_BY_SUFFIX = {".csv": "csv", ".json": "squad", ".qrels": "trec", ".trec": "trec"}


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--from", "--format", "form", metavar="FORMAT", help="The format of SOURCE, where it is not recognised.")
@click.option("--to", "wanted", metavar="FORMAT", help="The format of TARGET. Default: by its suffix, else house.")
@click.option("--texts", type=click.Path(path_type=Path), metavar="DIR", help="Write the texts that SOURCE brings.")
@click.option("--force", is_flag=True, help="Write over what exists.")
@json_option
def convert(
    source: Path, target: Path, form: str | None, wanted: str | None, texts: Path | None, force: bool, as_json: bool
) -> None:
    """Write the gold set SOURCE to TARGET in another format.

    With --texts, its texts are written to a folder, one file each, for `pincite index`; the evidence names those files.
    """
    from qa.gold import read_gold
    from qa.gold.converting import convert as write
    from qa.gold.converting import keeps_texts, with_texts_in

    to = wanted or _BY_SUFFIX.get(target.suffix.lower(), "house")
    gold = read_gold(source, form)
    for path in (target, texts):
        if path is not None and not force:
            _require_free(path)
    if texts is not None:
        gold = with_texts_in(gold, texts)
    lost = write(gold, target, to)
    if gold.texts and texts is None and not keeps_texts(to):
        lost += (f"{to} has no place for the {counted(len(gold.texts), 'text')}: write them with --texts DIR.",)
    written = len(gold.texts) if texts else 0
    if as_json:
        facts = {"source": str(source), "target": str(target), "format": to, "questions": len(gold)}
        print_json({**facts, "texts": written, "lost": list(lost)})
        return
    print_line(f"Wrote {target} ({to}) from {counted(len(gold), 'question')}.")
    if texts is not None:
        print_line(f"Wrote {counted(written, 'text')} to {texts}: index them with pincite index {texts}")
    for sentence in lost:
        print_line(sentence, err=True)


def _require_free(path: Path) -> None:
    """Raise PinciteError where something stands at `path` that would be written over."""
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise PinciteError(f"{path} exists already: choose another name, or write over it with --force.")
