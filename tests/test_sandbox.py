"""Files parsed in a process of its own: what it costs a file to be hostile, and that it costs the others nothing."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hostile
import pytest
from reportlab.pdfgen.canvas import Canvas

import qa
from qa.errors import FileError, PinciteError
from qa.readers import read
from qa.sandbox import Sandbox, process, sandbox, syscalls

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel refuses it on Linux only")


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox that has the hostile reader. Whatever that does, the next file is read."""
    monkeypatch.setattr(process, "START", hostile.start())
    monkeypatch.setattr(process, "_TICK", 0.05)
    monkeypatch.setattr(process, "_DYING", 0.3)
    with Sandbox() as box:
        yield box
        monkeypatch.undo()
        assert box.read(b"and the next file", "next.txt").text == "and the next file"


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """A sandbox that has the hostile reader, for what does not break it."""
    with pytest.MonkeyPatch.context() as patch, Sandbox() as box:
        patch.setattr(process, "START", hostile.start())
        box.read(b"text", "a.txt")
        pid = pid_of(box)
        patch.undo()
        yield box
        assert pid_of(box) == pid


def do(box: Sandbox, harm: str) -> str:
    """The text that a hostile reader gives."""
    return box.read(harm.encode(), "harm.hostile").text


def refusal(box: Sandbox, harm: str) -> str:
    """The sentence with which a hostile file is refused."""
    with pytest.raises(FileError) as caught:
        do(box, harm)
    return str(caught.value)


def pid_of(box: Sandbox) -> int:
    assert box._process
    return box._process._popen.pid


def is_running(pid: int) -> bool:
    """A process that has ended is none, though nobody may have asked for its exit code yet."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")")[1].split()[0] != "Z"


# --- what is read


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"One paragraph.\r\n\r\nAnother.", "a.txt"),
        ("\ufeffGrüße 🙂 \u2028".encode(), "ä 🙂.TXT"),
        (b"---\ntitle: T\ndate: 2020-02-29\ntags: [b, a]\n---\n# One\n\ntext\n\n## Two\n", "notes.md"),
    ],
)
def test_it_reads_what_the_reader_reads(data: bytes, name: str) -> None:
    with Sandbox() as box:
        assert box.read(data, name) == read(data, name)


@pytest.mark.parametrize(("data", "name"), [(b"", "a.txt"), (b"\xff", "a.txt"), (b"a\0b", "a.md"), (b"a", "a.xyz")])
def test_it_refuses_what_the_reader_refuses_and_goes_on(data: bytes, name: str) -> None:
    with pytest.raises(FileError) as expected:
        read(data, name)
    with Sandbox() as box:
        box.read(b"before", "before.txt")
        pid = pid_of(box)
        with pytest.raises(FileError, match=re.escape(str(expected.value)) + "$"):
            box.read(data, name)
        assert box.read(b"after", "after.txt").text == "after"
        assert pid_of(box) == pid


@linux
def test_nothing_is_started_before_the_first_file_and_nothing_is_left() -> None:
    descriptors, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    with Sandbox() as box:
        assert box._process is None
        box.read(b"text", "a.txt")
        pid = pid_of(box)
        assert is_running(pid)
    assert not is_running(pid)
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert threading.active_count() == threads


def test_a_large_text_goes_there_and_back() -> None:
    data = "zwölf Boxkämpfer\n".encode() * 1_000_000  # 19 MB, far more than a pipe holds
    with Sandbox() as box:
        assert box.read(data, "large.txt") == read(data, "large.txt")


@linux
def test_it_knows_nothing_of_its_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, box: Sandbox) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the current folder')")
    (tmp_path / "yaml.py").write_text("raise SystemExit('a module of the current folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend("")
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with open(os.devnull, "rb") as open_here:
        os.set_inheritable(open_here.fileno(), True)
        found = json.loads(do(box, "surroundings:"))
    assert not {"", str(tmp_path)} & set(found["path"])
    assert found["environment"].keys() <= {"LD_LIBRARY_PATH", "LC_CTYPE"}  # the second is the interpreter's own
    assert found["folder"] == "/"
    assert [file.split(":")[0] for file in found["files"]] == ["pipe", "pipe"]
    assert found["limits"] == [[0, 0], [0, 0], [0, 0], [64, 64]]  # of a core, a file, processes, open files
    assert found["package"] == qa.__file__
    assert box.read(b"---\ntitle: T\n---\ntext", "a.md").title == "T"  # with the yaml of its own


def test_a_package_is_found_where_only_this_process_has_its_folder() -> None:
    root = Path(process.__file__).parents[2]
    code = f"""
