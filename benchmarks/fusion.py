"""Is the fused order better than both of its halves? On each collection with weights fitted on the others alone.

    python -m benchmarks.fusion DATA [--docs docs]

DATA holds `dev/`. Writes its part of the page in `docs/`, and prints the weights fitted on all collections, which
`qa/fusion.py` has.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.collections import clapnq, natural_questions
from benchmarks.page import write_page
from qa import Retriever, evaluate, fusion, read_gold
from qa.evaluation import ranking
from qa.evaluation.scoring import Evidences, name_of, relevant
from qa.gold.anchors import Anchors, judge
from qa.gold.questions import Gold
from qa.gold.texts import indexed
from qa.library import Library
from qa.retriever import STAGES
from qa.types import Passage

_BEIR = ("cacm", "cisi", "cran", "med")
_SQUAD = ("squad2", "paraphrases")
"""Collections that share their texts are left out together."""

_POOL = 100
_SEEDS = Path(__file__).parent.parent / "seeds"
_RESAMPLES = 10_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What both halves found for a question: of each passage both scores, its name, and its grade."""

    names: list[str]
    cosines: Floats
    words: Floats
    possible: float
    nearest: frozenset[int]
    """Those that the dense half found."""
    gains: Floats
    ideal: list[float]

    @property
    def features(self) -> Floats:
        possible = max(self.possible, 1e-9)
        words = self.words * min(1.0, self.words.max(initial=0.0) / possible / fusion.ENOUGH)
        return np.stack([self.cosines, words / possible, words / np.sqrt(possible)], axis=1)

    def ndcg(self, scores: Floats) -> float:
        """nDCG@10 of the order by score; equal ones by meaning; what has no score (NaN) is not found."""
        order = [at for at in np.lexsort((-self.cosines, -scores)) if not np.isnan(scores[at])]
        names: dict[str, float] = {}
        for at in order:
            names.setdefault(self.names[at], float(self.gains[at]))
        return ranking.ndcg(list(names.values()), self.ideal, 10)


Order = Callable[[Candidates], Floats]


def dense(found: Candidates) -> Floats:
    scores = np.full(len(found.names), np.nan)
    nearest = sorted(found.nearest)
    scores[nearest] = found.cosines[nearest]
    return scores


def lexical(found: Candidates) -> Floats:
    return np.where(found.words > 0, found.words, np.nan)


def reciprocal_ranks(found: Candidates) -> Floats:
    """Cormack et al. 2009, k = 60."""
    return np.asarray(sum(np.nan_to_num(1 / (60 + _ranks(half(found)))) for half in (dense, lexical)))


def min_max(found: Candidates) -> Floats:
    return np.asarray(sum(np.nan_to_num(_stretched(half(found))) for half in (dense, lexical)))


def weighted(weights: Floats) -> Order:
    return lambda found: found.features @ weights


