"""The word index beside the record: the BM25 of `lexical.py`, by tantivy, in a fraction of the time.

It is derived. A sealed file names the folder beside it that holds the index, and the SHA-256 of every file in there. A
folder that was named is never changed: the writer makes the next one, with links to what stays, and names that. So a
reader finds the old index or the new one, and whatever does not match is damage. FTS5 answers then.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.sealed import DamagedFileError, read_sealed, write_sealed
from qa.folding import analyzer, folded, pieces
from qa.lexical import inside

if TYPE_CHECKING:
    from tantivy import Index, Query

_log = logging.getLogger(__name__)

_FORMAT = 2

_HEAP = 50_000_000
"""Bytes that the writer gathers before it writes a segment."""

_DRIFT = 20
"""The index is built anew where more than one passage in this many is a removed one, whose words it still counts."""

_TERMS = 1000
"""So many terms of a question count."""

_SPARE = 50
"""Matches that are fetched beyond those asked for, so that a tie at the cut seldom takes a second search."""

_BLOCK = 16
"""Passages whose numbers follow each other share a block. Those of a document do, so a few blocks hold it."""

_FEW = 20_000
"""Passages that may be found up to which only their blocks are searched."""

_FOLDER = re.compile("[0-9a-f]{16}")
_KNOWN = 65_536
"""Words whose stems are kept: a passage's words are looked through for every hit."""

Numbers = NDArray[np.int64]

Row = tuple[int, str, str]
"""A passage: its number, its text, and its context, which is title and headings."""


class Words:
    """One state of the index, opened: it stays as it is whatever happens to the folder. Any thread may search."""

    def __init__(self, index: Index, state: _State) -> None:
        self.stamp, self.generation = state.stamp, state.generation
        self._has_removed = state.removed > 0
        self._schema, self._searcher, self._analyzer = index.schema, index.searcher(), analyzer()
        self._parts = lru_cache(_KNOWN)(self._analyzer.analyze)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(
        self,
        words: Iterable[str],
        k: int,
        among: Numbers | None = None,
        *,
        context: float = 0.0,
    ) -> list[tuple[int, float]]:
        """The `k` best passages with any of the words as (number, BM25 score), best first, ties by number.

        Only passages `among` are found, which ascend. A word in the context of a passage counts `context` times as much
        as in its text. Raises OSError where tantivy finds a file damaged that was whole when it was opened.
        """
        with _one_error("read"):
            query = self._query(words, context)
            limit = k + _SPARE if k > 0 and len(self) else 0
            if among is not None and len(among) <= _FEW:
                blocks = np.unique(among // _BLOCK)
                query = self._inside(query, blocks)
                limit = -(-limit * len(blocks) * _BLOCK // max(1, len(among)))
            limit = min(limit, len(self))
            while limit:
                hits = self._searcher.search(query, limit, count=False).hits
                found = self._searcher.fast_field_values("number", [address for _, address in hits])
                numbers, scores = np.array(found, dtype=np.int64), np.array([score for score, _ in hits])
                is_all, last = len(hits) < limit or limit == len(self), scores[-1:]
                if among is not None:
                    mask = inside(numbers, among)
                    numbers, scores = numbers[mask], scores[mask]
                best = np.lexsort((numbers, -scores))[:k]
                if is_all or (len(best) == k and last < scores[best[-1]]):
                    return list(zip(numbers[best].tolist(), scores[best].tolist(), strict=True))
                limit = min(4 * limit, len(self))
        return []

    def frequency(self, word: str) -> int:
        """In how many passages a word stands; the most frequent part of it, where it is several words to the index."""
        with _one_error("read"):
            return max(map(self._count, self._terms([word])), default=0)

    def shared(self, words: Iterable[str], text: str) -> tuple[str, ...]:
        """The words of which every part stands in a text."""
        wanted = {word: parts for word in words if (parts := self._parts(folded(word)))}
        initials = {part[0] for parts in wanted.values() for part in parts}  # which no stemming changes
        there = {word for word in pieces(text) if word[0] in initials}
        held = set[str]().union(*map(self._parts, there))
        return tuple(word for word, parts in wanted.items() if held.issuperset(parts))

    def _count(self, term: str) -> int:
        frequency = self._searcher.doc_freq("text", term)
        if frequency and self._has_removed:  # which are still in it
            frequency = self._searcher.search(self._holding("text", term), 1).count  # type: ignore[attr-defined]
        return frequency

    def _query(self, words: Iterable[str], context: float) -> Query:
        from tantivy import Occur, Query

        terms = self._terms(words)
        queries = [self._holding("text", term) for term in terms]
        if context > 0:
            queries += [Query.boost_query(self._holding("context", term), context) for term in terms]
        return Query.boolean_query([(Occur.Should, query) for query in queries])

    def _inside(self, query: Query, blocks: Numbers) -> Query:
        from tantivy import Occur, Query

        allowed = Query.const_score_query(Query.term_set_query(self._schema, "block", blocks.tolist()), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, allowed)])

    def _holding(self, field: str, term: str) -> Query:
        from tantivy import Query

        return Query.term_query(self._schema, field, term, "freq")

    def _terms(self, words: Iterable[str]) -> list[str]:
        """The first terms of some different words: forms of one word count as often as there are."""
        terms = (term for word in dict.fromkeys(words) for term in self._analyzer.analyze(folded(word)))
        return list(islice(terms, _TERMS))


