"""Files of gold: their text in and out, and the sentence that says where one is wrong."""

from __future__ import annotations

from pathlib import Path

from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, name


def text_of(path: Path) -> str:
    """The text of a file, line ends untouched. Raises PinciteError where it cannot be read or is not UTF-8."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind a byte order mark.
        at = error.start + len(data) - len(error.object)
        line = data.count(b"\n", 0, at) + 1
        raise PinciteError(
            f"{path}, line {line}: byte 0x{data[at]:02x} is not UTF-8; save the file as UTF-8."
        ) from error
    except OSError as error:
        raise PinciteError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a NUL in the name
        raise PinciteError(f"{path} cannot be read: that is no name of a file.") from error


def write_text(path: Path, text: str) -> None:
    """Write a file as it stands. Raises PinciteError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise PinciteError(f"The gold file {path} cannot be written: {error.strerror}.") from error
    except UnicodeEncodeError as error:
        raise PinciteError(
            f"The gold file {path} cannot be written: there is half a surrogate pair in a text, which is no character."
        ) from error


def sentence(path: Path, line: int, fault: Fault) -> str:
    """`gold.jsonl, line 3, field "answers[0]": …`; line 0 is one that is not known."""
    place = f"{path}, line {line}" if line else str(path)
    return f'{place}, field "{name(fault.steps)}": {fault.problem}' if fault.steps else f"{place}: {fault.problem}"


def no_questions(path: Path) -> PinciteError:
    return PinciteError(f"The gold file {path} holds no questions.")


def unwritable(question: str, form: str, reason: str) -> PinciteError:
    return PinciteError(f"The question {question} cannot be written as {form}: {reason}")
