"""What is compiled is checked, kept, and used again; and whatever goes wrong with that, no wrong program is used."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import compiled as module
from embeddings import program as program_module
from embeddings.compiled import Compiled, Recipe, cache_folder, compiled
from embeddings.program import Form, Graph, Program, graph, padded, threads
from embeddings.runtime import openvino


def times(factor: float) -> Graph:
    """A network of one input that multiplies token ids by a number."""
    op = openvino().opset13
    ids = op.parameter([-1, -1], np.int32, "ids")
    return graph([ids], [op.multiply(op.convert(ids, "f32"), op.constant(np.float32(factor)))])


class Cook:
    """Counts how often it was asked for its recipe; `bad` are the forms that do not compare well."""

    def __init__(self, factor: float = 2.0, *, bad: Sequence[Form] = ()) -> None:
        self.asked = 0
        self.factor = factor
        self.bad = bad

    def __call__(self) -> Recipe:
        self.asked += 1
        return Recipe(lambda _: times(self.factor), self.check, {"factor": self.factor})

    def check(self, program: Program) -> str:
        return f"it is wrong in {program.form}" if program.form in self.bad else ""


def doubled(found: Compiled | None) -> list[float]:
    assert found is not None
    ((values,),) = found.program.run([(np.array([[1, 2]], dtype=np.int32),)])
    return [float(value) for value in values[0]]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("PINCITE_CACHE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def two_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor that multiplies in bfloat16, wherever the tests run."""
    monkeypatch.setattr(module, "forms", lambda: ("bf16", "f32"))