import sys
sys.path[:] = ["", *(place for place in sys.path if place != {str(root)!r})]
from qa.sandbox import Sandbox
with Sandbox() as box:
    sys.stdout.write(box.read(b"text", "a.txt").text)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("text", "")


# --- what takes too much


@linux
def test_memory(box: Sandbox) -> None:
    begin = time.monotonic()
    assert refusal(box, "memory:") == (
        "reading it takes more than 512 MB of memory. Split it, or save it in a simpler format, such as plain text, "
        "and index that."
    )
    assert time.monotonic() - begin < 5


@linux
def test_what_files_before_it_took_is_not_a_files_fault(box: Sandbox) -> None:
    for _ in range(4):
        assert do(box, "keep:200000000") == "kept"  # the third finds no room, and gets a fresh process


def test_a_processors_time(monkeypatch: pytest.MonkeyPatch, box: Sandbox) -> None:
    monkeypatch.setattr(sandbox, "_SECONDS", 0.1)
    monkeypatch.setattr(sandbox, "_WAITING", 90)
    begin = time.monotonic()
    assert refusal(box, "loop:").startswith("reading it takes longer than 0.1 seconds. Split it")
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("harm", ["sleep:", "ignore:", "stop:"])
def test_time_by_the_clock(monkeypatch: pytest.MonkeyPatch, box: Sandbox, harm: str) -> None:
    monkeypatch.setattr(sandbox, "_SECONDS", 1)
    monkeypatch.setattr(sandbox, "_WAITING", 0.4)
    begin = time.monotonic()
    assert refusal(box, harm).startswith("reading it takes longer than 0.4 seconds. Split it")
    assert time.monotonic() - begin < 3


def test_more_text_than_a_file_can_hold(box: Sandbox) -> None:
    assert len(do(box, "text:1000000")) == 1_000_000
    assert refusal(box, "text:1002000").startswith("it grows to more than 1 MB of text, or into millions of parts.")


def test_limits_by_size() -> None:
    nothing, one, most = sandbox.Limits.of(0), sandbox.Limits.of(1_000_000), sandbox.Limits.of(300_000_000)
    assert nothing == sandbox.Limits(memory=512_000_000, seconds=10, waiting=30, text=1_000_000)
    assert one == sandbox.Limits(memory=517_000_000, seconds=30, waiting=90, text=101_000_000)
    assert most == sandbox.Limits(memory=2_012_000_000, seconds=600, waiting=1800, text=900_000_000)


# --- what ends it


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("segfault:", "the library that reads it crashed (SIGSEGV): either it is damaged, or"),
        ("abort:", "the library that reads it crashed (SIGABRT): either it is damaged, or"),
        ("leave:0", "the library that reads it crashed (exit code 0): either it is damaged, or"),
        ("leave:7", "the library that reads it crashed (exit code 7): either it is damaged, or"),
        ("close:", "the library that reads it crashed (it answers no more): either it is damaged, or"),
        ("killed:", "reading it takes more than 512 MB of memory. Split it"),
        ("last words:terminate called: std::bad_alloc\n", "reading it takes more than 512 MB of memory. Split it"),
        ("exit:0", "reading it failed in a way that nobody foresaw (SystemExit at hostile.py:"),
        ("raise:page", "reading it failed in a way that nobody foresaw (KeyError at hostile.py:"),
        ("deep:", "reading it failed in a way that nobody foresaw (RecursionError at hostile.py:"),
    ],
)
def test_what_ends_it(box: Sandbox, harm: str, told: str) -> None:
    assert refusal(box, harm).startswith(told)
    assert box._process is None


def test_what_it_said_last_is_logged(box: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "qa.sandbox"):
        refusal(box, "last words:the first\na \x1b[31mred line\n\n")
    assert r"exit code 1, last words 'a \x1b[31mred line'" in caplog.text


def test_a_crash_at_every_tenth_of_200_files(box: Sandbox) -> None:
    for number in range(200):
        if number % 10 == 9:
            assert "SIGSEGV" in refusal(box, "segfault:")
        else:
            assert box.read(f"text {number}".encode(), "a.txt").text == f"text {number}"


