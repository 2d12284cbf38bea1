"""Citations against changed files: the verdict is what was done to the file, and what is reported is what it says now.

`PINCITE_CITATIONS` citations of documents of every format are checked after random edits (default 100; 10,000 is the
full count).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import FileError
from qa.proofs import Proof, verify
from qa.proofs.searching import Sighting, Text
from qa.readers import READERS, Extract, read
from qa.types import CONTEXT, Citation, Document, Place

CITATIONS = int(os.environ.get("PINCITE_CITATIONS", "100"))


def document(text: str, source: str = "a.txt") -> Document:
    return Document("d", "A", (source,), "0" * 64, text)


def cited(text: str, quote: str, source: str = "a.txt") -> Citation:
    return document(text, source).cite(text.index(quote), text.index(quote) + len(quote))


def place(text: Text, citation: Citation) -> tuple[int, int] | None:
    sighting = text.find(citation)
    return sighting and sighting.span


def found(old: str, quote: str, new: str) -> str | tuple[int, str]:
    """What became of the first place of a quote: nothing, or where it is and the words there."""
    span = place(Text(new), cited(old, quote))
    return "gone" if span is None else (span[0], new[slice(*span)])


# --- one text, by hand


@pytest.mark.parametrize(
    ("old", "quote", "new", "expected"),
    [
        ("A heron. It eats fish.", "It eats fish.", "A heron. It eats fish.", (9, "It eats fish.")),
        ("A heron. It eats fish.", "It eats fish.", "A crane. It eats fish.", (9, "It eats fish.")),
        ("A heron. It eats fish.", "It eats fish.", "Two herons. It eats fish.", (12, "It eats fish.")),
        ("A heron. It eats fish.", "It eats fish.", "It eats fish.", (0, "It eats fish.")),
        ("A heron. It eats fish.", "It eats fish.", "A heron. It eats no fish.", "gone"),
        ("A heron. It eats fish.", "It eats fish.", "A heron. it eats fish.", "gone"),
        ("A heron. It eats fish.", "It eats fish.", "", "gone"),
        ("A heron. It eats fish.", "It eats fish.", "It eats", "gone"),
    ],
)
def test_where_a_quote_stands(old: str, quote: str, new: str, expected: object) -> None:
    assert found(old, quote, new) == expected


@pytest.mark.parametrize(
    ("old", "quote", "new"),
    [
        ("It costs 10", "It costs 10", "It costs 100"),
        ("It costs 10", "It costs 10", "It costs 10.5"),
        ("It costs 10.", "It costs 10.", "It costs 10.5 million."),
        ("It costs 10,", "It costs 10,", "It costs 10,000,"),
        ("10 herons", "10 herons", "110 herons"),
        ("10 herons", "10 herons", "1.10 herons"),
        ("at 10 degrees", "10 degrees", "at -10 degrees"),
        ("at 10 degrees", "10 degrees", "at −10 degrees"),
        ("art is long", "art is long", "cart is long"),
        ("a long art", "long art", "a long arts"),
        ("we resume", "we resume", "we resume\u0301"),
        ("Preis 5", "Preis 5", "Preis 5½"),
        ("not here", "here", "nowhere"),
        ("-1", "1", "11"),
        ("a 1.5", "5", "a 15"),
        ("heron", "eron", "xheron"),
        ("sandhillcrane", "crane", "anthillcrane"),
        ("cranes dance", "crane", "cranesbill dance"),
        ("a 1 000 b", "1 000", "a 1000 b"),
        ("a 1000 b", "1000", "a 1 000 b"),
        ("one two", "one two", "onetwo"),
        ("onetwo", "onetwo", "one two"),
        ("abc def", " def", "abcdef"),
        ("abc def", "abc ", "abcdef"),
    ],
)
def test_another_number_or_word_is_never_the_same(old: str, quote: str, new: str) -> None:
    assert found(old, quote, new) == "gone"
    assert found(old, quote, f"Something else.\n\n{new}") == "gone"


@pytest.mark.parametrize(
    ("old", "quote", "new"),
    [
        ("It costs 10", "It costs 10", "It costs 10. It is old."),
        ("at 5-10 degrees", "10 degrees", "now at 5-10 degrees"),
        ("herons", "ron", "big herons"),  # cut in the middle of a word as it was before
        ("v1.2", "2", "so v1.2"),
        ("x = 10", "10", "x = -10, x = 10"),
        ("- 10 herons", "10 herons", "* 10 herons"),
        ("蒼鷺吃魚", "吃魚", "蒼鷺不會吃魚"),  # no spaces, no borders of words
    ],
)
def test_the_same_words_in_another_place_are_the_same(old: str, quote: str, new: str) -> None:
    assert found(old, quote, new) == (new.rindex(quote), quote)


def test_where_the_bytes_are_the_same_the_offsets_say_enough() -> None:
    citation = replace(cited("herons", "ron"), prefix="", suffix="")
    assert place(Text("herons", is_same=True), citation) == (2, 5)
    assert place(Text("herons"), citation) is None


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("A heron\neats small\n  fish.", (2, "heron\neats small\n  fish.")),
        ("A heron eats\u00a0small\tfish.", (2, "heron eats\u00a0small\tfish.")),
        ("A\n\nheron\n\neats small fish.", (3, "heron\n\neats small fish.")),
        ("A heroneats small fish.", "gone"),
        ("A heron eats smaller\nfish.", "gone"),
        ("A heron eats\nsmall fish .", "gone"),
    ],
)
def test_other_white_space_between_the_words(new: str, expected: object) -> None:
    assert found("A heron eats small fish.", "heron eats small fish.", new) == expected


def test_the_very_words_are_better_than_those_with_other_white_space() -> None:
    assert found("It eats fish.", "It eats fish.", "It  eats fish. Or so. It eats fish.") == (22, "It eats fish.")


def test_of_repeated_quotes_what_stands_around_decides_and_then_nearness() -> None:
    rows = "ant: yes\nbee: yes\ncat: yes\n"
    citation = document(rows).cite(14, 17)
    assert (citation.quote, citation.prefix) == ("yes", "ant: yes\nbee: ")
    assert place(Text("# " + rows), citation) == (16, 19)
    assert place(Text("cow: yes\n" + rows), citation) == (23, 26)  # in its place stands the answer about ants
    assert place(Text("bat: yes\nbee: yes\n"), citation) == (14, 17)
    assert place(Text("cow: yes\nant: yes\nbee: no\n"), citation) == (14, 17)  # nothing speaks for another place
    assert place(Text("bee: yes!\nant: no\nbee: yes\ncat: yes\n"), citation) == (23, 26)
    far = document("." * 50 + " yes " + "." * 50).cite(51, 54)
    assert place(Text(" yes " + "." * 30 + " yes" + "." * 9 + "yes "), far) == (1, 4)
    assert place(Text("yes " + "x" * 96 + " yes"), replace(far, prefix="", suffix="", start=52)) == (101, 104)
    assert place(Text("yes " + "x" * 96 + " yes"), replace(far, prefix="", suffix="", start=50)) == (0, 3)


def test_the_place_comes_before_what_stands_around() -> None:
    citation = document("yes? no. yes!").cite(0, 3)
    assert (citation.prefix, citation.suffix) == ("", "? no. yes!")
    assert place(Text("yes. yes? no. yes!"), citation) == (0, 3)


def test_words_are_found_behind_very_many_of_which_they_are_a_part() -> None:
    citation = cited("It costs 10 now.", "10")
    assert found("It costs 10 now.", "10", "100 " * 50_000 + "or 10") == (200_003, "10")
    assert place(Text("100 " * 500_000 + "It costs 10 now."), citation) == (2_000_009, 2_000_011)


def test_what_speaks_for_a_place() -> None:
    text = "Ants are shy: yes. Bees are shy: yes. Cats are: no."
    citation = document(text).cite(33, 36)
    assert (citation.quote, citation.prefix, citation.suffix) == (
        "yes",
        "nts are shy: yes. Bees are shy: ",
        ". Cats are: no.",
    )
    letters = len("ntsareshyyesBeesareshy" + "Catsareno")
    assert Text(text).find(citation) == Sighting((33, 36))
    assert Text("Oh! " + text).find(citation) == Sighting((37, 40), 2, letters, letters, 0)
    one = Text("Oh, bees are shy: yes. Dogs are: no.").find(citation)
    assert one == Sighting((18, 21), 1, letters, len("beesareshy"), 0)
    two = Text("Dogs are shy: yes. Gnus are shy: yes.").find(citation)
    assert two == Sighting((33, 36))  # in its place, and nothing speaks more for the other
    two = Text("!! Dogs are shy: yes. Gnus are shy: yes.").find(citation)
    assert two == Sighting((17, 20), 2, letters, len("sareshy"), 1)  # for the space behind its full stop


def test_quotes_may_overlap() -> None:
    citation = replace(cited("aba", "aba"), prefix="qab")
    assert place(Text("zababa"), replace(citation, start=0)) is None  # "aba" was no part of a word
    assert place(Text("zababa", is_same=True), replace(citation, start=0)) == (3, 6)
    assert place(Text("zababa", is_same=True), replace(citation, start=10, prefix="qz")) == (1, 4)


def test_only_what_stood_nearest_around_counts() -> None:
    citation = replace(cited("? yes ?", "yes"), prefix="." * 100 + "x" * CONTEXT, suffix="y" * CONTEXT + "." * 100)
    twice = "." * 40 + "yes" + "." * 40 + "x" * 40 + "yes" + "y" * 40
    assert place(Text(twice, is_same=True), replace(citation, start=39)) == (123, 126)


def test_what_was_cut_out_of_a_very_long_word_is_known_by_its_nearest_letters() -> None:
    long = "x" * 2 * CONTEXT
    citation = replace(cited("? 10 ?", "10"), prefix=long, suffix=long)
    assert place(Text(f"?? {long}10{long}"), citation) == (3 + len(long), 5 + len(long))
    assert place(Text(f"?? {long}y10{long}"), citation) is None


def test_of_very_many_places_the_nearest_are_compared() -> None:
    citation = replace(cited("b.yes!", "yes"), start=2)
    rows = ["a.yes?"] * 1000
    assert place(Text(" ".join([*rows, "b.yes?"])), citation) == (2, 5)
    assert place(Text(" ".join([*rows[:-1], "b.yes?"])), citation) == (2, 5)  # in its place
    assert place(Text(". ".join(["", *rows[:-1], "b.yes?"])), citation) == (999 * 8 + 4, 999 * 8 + 7)
    assert place(Text(". ".join(["", *rows, "b.yes?"])), citation) == (4, 7)
    assert place(Text(". ".join(["", *rows * 3, "b.yes!"])), citation) == (3000 * 8 + 4, 3000 * 8 + 7)


def test_of_places_as_near_the_earlier_one() -> None:
    nowhere = replace(cited("?yes?", "yes"), prefix="", suffix="")
    assert place(Text("....yes......yes......"), replace(nowhere, start=9)) == (13, 16)
    assert place(Text("....yes.......yes....."), replace(nowhere, start=9)) == (4, 7)


# --- one text, by looking at every place


def every_place(text: str, citation: Citation) -> tuple[int, int] | None:
    """What `find` promises for the same bytes, by comparing all there is."""
    quote = citation.quote
    if text[citation.start : citation.start + len(quote)] == quote:
        return citation.start, citation.start + len(quote)

    def fits(known: str, there: str) -> int:
        return max(n for n in range(len(known) + 1) if known[:n] == there[:n])

    def rank(span: tuple[int, int], prefix: str, suffix: str, within: str, start: int) -> tuple[int, int, int, int]:
        before, behind = within[: span[0]], within[span[1] :]
        around = fits(prefix[::-1], before[::-1]) + fits(suffix, behind)
        without = [side.replace(" ", "") for side in (prefix[::-1], before[::-1], suffix, behind)]
        letters = fits(without[0], without[1]) + fits(without[2], without[3])
        return -letters, -around, abs(span[0] - start), span[0]

    places = [(at, at + len(quote)) for at in range(len(text)) if text[at:].startswith(quote)]
    return min(
        places, key=lambda span: rank(span, citation.prefix, citation.suffix, text, citation.start), default=None
    )


@given(st.text("ab ", max_size=30), st.text("ab ", min_size=1, max_size=30), st.data())
@example("ababa", "aba", None)
def test_the_place_is_the_best_of_all(new: str, old: str, data: st.DataObject | None) -> None:
    start = data.draw(st.integers(0, len(old) - 1)) if data else 0
    end = data.draw(st.integers(start + 1, min(len(old), start + 4))) if data else 3
    citation = document(old).cite(start, end)
    expected = every_place(new, citation)
    span = place(Text(new, is_same=True), citation)
    if expected is not None:
        assert span == expected
    elif span is not None:
        assert citation.quote.split() == new[slice(*span)].split()
    else:
        assert " ".join(citation.quote.split()) not in " ".join(new.split()) or citation.quote.isspace()


@given(st.text("a1 .,-\nb", max_size=40), st.text("a1 .,-\nb", min_size=1, max_size=40), st.data())
def test_what_is_found_are_the_words_and_nothing_that_goes_on(new: str, old: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old) - 1))
    citation = document(old).cite(start, data.draw(st.integers(start + 1, len(old))))
    span = place(Text(new), citation)
    if span is not None:
        assert citation.quote.split() == new[slice(*span)].split()
        before, behind = new[: span[0]], new[span[1] :]
        if before[-1:].isalnum() and citation.quote[0].isalnum():
            assert citation.prefix[-1:].isalnum()
        if behind[:1].isalnum() and citation.quote[-1].isalnum():
            assert citation.suffix[:1].isalnum()


def test_a_quote_that_stands_everywhere_takes_no_time_and_no_memory() -> None:
    citation = replace(document("x" * 200).cite(100, 101), prefix="y" * CONTEXT, start=10**15)
    assert place(Text("x" * 3_000_000, is_same=True), citation) == (2_999_967, 2_999_968)
    assert place(Text(" a" * 1_000_000), replace(citation, quote="a a b")) is None


# --- files


Write = Callable[[list[str]], bytes]


def write_html(paragraphs: list[str]) -> bytes:
    return "\n".join(["<!DOCTYPE html><meta charset=utf-8>", *(f"<p>{escape(p)}</p>" for p in paragraphs)]).encode()


def write_csv(paragraphs: list[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([["number", "report"], *([at, p] for at, p in enumerate(paragraphs, start=1))])
    return stream.getvalue().encode()


def write_docx(paragraphs: list[str]) -> bytes:
    import docx

    made, stream = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    made.save(stream)
    return stream.getvalue()


WRITERS: dict[str, Write] = {
    ".txt": lambda paragraphs: "\n\n".join(paragraphs).encode(),
    ".md": lambda paragraphs: "\n\n".join(paragraphs).encode("utf-8-sig"),
    ".html": write_html,
    ".csv": write_csv,
    ".jsonl": lambda paragraphs: "".join(json.dumps({"text": p}) + "\n" for p in paragraphs).encode(),
    ".docx": write_docx,
}
FORMATS = [suffix for suffix in WRITERS if suffix in READERS]
BY_PARAGRAPH = (".txt", ".md", ".html", ".docx")
"""Formats in whose text paragraphs are divided by a blank line and nothing else is said."""


class Edited:
    """A document of sentences that all differ, and what random edits leave of them."""

    def __init__(self, chance: random.Random, suffix: str, stem: str) -> None:
        self.chance, self.suffix, self.name = chance, suffix, f"{stem}{suffix}"
        self.count = 0
        self.paragraphs = [[self.sentence() for _ in range(chance.randint(1, 4))] for _ in range(4)]

    def sentence(self) -> str:
        self.count += 1
        name = f"{self.chance.randrange(10**6):06}k{self.count:02}"
        return f"Heron {name} of “Ångström” ate {self.chance.randint(10, 99)} fish."

    def insert(self) -> None:
        self.paragraphs.insert(self.chance.randint(0, len(self.paragraphs)), [self.sentence()])

    def delete(self) -> None:
        if len(self.paragraphs) > 1:
            del self.paragraphs[self.chance.randrange(len(self.paragraphs))]

    def replace(self) -> None:
        """Another sentence, as long as the one in whose place it is."""
        paragraph = self.chance.choice(self.paragraphs)
        paragraph[self.chance.randrange(len(paragraph))] = self.sentence()

    def change(self) -> None:
        """A number that has one digit more, or a word that is another."""
        paragraph = self.chance.choice(self.paragraphs)
        at = self.chance.randrange(len(paragraph))
        old, new = self.chance.choice([(" fish.", "0 fish."), (" ate ", " eat "), ("Heron", "Aheron"), (" ate", "")])
        paragraph[at] = paragraph[at].replace(old, new)

    def reorder(self) -> None:
        self.chance.shuffle(self.paragraphs)

    def wrap(self) -> None:
        """Other white space in a paragraph of plain text, between the same words."""
        if self.suffix in (".txt", ".md"):
            paragraph = self.chance.choice(self.paragraphs)
            paragraph[:] = [sentence.replace(" ate ", "\nate ") for sentence in paragraph]

    def data(self) -> bytes:
        return WRITERS[self.suffix]([" ".join(paragraph) for paragraph in self.paragraphs])

    def text(self) -> str:
        text = read(self.data(), self.name).text
        if self.suffix in BY_PARAGRAPH:
            assert text == "\n\n".join(" ".join(paragraph) for paragraph in self.paragraphs)
        return text

    def sentences(self) -> set[str]:
        """Those of now, in one line."""
        return {" ".join(sentence.split()) for paragraph in self.paragraphs for sentence in paragraph}


@dataclass(frozen=True)
class Expected:
    verdict: str
    file_changed: bool | None
    source: str | None = None
    start: int | None = None


def edited(chance: random.Random, folder: Path, number: int) -> Iterator[tuple[Citation, Expected]]:
    """A document in a folder, cited and then edited: its citations and what became of each."""
    made = Edited(chance, chance.choice(FORMATS), f"{number}")
    before, data = made.text(), made.data()
    source = chance.choice([made.name, f"below/{made.name}"])
    extract = read(data, made.name)
    cited_of = Document(f"id{number}", extract.title, (source,), hashlib.sha256(data).hexdigest(), before)
    citations = [
        cited_of.cite(before.index(sentence), before.index(sentence) + len(sentence), at)
        for at, sentence in enumerate(sorted(made.sentences()), start=1)
    ]
    edits = (made.insert, made.delete, made.replace, made.change, made.reorder, made.wrap)
    for edit in chance.choices(edits, k=chance.choice([0, 1, 1, 2, 3])):
        edit()
    fate = chance.choice(["stays", "stays", "stays", "renamed", "deleted"])
    now = made.text()
    same = now == before
    name = f"elsewhere/other{number}{made.suffix}" if fate == "renamed" else source
    if fate != "deleted":
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data if same else made.data())
    for citation in citations:
        stands = citation.quote in made.sentences()
        if fate == "deleted" or (fate == "renamed" and not same):
            yield citation, Expected("missing", None)
        elif not stands:
            yield citation, Expected("changed", True)
        else:
            start = now.index(citation.quote) if citation.quote in now else None
            in_place = start == citation.start and fate == "stays"
            yield citation, Expected("exact" if in_place else "moved", not same, name, start)


def test_the_verdict_is_what_was_done_to_the_file(tmp_path: Path) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    number = 0
    while seen.total() < CITATIONS:
        folder = tmp_path / f"{number}"
        folder.mkdir()
        chance = random.Random(number)
        pairs = [pair for at in range(6) for pair in edited(chance, folder, number + at)]
        chance.shuffle(pairs)
        number += 6
        for (citation, expected), proof in zip(pairs, verify([pair[0] for pair in pairs], folder, read), strict=True):
            verdict, file_changed = proof.cited.verdict, proof.cited.file_changed
            assert (verdict, file_changed) == (expected.verdict, expected.file_changed), (citation, proof.reason)
            assert replace(proof.cited, verdict=None, file_changed=None) == citation
            seen[verdict, Path(citation.document.source).suffix] += 1
            holds(proof, folder, expected)
    assert {verdict for verdict, _ in seen} == {"exact", "moved", "changed", "missing"}
    assert CITATIONS < 1000 or {suffix for _, suffix in seen} == set(FORMATS)


def holds(proof: Proof, folder: Path, expected: Expected) -> None:
    """What is reported is what the file says, and where the test found it."""
    assert bool(proof.found) == (proof.verdict in ("exact", "moved")) == (not proof.reason)
    if proof.found:
        source = proof.found.document.source
        text = read((folder / source).read_bytes(), source).text
        assert text[proof.found.start : proof.found.end] == proof.found.quote
        assert proof.found.quote.split() == proof.cited.quote.split()
        assert source == expected.source
        assert expected.start in (None, proof.found.start)


def one(folder: Path, citation: Citation) -> Proof:
    return verify([citation], folder, read)[0]


def written(folder: Path, name: str, text: str) -> Document:
    """A file, and the document that was made of it."""
    data = text.encode()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return Document("d1", "A", (name,), hashlib.sha256(data).hexdigest(), text)


def test_what_is_told_by_hand(tmp_path: Path) -> None:
    text = "# Herons\n\nThey eat fish.\n\nThey nest in reeds.\n"
    citation = written(tmp_path, "notes/a.md", text).cite(26, 45, 2)
    assert citation.quote == "They nest in reeds."
    proof = one(tmp_path, citation)
    assert (proof.verdict, proof.cited.file_changed, proof.reason) == ("exact", False, "")
    assert proof.found == replace(citation, document=replace(citation.document, title="Herons"))
    written(tmp_path, "notes/a.md", text.replace("eat", "eet"))
    proof = one(tmp_path, citation)
    assert (proof.verdict, proof.cited.file_changed) == ("exact", True)
    written(tmp_path, "notes/a.md", "New.\n\n" + text)
    proof = one(tmp_path, citation)
    assert proof.found is not None
    assert (proof.verdict, proof.cited.file_changed, proof.reason) == ("moved", True, "")
    assert (proof.found.start, proof.found.end, proof.found.line, proof.found.number) == (32, 51, 7, 2)
    assert (proof.found.document.id, proof.found.document.title) == ("d1", "Herons")
    assert proof.found.document.sha256 != citation.document.sha256
    written(tmp_path, "notes/a.md", text.replace("reeds", "trees"))
    proof = one(tmp_path, citation)
    assert (proof.verdict, proof.cited.file_changed, proof.found) == ("changed", True, None)
    assert proof.reason == "these words are not in it any more."
    (tmp_path / "notes/a.md").unlink()
    proof = one(tmp_path, citation)
    assert (proof.verdict, proof.cited.file_changed, proof.found) == ("missing", None, None)
    assert proof.reason == f"there is no such file in {tmp_path.resolve()}."


def test_other_white_space_in_the_same_place_is_told(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "Herons eat fish.").cite(0, 16)
    written(tmp_path, "a.txt", "Herons\neat fish.")
    proof = one(tmp_path, citation)
    assert proof.found is not None
    assert (proof.verdict, proof.found.start, proof.found.quote) == ("moved", 0, "Herons\neat fish.")


def test_a_citation_that_was_altered(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "One fish.\nTwo fish.\n").cite(10, 19)
    assert one(tmp_path, replace(citation, start=11, end=20)).verdict == "moved"
    assert one(tmp_path, replace(citation, end=20)).verdict == "moved"
    forged = one(tmp_path, replace(citation, quote="Ten fish."))
    assert (forged.verdict, forged.cited.file_changed) == ("changed", False)
    assert forged.reason == "these words are not what it says."
    for said in ({"line": 3}, {"page": 1}, {"place": Place("row", 1)}):
        proof = one(tmp_path, replace(citation, **said))
        assert (proof.verdict, proof.is_given_elsewhere) == ("exact", True)
    assert not one(tmp_path, replace(citation, line=0)).is_given_elsewhere  # it was not said
    assert not one(tmp_path, citation).is_given_elsewhere


def test_a_renamed_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "Herons eat fish.").cite(0, 16)
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    proof = one(tmp_path, citation)
    assert proof.found is not None
    assert (proof.verdict, proof.cited.file_changed, proof.found.document.source) == ("moved", False, "b.txt")
    (tmp_path / "b.txt").write_text("Herons eat fish. Always.")
    assert one(tmp_path, citation).verdict == "missing"


def test_a_renamed_file_is_read_as_it_was(tmp_path: Path) -> None:
    data = b"<p>Herons &amp; cranes <b>eat</b> fish."
    text = read(data, "a.html").text
    assert text == "Herons & cranes eat fish."
    citation = Document("d", "a", ("a.html",), hashlib.sha256(data).hexdigest(), text).cite(0, len(text))
    (tmp_path / "below").mkdir()
    (tmp_path / "below/b.txt").write_bytes(data)
    proof = one(tmp_path, citation)
    assert proof.found is not None
    assert (proof.verdict, proof.found.document.source) == ("moved", "below/b.txt")
    for name in ("the page of herons", "a.html.old"):
        named = replace(citation, document=replace(citation.document, source=name))
        assert one(tmp_path, named).reason == "these words are not what it says."  # of a text file, as it now is


def test_a_copy_of_the_old_file_does_not_vouch_for_the_new_one(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "It costs 10.").cite(0, 12)
    written(tmp_path, "old/a.txt", "It costs 10.")
    written(tmp_path, "a.txt", "It costs 20.")
    assert one(tmp_path, citation).verdict == "changed"


def test_a_file_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "Herons eat fish.").cite(0, 16)
    (tmp_path / "a.txt").write_bytes(b"\0")
    proof = one(tmp_path, citation)
    assert (proof.verdict, proof.cited.file_changed) == ("changed", True)
    assert proof.reason.startswith("its text cannot be read: it holds NUL")


def test_each_file_is_read_once(tmp_path: Path) -> None:
    documents = [written(tmp_path, f"{name}.txt", f"{name} one. {name} two. {name} three.") for name in "abc"]
    (tmp_path / "c.txt").rename(tmp_path / "d.txt")
    citations = [d.cite(start, start + 5) for start in (0, 7, 14) for d in documents]
    citations += [replace(citation, document=replace(citation.document, sha256="1" * 64)) for citation in citations[:2]]
    names: list[str] = []

    def extract(data: bytes, name: str) -> Extract:
        names.append(name)
        return read(data, name)

    proofs = verify(citations, tmp_path, extract)
    assert sorted(names) == ["a.txt", "b.txt", "d.txt"]
    assert [proof.cited.start for proof in proofs] == [citation.start for citation in citations]
    assert verify([], tmp_path, extract) == []


def test_what_the_extractor_refuses_is_told_and_its_bugs_are_not_hidden(tmp_path: Path) -> None:
    citation = written(tmp_path, "a.txt", "Herons eat fish.").cite(0, 16)

    def refuse(data: bytes, name: str) -> Extract:
        raise FileError("it is locked.")

    def fail(data: bytes, name: str) -> Extract:
        raise KeyError("a bug")

    proof = verify([citation], tmp_path, refuse)[0]
    assert (proof.verdict, proof.cited.file_changed, proof.reason) == (
        "changed",
        False,
        "its text cannot be read: it is locked.",
    )
    with pytest.raises(KeyError):
        verify([citation], tmp_path, fail)