def test_it_is_made_once_and_then_kept(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    cook = Cook()
    first = compiled("test", "a", cook)
    second = compiled("test", "a", cook)
    assert cook.asked == 1
    assert doubled(first) == doubled(second) == [2, 4]
    assert second is not None
    assert second.facts == {"factor": 2.0}
    assert [file.name.partition("-")[0] for file in cache.iterdir()] == ["test"]
    assert caplog.text == ""


@pytest.mark.parametrize(("name", "fingerprint"), [("test", "b"), ("other", "a")])
def test_another_network_is_another_file(name: str, fingerprint: str) -> None:
    compiled("test", "a", Cook(2))
    assert doubled(compiled(name, fingerprint, Cook(3))) == [3, 6]
    assert doubled(compiled("test", "a", Cook(5))) == [2, 4]


def test_another_processor_or_version_is_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("test", "a", Cook(2))
    monkeypatch.setattr(module, "runtime", lambda: "1.0 of another processor")
    assert doubled(compiled("test", "a", Cook(3))) == [3, 6]


def test_a_file_of_another_processor_under_this_ones_name_is_not_used(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled("test", "a", Cook(2))
    (ours,) = cache.iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(module, "runtime", lambda: "1.0 of another processor")
        compiled("test", "a", Cook(3))
    (theirs,) = set(cache.iterdir()) - {ours}
    theirs.replace(ours)
    assert doubled(compiled("test", "a", Cook(5))) == [5, 10]


def test_the_next_form_is_taken_where_one_does_not_compare(caplog: pytest.LogCaptureFixture) -> None:
    found = compiled("test", "a", Cook(bad=["bf16"]))
    assert found is not None
    assert found.program.form == "f32"
    assert doubled(compiled("test", "a", Cook(9))) == [2, 4]
    assert caplog.text == ""


def test_where_no_form_compares_there_is_none_and_it_is_said(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert compiled("test", "a", Cook(bad=["bf16", "f32"])) is None
    assert "The test cannot be compiled (it is wrong in f32): PyTorch runs it, which is slower." in caplog.text
    assert not cache.exists()


@pytest.mark.parametrize(
    "error", [ValueError("its activation is odd"), KeyError("weights"), RuntimeError("a\nno way"), TypeError("none")]
)
def test_a_network_that_cannot_be_made_is_said(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def make(_form: Form) -> Graph:
        raise error

    assert compiled("test", "a", lambda: Recipe(make, lambda _: "")) is None
    assert "The test cannot be compiled (" in caplog.text
    assert "\n" not in caplog.messages[0]


@pytest.mark.parametrize("missing", [ImportError("No module named openvino"), RuntimeError("no plugin")])
def test_without_the_runtime_the_reference_is_used(
    missing: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise missing

    monkeypatch.setattr(module, "runtime", fail)
    assert compiled("test", "a", Cook()) is None
    assert f"({missing})" in caplog.text


# --- the file


@pytest.mark.parametrize("at", [0.0, 0.001, 0.5, 0.999])
def test_a_changed_byte_is_found_and_the_file_made_again(
    cache: Path, at: float, caplog: pytest.LogCaptureFixture
) -> None:
    compiled("test", "a", Cook(2))
    (file,) = cache.iterdir()
    content = bytearray(file.read_bytes())
    content[int(at * len(content))] ^= 1
    file.write_bytes(content)
    assert doubled(compiled("test", "a", Cook(3))) == [3, 6]
    assert f"The compiled model in {file} cannot be used" in caplog.text
    assert doubled(compiled("test", "a", Cook(9))) == [3, 6]


@pytest.mark.parametrize("kept", [0, 10, 60, 300])
def test_a_half_written_file_is_made_again(cache: Path, kept: int) -> None:
    compiled("test", "a", Cook(2))
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:kept])
    assert doubled(compiled("test", "a", Cook(3))) == [3, 6]


def test_a_folder_in_the_place_of_the_file(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    compiled("test", "a", Cook(2))
    (file,) = cache.iterdir()
    file.unlink()
    file.mkdir()
    assert doubled(compiled("test", "a", Cook(3))) == [3, 6]
    assert "could not be kept" in caplog.text


def test_where_the_cache_cannot_be_written_the_program_is_used_all_the_same(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be")
    assert doubled(compiled("test", "a", Cook(2))) == [2, 4]
    assert f"could not be kept in {cache}" in caplog.text
    assert "the next start makes it again" in caplog.text


def test_a_full_disk_leaves_nothing_half_written(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path, _header: Any, payload: bytes, *_: Any) -> None:
        path.write_bytes(payload[:10])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(module, "write_sealed", full)
    assert doubled(compiled("test", "a", Cook(2))) == [2, 4]
    assert "No space left on device" in caplog.text
    assert list(cache.iterdir()) == []


def test_what_nobody_has_used_for_long_is_deleted(cache: Path) -> None:
    compiled("test", "old", Cook(2))
    compiled("test", "used", Cook(2))
    left = cache / "pincite-making-killed"
    left.mkdir()
    (left / "test-1.pincite-model.new").write_bytes(b"half")
    foreign = cache / "somebodys.model"
    foreign.write_bytes(b"words")
    then = time.time() - 91 * 24 * 3600
    for path in [*cache.rglob("*")]:
        os.utime(path, (then, then))
    compiled("test", "used", Cook(9))  # read, and so in use
    compiled("test", "new", Cook(3))
    assert foreign.read_bytes() == b"words"
    assert len(list(cache.iterdir())) == 3
    assert doubled(compiled("test", "used", Cook(9))) == [2, 4]


def test_what_cannot_be_tidied_hinders_nothing(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    full = cache / "x.pincite-model"
    (full / "inside").mkdir(parents=True)
    os.utime(full, (0, 0))
    (cache / "nowhere.pincite-model").symlink_to(cache / "missing")
    compiled("test", "a", Cook(2))
    assert doubled(compiled("test", "a", Cook(9))) == [2, 4]
    assert caplog.text == ""


def test_two_processes_at_once(cache: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from test_compiled import Cook, compiled, doubled\n"
        "assert doubled(compiled('test', 'a', Cook(2))) == [2, 4]\n"
    )
    here = Path(__file__)
    command = [sys.executable, "-c", code, str(here.parent), str(here.parents[2])]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == ["", "", ""]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(list(cache.iterdir())) == 1
    assert doubled(compiled("test", "a", Cook(9))) == [2, 4]


def test_the_folder_is_the_users_own_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_CACHE", "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"
    monkeypatch.delenv("PINCITE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder().name == "pincite"


# --- running


def test_results_come_in_order_however_many_batches() -> None:
    program = Program.made(times(2), "f32")
    batches = [(np.full((1, 1 + at % 3), at, dtype=np.int32),) for at in range(40)]
    # All are kept until the end: no result may lie in memory that a later batch writes to.
    found = list(program.run(batches))
    assert [values.tolist() for (values,) in found] == [[[2 * at] * (1 + at % 3)] for at in range(40)]


def test_nothing_is_run_of_no_batches() -> None:
    assert list(Program.made(times(2), "f32").run([])) == []


def test_whoever_stops_early_leaves_the_program_usable() -> None:
    program = Program.made(times(2), "f32")
    under_way = program.run((np.full((1, 1), at, dtype=np.int32),) for at in range(10**6))
    assert float(next(under_way)[0][0, 0]) == 0
    under_way.close()
    assert [float(values[0, 0]) for (values,) in program.run([(np.full((1, 1), 7, dtype=np.int32),)])] == [14]


def test_an_error_of_the_batches_comes_through() -> None:
    program = Program.made(times(2), "f32")

    def batches() -> Any:
        yield (np.ones((1, 1), dtype=np.int32),)
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        list(program.run(batches()))


def test_a_batch_of_a_wrong_shape_leaves_the_program_usable() -> None:
    program = Program.made(times(2), "f32")
    good, bad = (np.ones((1, 1), dtype=np.int32),), (np.ones((1, 1, 1), dtype=np.int32),)
    with pytest.raises(RuntimeError):
        list(program.run([good, good, bad, good]))
    assert [values.tolist() for (values,) in program.run([good])] == [[[2]]]


def test_requests_are_waited_for_before_anything_else_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program.made(times(2), "f32")
    log: list[str] = []

    class Request:
        def start_async(self, _batch: Any) -> None:
            log.append("start")

        def wait(self) -> None:
            log.append("wait")

        def get_output_tensor(self, _at: int) -> Any:
            return type("Tensor", (), {"data": np.zeros((1, 1))})

    requests = program._with(threads())
    monkeypatch.setattr(requests, "compiled", SimpleNamespace(create_infer_request=Request))
    under_way = program.run((np.ones((1, 1), dtype=np.int32),) for _ in range(100))
    next(under_way)
    under_way.close()
    assert log.count("wait") == log.count("start")


def test_it_may_be_run_from_several_threads_at_once() -> None:
    program = Program.made(times(2), "f32")

    def batches(number: int) -> list[tuple[NDArray[np.int32]]]:
        return [(np.full((1, 1 + at % 5), number, dtype=np.int32),) for at in range(30)]

    def ask(number: int) -> list[float]:
        if number % 2:
            return [float(program.run_alone(batch)[0].mean()) for batch in batches(number)]
        return [float(values.mean()) for (values,) in program.run(batches(number))]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [[2.0 * number] * 30 for number in range(40)]


def test_what_is_run_alone_gives_the_same() -> None:
    made = Program.made(times(2), "f32")
    exported = made.exported()
    for program in (made, Program.restored(exported, "f32"), Program.restored(exported, "f32", alone=True)):
        first, second = (program.run_alone((np.full((1, 3), each, dtype=np.int32),))[0] for each in (4, 5))
        assert (first.tolist(), second.tolist()) == ([[8, 8, 8]], [[10, 10, 10]])
        ((many,),) = program.run([(np.full((1, 3), 4, dtype=np.int32),)])
        assert many.tolist() == first.tolist()


# --- forms


@pytest.mark.parametrize(
    ("capabilities", "instructions", "wanted"),
    [
        (["BF16", "FP32"], ["avx512_vnni"], ("bf16", "f32")),
        (["FP32"], ["avx2", "avx512_vnni"], ("int8", "f32")),
        (["FP32"], ["avx_vnni"], ("int8", "f32")),
        (["FP32"], ["avx2"], ("f32",)),
        (["FP32"], [], ("f32",)),
    ],
)
def test_the_form_is_the_fastest_that_the_processor_has(
    capabilities: list[str], instructions: list[str], wanted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_module, "_capabilities", lambda: capabilities)
    monkeypatch.setattr(program_module, "_instructions", lambda: instructions)
    assert program_module.forms() == wanted


def test_a_processor_with_other_instructions_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = program_module.runtime()
    assert program_module.runtime() == before
    monkeypatch.setattr(program_module, "_instructions", lambda: ["avx2"])
    assert program_module.runtime() != before


def test_rows_are_padded_to_a_multiple() -> None:
    ids, mask = padded([[5, 6, 7], [8]], 4, 1)
    assert ids.tolist() == [[5, 6, 7, 1], [8, 1, 1, 1]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]
    assert padded([[5] * 16], 16)[0].shape == (1, 16)
    assert padded([[5] * 17], 16)[0].shape == (1, 32)


def test_there_are_as_many_threads_as_cores_that_may_be_used() -> None:
    assert 1 <= threads() <= (os.cpu_count() or 1)