def test_a_file_is_tried_again_only_where_another_was_before_it(monkeypatch: pytest.MonkeyPatch, box: Sandbox) -> None:
    started = []
    start = process._start
    monkeypatch.setattr(process, "_start", lambda: started.append(start()) or started[-1])
    refusal(box, "segfault:")
    assert len(started) == 1
    box.read(b"before", "a.txt")
    refusal(box, "segfault:")
    assert len(started) == 3


def test_a_process_that_died_between_two_files_is_replaced(box: Sandbox) -> None:
    box.read(b"before", "a.txt")
    os.kill(pid_of(box), signal.SIGKILL)
    assert box.read(b"after", "a.txt").text == "after"


# --- what reaches beyond it


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "file"
    file.write_text("unharmed")
    before = file.stat()
    yield file
    assert [path.name for path in folder.iterdir()] == ["file"]
    assert file.read_text() == "unharmed"
    assert (file.stat().st_mode, file.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


@pytest.mark.parametrize("harm", ["fork", "run", "spawn", "socket", "kill"])
def test_python_code_reaches_nothing(shared: Sandbox, harm: str) -> None:
    assert do(shared, f"{harm}:{os.getpid()}") == "refused"


@pytest.mark.parametrize("harm", ["append", "write", "remove", "rename", "copy", "database"])
def test_python_code_changes_no_file(shared: Sandbox, victim: Path, harm: str) -> None:
    assert do(shared, f"{harm}:{victim}") == "refused"


@linux
@pytest.mark.parametrize(
    "harm", ["fork in C", "thread", "run in C", "socket in C", "ring in C", "kill in C", "kill thread in C"]
)
def test_code_in_c_reaches_nothing(shared: Sandbox, harm: str) -> None:
    assert do(shared, f"{harm}:{os.getpid()}") == "refused"


@linux
@pytest.mark.parametrize(
    "harm",
    ["open in C", "truncate in C", "create in C", "remove in C", "rename in C", "chmod in C", "folder in C"],
)
def test_code_in_c_changes_no_file(shared: Sandbox, victim: Path, harm: str) -> None:
    assert do(shared, f"{harm}:{victim}") == "refused"


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_of_system_calls_are_those_of_the_kernel(machine: str, header: str) -> None:
    if not Path(header).is_file():
        pytest.skip(f"{header} is not here")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+([0-9]+)\n", Path(header).read_text()))
    known.setdefault("fchmodat2", "452")  # Linux 6.6
    _, calls, opening, signalling = syscalls._MACHINES[machine]
    words = calls.split()
    assert {name: known[name] for name in words[::2]} == dict(zip(words[::2], words[1::2], strict=True))
    assert {number for number, _ in opening} == {int(known[name]) for name in ("open", "openat") if name in known}
    assert str(signalling) == known["tgkill"]


# --- what disturbs what is sent


@linux
@pytest.mark.parametrize(
    ("harm", "text"), [("print:words", "[5, None, 5]"), ("ask:", "[]"), ("flood errors:10000000", "10000000")]
)
def test_standard_streams_are_not_the_wire(shared: Sandbox, harm: str, text: str) -> None:
    assert do(shared, harm) == text


@linux
def test_a_flood(box: Sandbox) -> None:
    assert refusal(box, "flood:").startswith("what was read from it cannot be right (Expecting value")


# --- interruptions


@contextmanager
def interruption() -> Iterator[None]:
    """What is done meanwhile is interrupted from the keyboard."""
    begin = time.monotonic()
    threading.Timer(0.2, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it would be ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGINT, handler)
    assert time.monotonic() - begin < 2


@linux
def test_an_interruption_ends_it_at_once(box: Sandbox) -> None:
    box.read(b"before", "a.txt")
    pid = pid_of(box)
    with interruption():
        do(box, "sleep:")
    assert not is_running(pid)


def test_an_interruption_while_it_starts_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = process._start
    monkeypatch.setattr(process, "START", "import time; time.sleep(60)")
    monkeypatch.setattr(process, "_start", lambda: started.append(start()) or started[0])
    with Sandbox() as box, interruption():
        box.read(b"text", "a.txt")
    assert started[0].returncode


def test_it_goes_on_when_the_thread_that_was_first_has_ended() -> None:
    with Sandbox() as box:
        thread = threading.Thread(target=box.read, args=(b"first", "a.txt"))
        thread.start()
        thread.join()
        pid = pid_of(box)
        time.sleep(0.2)
        assert box.read(b"second", "a.txt").text == "second"
        assert pid_of(box) == pid


PARENT = """
import sys
sys.path[:0] = sys.argv[1:]
import hostile
from qa.sandbox import Sandbox, process
process.START = hostile.start()
box = Sandbox()
box.read(b"text", "a.txt")
sys.stdout.write(f"{box._process._popen.pid}\\n")
sys.stdout.flush()
box.read(b"sleep:", "a.hostile") if "busy" in sys.argv else sys.stdin.read()
"""


@linux
@pytest.mark.parametrize("state", ["busy", "idle"])
def test_it_does_not_outlive_its_parent(state: str) -> None:
    command = [sys.executable, "-c", PARENT, str(Path(hostile.__file__).parent), state]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        time.sleep(0.1)
        parent.kill()
    deadline = time.monotonic() + 3
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("import sys; sys.exit('no such library')", "does not start: no such library. Install Pincite anew"),
        ("raise ImportError('qa')", "does not start: ImportError: qa. Install"),
        ("import os; os._exit(3)", "does not start: it says nothing. Install"),
        ("print('hello' * 9)", "does not start: it says nothing. Install"),
        ("import time; time.sleep(60)", "does not start: it says nothing. Install"),
    ],
)
def test_one_that_does_not_start_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch, start: str, told: str) -> None:
    monkeypatch.setattr(process, "START", start)
    monkeypatch.setattr(process, "_STARTING", 0.5)
    with Sandbox() as box, pytest.raises(PinciteError, match=re.escape(told)) as caught:
        box.read(b"text", "a.txt")
    assert not isinstance(caught.value, FileError)