@dataclass(frozen=True, slots=True)
class _State:
    """What the sealed file says: of what the index was made, by what, where it is, and what its files must be."""

    stamp: str
    generation: int
    made_with: str
    folder: str
    files: Mapping[str, str]
    passages: int
    removed: int


class WordIndex:
    """The folder of an index. Any number of threads and processes may read; one at a time may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "words.sealed"
        self._lock = threading.Lock()
        self._words: Words | None = None
        self._seen: object = None
        self._warned: object = None
        self._verified: set[tuple[str, str, int, int]] = set()

    def at(self, stamp: str, generation: int) -> Words | None:
        """The index made from `stamp`, no older than `generation`; None where there is none, or it is not whole."""
        with self._lock:
            if self._signature() != self._seen:
                self._follow(stamp, generation)
            words = self._words
        return None if words is None or words.stamp != stamp or words.generation < generation else words

    def known(self, stamp: str) -> int | None:
        """The generation from which a writer may go on; None where the index has to be built anew."""
        with self._lock:
            signature = self._signature()
            try:
                state = self._whole(stamp)
            except (DamagedFileError, OSError) as error:
                self._warn(signature, error)
                return None
        return state.generation if state and state.removed * _DRIFT <= state.passages else None

    def write(
        self, stamp: str, generation: int, rows: Iterable[Row], removed: Iterable[int] = (), since: int | None = None
    ) -> None:
        """Bring the index from `since`, which must be `known`, to `generation`; without `since` build it anew.

        `rows` are the passages that are new since then, or all; `removed` are those to take out. Raises OSError, with
        the index as it was, where it cannot be written.
        """
        folder = self.folder / secrets.token_hex(8)
        try:
            with _one_error("written"), self._lock:
                base = self._whole(stamp) if since is not None else None
            if (base.generation if base else None) != since:
                raise OSError(f"The word index in {self.folder} is no longer the one of generation {since}.")
            folder.mkdir(parents=True)
            before = base.files if base else {}
            source = self.folder / base.folder if base else folder
            for name in before:
                _link(source / name, folder / name)
            with _one_error("written"):
                segments = _fill(folder, rows, removed, is_new=base is None)
            names = sorted(path.name for path in folder.iterdir() if not path.name.startswith(".tantivy"))  # locks
            # What stays keeps its digest, so that no damage since is sealed.
            files = {name: (_is_lasting(name) and before.get(name)) or _digest(folder / name) for name in names}
            gone = sum(segment["deletes"]["num_deleted_docs"] for segment in segments if segment["deletes"])
            passages = sum(segment["max_doc"] for segment in segments) - gone
            state = _State(stamp, generation, _made_with(), folder.name, files, passages, gone)
            write_sealed(self.path, asdict(state))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for path in self.folder.iterdir():  # what was named before, and what an interrupted writer left
            if _FOLDER.fullmatch(path.name) and path.name != folder.name:
                shutil.rmtree(path, ignore_errors=True)

    def _follow(self, stamp: str, generation: int) -> None:
        """Open what the sealed file names by now, unless this reading has no use for it."""
        signature = self._signature()
        try:
            state = self._whole(stamp, generation)
            if state:
                with _one_error("opened"):
                    self._words = Words(_index(self.folder / state.folder), state)
                self._seen = signature
        except (DamagedFileError, OSError) as error:
            if self._signature() != signature:  # the writer was faster
                self._follow(stamp, generation)
                return
            self._warn(signature, error)
            if isinstance(error, DamagedFileError):  # what is only out of reach may be there next time
                self._seen = signature

    def _whole(self, stamp: str, generation: int = 0) -> _State | None:
        """What is sealed, with each of its files as it was written; None where there is nothing, or nothing of use.

        Raises DamagedFileError, or OSError where a file cannot be read.
        """
        try:
            header, _ = read_sealed(self.path)
        except FileNotFoundError:
            return None
        if header.get("made_with") != _made_with() or header["stamp"] != stamp or header["generation"] < generation:
            return None
        state = _State(**{name: header[name] for name in _State.__slots__})
        verified = set()
        new = {}
        for name, digest in state.files.items():
            path = self.folder / state.folder / name
            try:
                facts = path.stat()
            except FileNotFoundError as error:
                raise DamagedFileError(f"{path} is missing.") from error
            verified.add(key := (name, digest, facts.st_size, facts.st_mtime_ns))
            if key not in self._verified:
                new[path] = digest
        with ThreadPoolExecutor(max_workers=2) as pool:
            for path, digest in zip(new, pool.map(_digest, new), strict=True):
                if digest != new[path]:
                    raise DamagedFileError(f"{path} is damaged.")
        self._verified = verified
        return state

    def _signature(self) -> object:
        """Another one each time that the sealed file was written."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns, facts.st_size

    def _warn(self, signature: object, error: Exception) -> None:
        if signature != self._warned:
            _log.warning("%s Words are searched in the record itself until the word index is written again.", error)
            self._warned = signature


