"""Every quote is the words of its document, and of the file that it came from, whatever the format.

`PINCITE_FUZZ_ROUNDS` times ten questions are asked (default 100; 10,000 is the full count), of every format.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.documents.writing import WRITERS
from qa.assistant import Assistant
from qa.library import Library
from qa.readers import Extract
from qa.sandbox import Sandbox
from qa.types import Citation

QUESTIONS = 10 * int(os.environ.get("PINCITE_FUZZ_ROUNDS", "10"))


def written(folder: Path, seed: int) -> dict[str, str]:
    """A folder with a document of every format: a question for each phrase of them, and where its answer stands."""
    folder.mkdir()
    asked = {}
    for write in WRITERS.values():
        known = write(seed)
        (folder / known.name).write_bytes(known.data)
        asked |= {f"Where does {phrase} begin in {Path(known.name).stem}?": known.name for phrase in known.places}
    return asked


def cited(library: Library, question: str) -> Iterator[Citation]:
    answer = Assistant(library).ask(question)
    yield from answer.citations
    for hit in answer.hits:
        yield hit.citation
        yield from hit.duplicates
        assert hit.passage.text == hit.citation.quote


def test_every_quote_is_what_its_document_and_its_file_say(tmp_path: Path, encoder: Any) -> None:
    seed = asked = checked = 0
    formats: set[str] = set()
    while asked < QUESTIONS:
        seed += 1
        folder = tmp_path / str(seed)
        questions = list(written(folder, seed))[:: max(1, 200 // QUESTIONS)]
        with Library.open(tmp_path / f"store-{seed}", encoder=encoder) as library, Sandbox() as sandbox:
            receipt = library.add([folder])
            assert receipt.failed == ()
            again: dict[str, Extract] = {}
            for question in questions[: QUESTIONS - asked]:
                for citation in cited(library, question):
                    source = citation.document.source
                    if source not in again:
                        again[source] = sandbox.read((folder / source).read_bytes(), source)
                    text = library.document(citation.document.id).text
                    assert citation.quote
                    assert text[citation.start : citation.end] == citation.quote
                    assert again[source].text[citation.start : citation.end] == citation.quote
                    checked += 1
                    formats.add(Path(source).suffix)
                asked += 1
    assert checked > QUESTIONS
    assert formats == {Path(write(0).name).suffix for write in WRITERS.values()}


def test_no_character_of_a_plain_text_is_in_no_passage(tmp_path: Path, encoder: Any) -> None:
    with Library.open(tmp_path / "store", encoder=encoder) as library:
        for seed in range(1, 1 + QUESTIONS // 100):
            written(tmp_path / str(seed), seed)
            library.add([tmp_path / str(seed)])
        with library.reading() as reading:
            for document_id in reading.document_ids():
                text = library.document(document_id).text
                passages = reading.passages_of(document_id)
                for passage in passages:
                    assert text[passage.start : passage.end] == passage.text
                ends = [0, *(passage.end for passage in passages)]
                starts = [*(passage.start for passage in passages), len(text)]
                between = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
                assert not between.strip()