def test_an_interpreter_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Sandbox() as box, pytest.raises(PinciteError, match=r"does not start: .*No such file"):
        box.read(b"text", "a.txt")


def test_a_mistake_of_ours_at_the_start_is_raised_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START", "a\0b")
    with Sandbox() as box, pytest.raises(ValueError, match="null byte"):
        box.read(b"text", "a.txt")


# --- other functions


def test_a_function_that_is_not_in_the_table() -> None:
    with Sandbox() as box, pytest.raises(FileError, match="KeyError"):
        box.call("system", b"", {}, lambda fields, payload: (fields, payload))


def test_what_is_asked_for_is_checked_by_who_asks() -> None:
    def title(fields: Any, payload: bytes) -> tuple[str, bytes]:
        return fields["title"], payload

    def nothing(fields: Any, payload: bytes) -> None:
        raise ValueError("a picture without pixels")

    with Sandbox() as box:
        assert box.call("read", b"text", {"name": "a.txt"}, title) == ("a", b"text")
        with pytest.raises(FileError, match=r"cannot be right \(a picture without pixels\)"):
            box.call("read", b"text", {"name": "a.txt"}, nothing)


def test_a_page_is_drawn_and_words_are_found_on_it() -> None:
    written = io.BytesIO()
    page = Canvas(written, pagesize=(200, 100), invariant=True)
    page.drawString(20, 60, "Words on a page.")  # from the lower left corner
    page.save()
    data = written.getvalue()
    with Sandbox() as box:
        extract = box.read(data, "a.pdf")
        assert extract.text.strip() == "Words on a page."
        start = extract.text.index("Words")
        arguments = {"text": extract.text, "page_starts": extract.page_starts, "start": start, "end": start + 5}
        ((number, left, top, right, bottom),) = box.call("rectangles", data, arguments, lambda f, _: f["rectangles"])
        assert number == 1
        assert 19 < left < 22 < 45 < right < 60  # five letters of 12 points
        assert 28 < top < 35 < 38 < bottom < 45  # from the upper left corner
        fields, png = box.call("picture", data, {"page": 1, "scale": 2}, lambda *drawn: drawn)
        assert fields == {"width": 200, "height": 100}
        assert png.startswith(b"\x89PNG")
        assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (400, 200)
        with pytest.raises(FileError, match="no page 2"):
            box.call("picture", data, {"page": 2, "scale": 2}, lambda *drawn: drawn)
