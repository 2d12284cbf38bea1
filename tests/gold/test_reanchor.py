"""Where the words of an evidence stand now, and that nothing is taken for them that is not certain."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.gold.folding import fold
from qa.gold.questions import Evidence, Text
from qa.gold.reanchor import CERTAIN, Seeker, Whereabouts
from qa.gold.shelves import StoreShelf, TextShelf
from qa.gold.similar import runs
from qa.library import Library


def find(text: str, quote: str, **others: str) -> Whereabouts:
    """Look for a quote in the text `a`, with further texts beside it."""
    texts = [Text("a", "a", text), *(Text(name, name, other) for name, other in others.items())]
    return Seeker(TextShelf(texts)).find(Evidence("a", quote, grade=3))


# --- verbatim


def test_there() -> None:
    found = find("Herons eat fish.", "eat fish")
    assert (found.status, found.places, found.is_problem, found.repair) == ("there", 1, False, None)


def test_repeated_is_a_remark_with_the_number_of_places() -> None:
    found = find("Herons eat fish. Otters eat fish. Owls eat mice.", "eat fish")
    assert (found.status, found.places, found.is_problem, found.repair) == ("repeated", 2, False, None)
    assert "2 places" in found.sentence


def test_a_whole_document_is_there() -> None:
    assert find("Herons eat fish.", "").status == "there"


# --- the same words in another way


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        ("Herons eat\nsmall  fish.", "Herons eat small fish.", "Herons eat\nsmall  fish."),
        ("Herons eat small fish.", " Herons\r\neat\u00a0small\tfish. ", "Herons eat small fish."),
        ("He said “no — never”.", 'He said "no - never".', "He said “no — never”."),
        ("He said «no—never».", '"no -- never"', "«no—never»"),
        ("The ﬁrst oﬃce opened.", "the first office", "The ﬁrst oﬃce"),
        ("An unusual cafe\u0301 here.", "unusual caf\u00e9", "unusual cafe\u0301"),
        ("An unusual caf\u00e9 here.", "unusual cafe\u0301 here", "unusual caf\u00e9 here"),
        ("It goes on and on…", "on and on...", "on and on…"),
        ("FOXES DIG DENS.", "Foxes dig dens.", "FOXES DIG DENS."),
        ("Die STRASSE ist nass.", "die Straße ist nass", "Die STRASSE ist nass"),
        ("A soft\u00adware for all.", "software for all", "soft\u00adware for all"),
        ("狐狸在老橡树下\n挖洞。", "狐狸在老橡树下挖洞。", "狐狸在老橡树下\n挖洞。"),
        ("Ｐｉｎｃｉｔｅ answers", "pincite answers", "Ｐｉｎｃｉｔｅ answers"),
    ],
)
def test_respaced_is_put_right_with_the_words_of_the_document(text: str, quote: str, there: str) -> None:
    found = find(text, quote)
    assert (found.status, found.certain, found.places) == ("respaced", True, 1)
    assert found.repair == Evidence("a", there, grade=3)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The smart is long here.", "Art is long here."),  # "art" begins inside a word
        ("Here now nowhere to go.", "Now here to go"),  # a space that makes two words
        ("He paid 10² dollars.", "paid 102 dollars"),
        ("She saw the cafés today", "saw the cafe"),  # é is not e
        ("She was in the cafe\u0301", "was in the cafe"),
        ("これはとてもたのしいが。", "これはとてもたのしいか"),  # a letter and its mark, where words have no borders
    ],
)
def test_other_words_are_not_the_same_ones(text: str, quote: str) -> None:
    assert find(text, quote).status != "respaced"


def test_other_case_is_too_little_for_a_short_quote() -> None:
    # Eight folded characters are enough, seven are not.
    assert find("They told us a lot", "US A LOT").certain
    refused = find("They told us alas", "US ALAS")
    assert (refused.status, refused.repair) == ("respaced", None)
    assert "below 8 characters" in refused.sentence


def test_the_same_words_written_alike_in_two_places_are_put_right() -> None:
    found = find("Herons  eat fish. And: Herons  eat fish.", "Herons eat fish.")
    assert (found.status, found.places) == ("respaced", 2)
    assert found.repair == Evidence("a", "Herons  eat fish.", grade=3)


def test_the_same_words_written_differently_in_two_places_are_not() -> None:
    found = find("Herons  eat fish. And: Herons\neat fish.", "Herons eat fish.")
    assert (found.status, found.places, found.repair) == ("respaced", 2, None)
    assert "not the same in all of their 2 places" in found.sentence


# --- similar words

FOXES = "Foxes often dig dens below old oak trees"  # 40 characters
INNER = [1, 2, 3, 7, 8, 9, 13, 17, 21, 22, 23]  # eleven letters inside words, as offsets


def worn(text: str, letters: int) -> str:
    """The text with so many letters replaced by one that is nowhere in it: the others stay a common subsequence."""
    out = list(text)
    for at in INNER[:letters]:
        assert out[at].isalpha()
        out[at] = "z"
    return "".join(out)


@pytest.mark.parametrize(
    ("letters", "status", "certain"),
    [
        (1, "changed", True),  # 2 x 39 / 80 = 0.975
        (4, "changed", True),  # 2 x 36 / 80 = 0.9, which is enough
        (5, "changed", False),  # 0.875
        (10, "changed", False),  # 0.75, which is shown
        (11, "lost", False),  # 0.725
    ],
)
def test_changed_by_its_similarity(letters: int, status: str, certain: bool) -> None:
    assert len(FOXES) == 40
    found = find(f"# Animals\n\nHerons eat fish.\n\n{FOXES}\n\nOwls eat mice.", worn(FOXES, letters))
    assert (found.status, found.certain) == (status, certain)
    if status == "changed":
        assert found.similarity == pytest.approx(1 - letters / 40)
        assert found.found == Evidence("a", FOXES, grade=3)
    assert found.repair == (Evidence("a", FOXES, grade=3) if certain else None)


def test_short_words_are_never_taken_for_similar_ones() -> None:
    # One letter of 32 is 0.97; the same of 31 is refused by its length alone.
    long, short = FOXES[:32].replace("ow old o", "ow ol oa"), FOXES[:31].replace("ow old ", "ow ole ")
    assert (len(long), len(short)) == (32, 31)
    assert find(long, long.replace("often", "oftzn")).certain
    refused = find(short, short.replace("often", "oftzn"))
    assert (refused.status, refused.certain) == ("changed", False)
    assert "below 32 characters" in refused.sentence


SENTENCE = "The lessee shall pay the rent on the first working day of each month."


def test_of_two_similar_places_none_is_taken() -> None:
    text = f"{SENTENCE}\n\n{SENTENCE.replace('lessee', 'lessor')}"
    found = find(text, SENTENCE.replace("lessee", "tenant"))
    assert (found.status, found.certain) == ("changed", False)
    assert "another place is about as similar" in found.sentence


def test_a_place_that_is_less_similar_by_the_margin_does_not_stand_in_the_way() -> None:
    rival = "The lessee should send a written notice on the last working day of any year."
    found = find(f"{rival}\n\n{SENTENCE}", SENTENCE.replace("working", "business"))
    assert found.repair == Evidence("a", SENTENCE, grade=3)


def test_other_numbers_are_other_facts() -> None:
    text = "In the year 2020 the company sold 5300 pumps to its customers."
    found = find(text, text.replace("2020", "2019"))
    assert (found.status, found.certain) == ("changed", False)
    assert "numbers" in found.sentence
    assert find(text, text.replace("customers", "customer")).certain


CLAIM = "The wardens of the northern lake did close the old harbour gates before the winter storms arrived."


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (CLAIM.replace("did close", "did not close"), CLAIM),
        (CLAIM, CLAIM.replace("did close", "did not close")),
        (CLAIM, CLAIM.replace("did close", "didn't close")),
        (CLAIM, CLAIM.replace("did close", "didn’t close")),
        (CLAIM, CLAIM.replace("did close", "never did close")),
        (CLAIM, CLAIM.replace("The wardens", "No wardens")),
        (CLAIM, CLAIM.replace("The wardens", "NONE wardens")),
        (CLAIM.replace("arrived", "without rain"), CLAIM.replace("arrived", "with rain")),
        (CLAIM.replace("did close", "did not never close"), CLAIM.replace("did close", "did not close")),
    ],
)
def test_words_that_deny_what_the_others_say_are_others(now: str, before: str) -> None:
    """Few letters, and the opposite: highlighting it would be worse than highlighting nothing."""
    found = find(now, before)
    assert (found.status, found.certain, found.repair) == ("changed", False, None)
    assert found.similarity is not None
    assert found.similarity >= CERTAIN
    assert found.sentence.endswith(", but one denies what the other says.")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (CLAIM.replace("did", "did not"), CLAIM.replace("did", "did not").replace("arrived", "arrive")),
        (CLAIM.replace("did", "didn't"), CLAIM.replace("did", "did not")),
        (CLAIM.replace("close", "notice"), CLAIM.replace("close", "note")),  # "not" inside a word denies nothing
    ],
)
def test_words_that_deny_the_same_are_taken(now: str, before: str) -> None:
    assert find(now, before).repair == Evidence("a", now, grade=3)


def test_whole_sentences_are_taken() -> None:
    text = f"Before it is another one. {SENTENCE} After it comes one more."
    for quote in (SENTENCE.replace(" working", ""), SENTENCE.replace("each", "every"), "On Fridays t" + SENTENCE[1:]):
        assert find(text, quote).repair == Evidence("a", SENTENCE, grade=3)


def test_part_of_a_sentence_becomes_whole_words() -> None:
    text = f"{SENTENCE[:-1]}, unless the parties have agreed in writing upon something else that suits both of them."
    found = find(text, "lessee shall pay the rent on the frist working day")
    assert found.repair == Evidence("a", "lessee shall pay the rent on the first working day", grade=3)


def test_a_quote_that_is_longer_than_its_document() -> None:
    found = find(SENTENCE, f"{SENTENCE} Amen.")
    assert found.similarity == pytest.approx(2 * len(SENTENCE) / (2 * len(SENTENCE) + len("amen.")))
    assert (found.status, found.certain) == ("changed", True)
    assert found.found == Evidence("a", SENTENCE, grade=3)
    assert runs(fold(SENTENCE).text, "the", fold("the")) == []  # though "the" is in it


# --- elsewhere and nowhere


def test_elsewhere_is_put_right_where_one_document_has_it() -> None:
    found = find("Herons eat fish.", SENTENCE, b=f"Law. {SENTENCE}")
    assert (found.status, found.repair) == ("elsewhere", Evidence("b", SENTENCE, grade=3))


def test_elsewhere_in_two_documents_is_not_certain() -> None:
    found = find("Herons eat fish.", SENTENCE, b=SENTENCE, c=SENTENCE)
    assert (found.status, found.certain, found.found) == ("elsewhere", False, None)
    assert "stand in b, c" in found.sentence


def test_short_words_elsewhere_may_be_chance() -> None:
    assert find("Herons eat fish.", FOXES[:32], b=FOXES[:32]).certain
    found = find("Herons eat fish.", FOXES[:31], b=FOXES[:31])
    assert (found.status, found.found, found.repair) == ("elsewhere", Evidence("b", FOXES[:31], grade=3), None)


def test_similar_here_and_verbatim_elsewhere_is_for_a_person() -> None:
    found = find(SENTENCE.replace("month", "season"), SENTENCE, b=SENTENCE)
    assert (found.status, found.repair) == ("changed", None)
    assert "stand in b" in found.sentence


def test_a_little_similar_here_and_verbatim_elsewhere_is_elsewhere() -> None:
    found = find(worn(FOXES, 7), FOXES, b=FOXES)
    assert found.repair == Evidence("b", FOXES, grade=3)


def test_lost() -> None:
    found = find("Herons eat fish.", SENTENCE)
    assert (found.status, found.found, found.certain) == ("lost", None, False)


# --- in a store


@pytest.fixture
def shelf(library: Library, tmp_path: Path) -> Callable[..., Whereabouts]:
    """Look for evidence in a store of the given files."""

    def look(name: str, quote: str, **files: str) -> Whereabouts:
        folder = tmp_path / "docs"
        for file, text in files.items():
            path = folder / file.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, newline="")
        library.add([folder])
        with library.reading() as reading:
            return Seeker(StoreShelf(reading)).find(Evidence(name, quote))

    return look


def test_a_document_that_was_renamed(shelf: Callable[..., Whereabouts]) -> None:
    found = shelf("old.txt", SENTENCE, new_txt=f"Rules.\n\n{SENTENCE}", other_txt=FOXES)
    assert found.repair == Evidence("new.txt", SENTENCE)


def test_no_such_document(shelf: Callable[..., Whereabouts]) -> None:
    found = shelf("old.txt", SENTENCE, new_txt=FOXES)
    assert (found.status, found.repair) == ("no such document", None)
    assert found.sentence == "Nothing is indexed under the name old.txt: see pincite sources."


def test_ambiguous_document(shelf: Callable[..., Whereabouts]) -> None:
    found = shelf("x.txt", SENTENCE, a__x_txt=FOXES, b__x_txt="Owls eat mice.")
    assert (found.status, found.repair) == ("ambiguous document", None)
    assert "stands for several documents" in found.sentence


def test_the_name_of_a_new_place_stands_for_one_document(shelf: Callable[..., Whereabouts]) -> None:
    found = shelf("x.txt", SENTENCE, a__x_txt=FOXES, b__x_txt=SENTENCE)
    assert found.repair == Evidence("b/x.txt", SENTENCE)


def test_of_documents_with_one_name_the_id_is_taken(library: Library, tmp_path: Path) -> None:
    for folder, text in (("a", SENTENCE), ("b", FOXES)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(text)
        library.add([tmp_path / folder])  # both are shown as x.txt
    identifier = next(row.document_id for row in library.sources() if row.path.endswith("a/x.txt"))
    with library.reading() as reading:
        seeker = Seeker(StoreShelf(reading))
        repair = seeker.find(Evidence("old.txt", SENTENCE)).repair
        assert repair == Evidence(identifier, SENTENCE)
        assert seeker.find(repair).status == "there"


def test_the_same_words_in_another_way_are_found_in_a_store(shelf: Callable[..., Whereabouts]) -> None:
    # The paragraphs are two passages, as one would be longer than 1,000 bytes: the word index knows passages only.
    first, second = f"{FOXES}. " * 23 + f"{FOXES}.", SENTENCE.replace("pay", "never pay")
    quote = f"Old oak trees.  {second}"
    found = shelf("old.txt", quote, new_txt=f"{first}\n\n{second}", other_txt="Owls eat mice.")
    assert found.repair == Evidence("new.txt", f"old oak trees.\n\n{second}")


# --- whatever comes


@example("", " ", "")
@given(st.text(), st.text(), st.text())
def test_what_is_taken_stands_in_its_document(text: str, quote: str, other: str) -> None:
    found = find(text, quote, b=other)
    for evidence in (found.found, found.repair):
        if evidence:
            assert evidence.quote in {"a": text, "b": other}[evidence.document]
    if found.repair:
        assert found.is_problem


_words = st.lists(
    st.sampled_from(["Foxes", "dig", "old", "dens", "Straße", "café", "ﬁsh", "3"]), min_size=4, max_size=12
)
_spaces = st.sampled_from([" ", "\n", "  ", "\u00a0", "\r\n\t"])


@given(_words, st.data())
def test_other_spaces_and_forms_lead_back_to_the_exact_words(words: list[str], data: st.DataObject) -> None:
    def spaced(words: list[str]) -> str:
        return "".join(word + data.draw(_spaces) for word in words).strip()

    before, after = spaced(words[:2]), spaced(words[2:])
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC"]))
    wanted = fold(unicodedata.normalize(form, spaced(words[2:])).upper()).text
    text = f"{before}. {after}"
    spans = list(fold(text).places(wanted))
    assert (len(text) - len(after), len(text)) in spans
    assert all(fold(text[start:end]).text == wanted for start, end in spans)


@given(st.text())
def test_folding_does_not_see_normal_forms(text: str) -> None:
    composed, decomposed = (fold(unicodedata.normalize(form, text)).text for form in ("NFC", "NFD"))
    assert composed == decomposed


@given(st.text(st.characters(categories=["L", "M", "N", "P", "Z", "Cf"])))
def test_folded_offsets_go_forward_and_stay_inside(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    for one, other in pairwise(zip(folded.starts, folded.ends, strict=True)):
        assert one == other or one[1] <= other[0]