def _index(folder: Path) -> Index:
    """The index in a folder, made where there is none.

    It has neither texts nor positions: what was removed cannot be put together again from what is left of it.
    """
    import tantivy

    schema = tantivy.SchemaBuilder().add_unsigned_field("number", indexed=True, fast=True)
    schema = schema.add_unsigned_field("block", indexed=True)
    for field in ("text", "context"):
        schema = schema.add_text_field(field, tokenizer_name="folded", index_option="freq")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.config_reader("manual")  # no thread that waits for changes
    index.register_tokenizer("folded", analyzer())
    return index


def _fill(folder: Path, rows: Iterable[Row], removed: Iterable[int], *, is_new: bool) -> list[dict[str, Any]]:
    """Take passages out, put passages in, and wait until all is merged. Gives tantivy's own list of the segments."""
    from tantivy import Document, Query

    index = _index(folder)
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    try:
        for number in removed:
            # delete_documents_by_term would look for a signed number, and find none.
            writer.delete_documents_by_query(Query.term_query(index.schema, "number", number))
        for number, text, context in rows:
            if not is_new:
                writer.delete_documents_by_query(Query.term_query(index.schema, "number", number))
            document = Document()
            document.add_unsigned("number", number)
            document.add_unsigned("block", number // _BLOCK)
            document.add_text("text", folded(text))
            document.add_text("context", folded(context))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    finally:
        del writer  # and its threads: the folder may have to go
    segments: list[dict[str, Any]] = json.loads((folder / "meta.json").read_bytes())["segments"]
    return segments


def _is_lasting(name: str) -> bool:
    """Whether a file is written once, as segments are; the lists of segments and of files are not."""
    return not name.endswith(".json")


def _link(source: Path, target: Path) -> None:
    if _is_lasting(source.name):
        with suppress(OSError):  # not every file system has links
            os.link(source, target)
            return
    shutil.copy2(source, target)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _made_with() -> str:
    from tantivy.tantivy import __version__

    return f"{_FORMAT}, {__version__}, Unicode {unicodedata.unidata_version}"


@contextmanager
def _one_error(what: str) -> Iterator[None]:
    """Make an OSError of every way in which tantivy fails; a panic of it is no Exception at all."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, ValueError) or type(error).__module__ == "pyo3_runtime":
            raise OSError(f"The word index cannot be {what}: {error}") from error
        raise