def fitted(collections: Sequence[Sequence[Candidates]]) -> Floats:
    """Weights of the three features that make relevant passages likely to come first (ListNet, Cao et al. 2007).

    Every collection weighs the same. Of such weights only the ratios count for the order.
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 1e-3 * float(weights @ weights), 2e-3 * weights
        for collection in collections:
            learnt = [found for found in collection if found.gains.any()]
            for found in learnt:
                features, wanted = found.features, found.gains / found.gains.sum()
                scores = features @ weights
                chances = np.exp(scores - logsumexp(scores))
                total -= float(wanted @ (scores - logsumexp(scores))) / len(learnt) / len(collections)
                slope -= (wanted - chances) @ features / len(learnt) / len(collections)
        return total, slope

    found: Floats = minimize(loss, np.ones(3), jac=True, bounds=[(0, None)] * 3, method="L-BFGS-B").x
    return found


def collect(library: Library, questions: Gold) -> list[Candidates]:
    """What the retriever finds for each question that has evidence."""
    encoder = library.load_encoder()
    found = []
    with library.reading() as reading:
        anchors, index = Anchors(reading), library.index(reading)
        passages_of: dict[str, list[Passage]] = {}
        for question in questions:
            if not question.evidence:
                continue
            query = encoder.encode_query([question.question])[0]
            near = dict(index.search(query, _POOL))
            words = dict(library.find_words(reading, question.question, _POOL))
            cosines = index.scores(query, list(near | words))
            passages = reading.passages(list(cosines))
            located = tuple(anchors.locate(evidence) for evidence in question.evidence)
            ids = {place.document_id for each in located for place in each.places}
            for document_id in ids - passages_of.keys():
                passages_of[document_id] = reading.passages_of(document_id)
            holding = tuple(passage for document_id in sorted(ids) for passage in passages_of[document_id])
            evidences = Evidences(located, holding)
            held = judge([passages[number] for number in cosines], evidences.quotes)
            found.append(
                Candidates(
                    [name_of(passages[number], question) for number in cosines],
                    np.array(list(cosines.values())),
                    np.array([words.get(number, 0.0) for number in cosines]),
                    library.highest(reading, question.question),
                    frozenset(at for at, number in enumerate(cosines) if number in near),
                    np.array(
                        [max((question.evidence[at].grade for at in each), default=0) for each in held], dtype=float
                    ),
                    [float(grade) for grade in relevant(question, evidences).values()],
                )
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    options = parser.parse_args()
    known = dict(collected(options.data / "dev"))
    rows = [compared(name, known) for name in known]
    weights = fitted(list(known.values()))
    share, whole = weights[1:] / weights[0]
    print(f"Fitted on all of them: share {share:.2f}, sum {whole:.2f}; in use: {fusion.SHARE}, {fusion.SUM}.")
    print("Written:", write_page(options.docs, fusion={"rows": rows, "seeds": paraphrased()}))


def collected(dev: Path) -> Iterator[tuple[str, list[Candidates]]]:
    golds = {name: read_gold(dev / "beir" / name) for name in _BEIR}
    golds |= {"clapnq": clapnq(dev), "qed": natural_questions(dev)}
    golds["squad2"] = read_gold(dev / "squad2" / "dev-v2.0.json")
    golds["paraphrases"] = read_gold(dev / "paraphrasing-squad" / "dev_para.json")
    for name, gold in golds.items():
        with indexed(gold) as (library, questions):
            yield name, collect(library, questions)


def compared(name: str, known: Mapping[str, Sequence[Candidates]]) -> dict[str, Any]:
    """A collection's figures, with weights fitted on the others."""
    family = _SQUAD if name in _SQUAD else (name,)
    own = weighted(fitted([others for other, others in known.items() if other not in family]))
    orders = {"dense": dense, "lexical": lexical, "RRF": reciprocal_ranks, "min-max": min_max, "fused": own}
    scores = {
        title: np.array([100 * found.ndcg(order(found)) for found in known[name]]) for title, order in orders.items()
    }
    means = {title: float(each.mean()) for title, each in scores.items()}
    above = scores["fused"] - scores[max("dense", "lexical", key=means.__getitem__)]
    low, high = _interval(above)
    print(name, means, flush=True)
    return {
        "on": name,
        "questions": len(above),
        "ndcg": means,
        "above": float(above.mean()),
        "low": low,
        "high": high,
    }


def paraphrased() -> dict[str, Any]:
    """The demo's own questions in other words: is the passage wanted at the first place?"""
    gold = [each for each in read_gold(_SEEDS / "gold.jsonl") if "paraphrase" in each.tags and each.evidence]
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.add([_SEEDS / "corpus"])
        reports = {stage: evaluate(Retriever(library, stage=stage), gold) for stage in STAGES}
    found = {stage: report.metrics["success@1"].value for stage, report in reports.items()}
    return {"questions": len(gold), "success@1": found}


def _stretched(scores: Floats) -> Floats:
    if np.isnan(scores).all():
        return scores
    low, high = np.nanmin(scores), np.nanmax(scores)
    return (scores - low) / (high - low) if high > low else np.where(np.isnan(scores), np.nan, 1.0)


def _ranks(scores: Floats) -> Floats:
    ranks = np.full(len(scores), np.nan)
    order = [at for at in np.argsort(-scores, kind="stable") if not np.isnan(scores[at])]
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _interval(differences: Floats) -> tuple[float, float]:
    """The 95 % interval of a mean, by the bootstrap over questions."""
    draw = np.random.default_rng(0)
    picked: Any = draw.integers(0, len(differences), (_RESAMPLES, len(differences)), dtype=np.int32)
    low, high = np.percentile(differences[picked].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    main()
