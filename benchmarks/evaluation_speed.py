"""How long it takes to judge retrieval alone: 1,000 questions over 20,000 passages.

    python -m benchmarks.evaluation_speed FOLDER [--store DIR]

FOLDER has `squad1_passages.jsonl` (`id`, `title`, `text`), `squad1.jsonl` (`question`, `passage`) and, to fill up,
`rerank_passages.jsonl` (`id`, `text`). Each text becomes a document, as in BEIR. With `--store`, what was indexed is
kept there for the next time, because embedding takes far longer than what is measured.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from qa import Library, Retriever, evaluate
from qa.gold import Evidence, Gold, GoldQuestion, Text
from qa.gold.texts import write_texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        store = options.store or Path(temporary) / "store"
        gold = _gold(options.folder, options.passages, options.questions)
        with Library.open(store) as library:
            if library.status()["passages"] == 0:
                write_texts(gold, Path(temporary) / "texts")
                library.add([Path(temporary) / "texts"])
            library.load_encoder()
            begin = time.perf_counter()
            report = evaluate(Retriever(library), gold)
            seconds = time.perf_counter() - begin
            passages = library.status()["passages"]
    taken = report.latency_ms["retrieve"]
    print(f"{len(gold):,} questions over {passages:,} passages: {seconds:.1f} s")
    print(f"of it searching: half of the questions {taken.p50:.1f} ms, 95 % {taken.p95:.1f} ms")
    for name in ("success@1", "dense.success@1", "lexical.success@1", "ndcg@10"):
        print(f"{name} {report.metrics[name].value:.3f}")


def _gold(folder: Path, passages: int, questions: int) -> Gold:
    texts = [Text(str(row["id"]), row["title"], row["text"]) for row in _rows(folder / "squad1_passages.jsonl")]
    for row in _rows(folder / "rerank_passages.jsonl"):
        if len(texts) >= passages:
            break
        texts.append(Text(f"rerank-{row['id']}", "", row["text"]))
    texts = texts[:passages]
    known = {text.name for text in texts}
    rows = [row for row in _rows(folder / "squad1.jsonl") if str(row["passage"]) in known]
    drawn = random.Random(0).sample(rows, questions)
    return Gold(
        tuple(GoldQuestion(row["id"], row["question"], evidence=(Evidence(f"{row['passage']}.txt"),)) for row in drawn),
        tuple(texts),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
