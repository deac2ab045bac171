"""Devices where no GPU is: what is asked for, refused, passed on, allowed and explained."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from grader import cli
from grader.checks.agreement import CheckFailed, compare
from grader.checks.outcome import classify, is_gpu_fault
from grader.checks.placed import Placed, placed
from grader.crashes import explain
from grader.errors import UsageError
from grader.model import Crash, IsolationLevel, Limits, Outcome, Status
from grader.pipeline import Grader, Options
from grader.runner.devices import CPU, CUDA, Device
from grader.runner.devices.settings import Kept, place
from grader.runner.outside import devices
from grader.runner.outside.devices import choice, gpus
from grader.runner.wall import levels, rlimits
from grading import Bench

META = Device(kind="meta")
"""A second device that every machine has: it knows shapes and places, and no numbers."""
INFORMATION = """\
Model: \t\t {name}
IRQ:   \t\t 120
GPU UUID: \t {uuid}
Bus Location: \t 0000:{bus}:00.0
Device Minor: \t {minor}
"""

has_gpu = pytest.mark.skipif(bool(devices.missing()), reason=f"no GPU: {devices.missing()}")


def machine(root: Path, *gpus_: tuple[str, str, int], told: bool = True) -> Path:
    """A machine's files: for each GPU its bus, its UUID and its device file's number."""
    (root / "dev").mkdir(parents=True)
    for name in ("nvidiactl", "nvidia-uvm", *(f"nvidia{minor}" for _, _, minor in gpus_)):
        (root / "dev" / name).touch()
    for bus, uuid, minor in gpus_ if told else ():
        place = root / "proc/driver/nvidia/gpus" / f"0000:{bus}:00.0"
        place.mkdir(parents=True)
        text = INFORMATION.format(name="NVIDIA T4", uuid=uuid, bus=bus, minor=minor)
        (place / "information").write_text(text)
    return root


# --- what may be asked for --------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["auto", "cpu"])
def test_auto_is_the_cpu_on_every_machine(wanted: str, tmp_path: Path) -> None:
    """Also where a GPU is: it is used when it is asked for."""
    assert devices.choose(wanted, root=machine(tmp_path, ("01", "GPU-a", 0))) == "cpu"


def test_cuda_without_a_gpu_is_refused(tmp_path: Path) -> None:
    """One sentence: what can't be had, why, and what to do instead."""
    with pytest.raises(UsageError) as refused:
        devices.choose(CUDA, root=tmp_path)
    assert str(refused.value) == (
        "--device cuda can't be had: this machine shows no NVIDIA GPU (there is no "
        "/dev/nvidiactl). Use --device cpu, or leave it out."
    )


@pytest.mark.skipif(not devices.missing(), reason="this machine has a GPU")
def test_the_command_refuses_with_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is graded and nothing is written but the sentence."""
    given = tmp_path / "submission.py"
    given.write_text("x = 1\n")
    words = [str(given), "--exercise", "losses", "--device", "cuda"]
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("grade: --device cuda can't be had")
    assert err.count("\n") == 1


def test_torch_without_cuda_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU alone is not enough."""
    monkeypatch.setattr(gpus, "cuda_of_torch", lambda: None)
    reason = choice.missing(root=machine(tmp_path, ("01", "GPU-a", 0)), environment={})
    assert reason == "the installed torch is built without CUDA"


def test_the_build_of_torch_is_read_without_loading_it() -> None:
    """It says what torch itself says."""
    assert gpus.cuda_of_torch() == torch.version.cuda


# --- which GPUs there are ---------------------------------------------------------------------


def test_gpus_are_found_by_the_drivers_files(tmp_path: Path) -> None:
    """They count by address on the bus; the number of the device file is another one."""
    root = machine(tmp_path, ("3b", "GPU-b", 0), ("17", "GPU-a", 1))
    found = gpus.find({}, root)
    assert [(gpu.index, gpu.minor, gpu.visible) for gpu in found] == [
        (0, 1, "GPU-a"),
        (1, 0, "GPU-b"),
    ]
    assert found[0].name == "NVIDIA T4"
    assert gpus.files(found[0], root) == tuple(
        str(root / "dev" / name) for name in ("nvidiactl", "nvidia-uvm", "nvidia1")
    )


def test_device_files_are_enough(tmp_path: Path) -> None:
    """A container may hide what the driver tells; then a GPU is known by its number."""
    root = machine(tmp_path, ("01", "", 0), ("02", "", 3), told=False)
    assert [(gpu.visible, gpu.key) for gpu in gpus.find({}, root)] == [
        ("0", "nvidia0"),
        ("1", "nvidia3"),
    ]


def test_a_gpu_without_its_device_file_is_none(tmp_path: Path) -> None:
    """A container may show all and give one."""
    root = machine(tmp_path, ("01", "GPU-a", 0), ("02", "GPU-b", 1))
    (root / "dev/nvidia0").unlink()
    assert [gpu.uuid for gpu in gpus.find({}, root)] == ["GPU-b"]


def test_a_uuid_that_is_not_known_yet_is_left_out(tmp_path: Path) -> None:
    """The driver writes question marks for a GPU that nobody has opened."""
    root = machine(tmp_path, ("01", "GPU-????????-????-????-????-????????????", 0))
    assert gpus.find({}, root)[0].visible == "0"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1", ["GPU-b2"]),
        ("1,0", ["GPU-b2", "GPU-a1"]),
        ("GPU-a", ["GPU-a1"]),
        (" 0 , 7, 1", ["GPU-a1"]),
        ("", []),
        ("-1", []),
        ("GPU-", []),
        ("MIG-a", []),
    ],
)
def test_a_scheduler_decides_which_gpus_may_be_used(
    tmp_path: Path, value: str, found: list[str]
) -> None:
    """CUDA_VISIBLE_DEVICES is read as CUDA reads it, up to the first word without a meaning."""
    root = machine(tmp_path, ("01", "GPU-a1", 0), ("02", "GPU-b2", 1))
    seen = gpus.find({"CUDA_VISIBLE_DEVICES": value}, root)
    assert [gpu.uuid for gpu in seen] == found
    reason = choice.missing(root=root, environment={"CUDA_VISIBLE_DEVICES": value})
    assert ("is among CUDA_VISIBLE_DEVICES" in reason) is (not found)


# --- one grading's GPU ------------------------------------------------------------------------


def test_a_lease_names_one_gpu_and_its_files(tmp_path: Path) -> None:
    """The next one gets the other GPU, and the third waits in vain."""
    root = machine(tmp_path / "m", ("01", "GPU-a", 0), ("02", "GPU-b", 1))
    environment = {"GRADE_GPU_LOCKS": str(tmp_path / "locks"), "GRADE_GPU_WAIT": "0.1"}
    said: list[str] = []

    def lease() -> contextlib.AbstractContextManager[Device]:
        return devices.lease(CUDA, said.append, root=root, environment=environment)

    with lease() as one, lease() as two:
        assert (one.kind, one.visible, one.share) == ("cuda", "GPU-a", 1.0)
        assert two.visible == "GPU-b"
        assert str(root / "dev/nvidia1") not in one.files
        with pytest.raises(UsageError, match="No GPU became free"), lease():
            pass
    assert set(said) == {"waiting for a GPU"}


def test_slots_divide_the_memory(tmp_path: Path) -> None:
    """What one may allocate is its part, less what the judge and the driver need."""
    environment = {"GRADE_GPU_LOCKS": str(tmp_path / "locks"), "GRADE_GPU_SLOTS": "4"}
    root = machine(tmp_path / "m", ("01", "GPU-a", 0))
    with devices.lease(CUDA, print, root=root, environment=environment) as device:
        assert device.share == 0.25
        assert device.memory == pytest.approx(0.85 / 4)
        assert "at most 21% of the GPU's memory" in device.note
        assert "TF32 off" in device.note


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "nan", "inf"])
def test_slots_are_a_whole_number(value: str) -> None:
    """The message names the variable and the value."""
    with pytest.raises(UsageError, match=f"GRADE_GPU_SLOTS={value}: expected"):
        choice.slots_per_gpu({"GRADE_GPU_SLOTS": value})


def test_the_cpu_needs_no_queue(tmp_path: Path) -> None:
    """Nothing is locked and nothing is noted."""
    environment = {"GRADE_GPU_LOCKS": str(tmp_path / "locks")}
    with devices.lease("cpu", print, environment=environment) as device:
        assert device == CPU
    assert not device.note
    assert not (tmp_path / "locks").exists()


# --- the wall ---------------------------------------------------------------------------------


def test_a_grading_on_a_gpu_is_never_fully_isolated() -> None:
    """The driver is open to it, whatever else stands."""
    everything = (
        levels.NAMESPACES, levels.PRIVATE_ROOT, levels.LANDLOCK, levels.UID, levels.FILE_MODES,
        levels.CAPABILITIES, levels.RLIMITS, levels.NO_NEW_PRIVS, levels.DESCRIPTORS,
        levels.SECCOMP,
    )  # fmt: skip
    assert levels.level(everything) is IsolationLevel.FULL
    assert levels.level(everything, driver_is_open=True) is IsolationLevel.PARTIAL


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")
def test_only_the_bound_on_addresses_is_left_out() -> None:
    """CUDA reserves more addresses than any machine has memory."""
    import resource

    with_bound = rlimits.wanted(Limits(), own_user=True)
    without = rlimits.wanted(Limits(), own_user=True, bound_addresses=False)
    assert with_bound.keys() - without.keys() == {resource.RLIMIT_AS}
    assert all(with_bound[limit] == value for limit, value in without.items())


# --- a second device, from end to end -------------------------------------------------------------


@pytest.fixture
def on_meta(warm_grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Gradings whose device is ``meta``, through all the processes that a GPU's go through."""

    @contextlib.contextmanager
    def lease(kind: str, waiting: object) -> Iterator[Device]:
        yield META

    monkeypatch.setattr("grader.pipeline.devices.lease", lease)
    return Bench(warm_grader, tmp_path)


HEAD = "import torch\nfrom grader.checks import check\n"


def test_inputs_and_what_is_made_of_them_are_on_the_device(on_meta: Bench) -> None:
    """A module that names no device is right on every device, and so is its data loader."""
    graded = on_meta(
        HEAD
        + """
@check("it")
def test_it(student, draw):
    x = draw.normal(3, 4)
    layer = student.Layer(4, 2)
    for made in (layer(x), layer.weight, student.put(x), student.pair([x, (x,)])):
        assert made.facts["device"].startswith("meta"), made.facts
    kept = student.put(torch.ones(2, requires_grad=True))
    assert kept.facts["is_leaf"] and kept.facts["requires_grad"]
    assert student.same(kept, kept).value is True
    assert x.device.type == "cpu"
    assert sorted(student.shuffled(10).value) == list(range(10))
""",
        """
        import torch
        from torch.utils.data import DataLoader, random_split
        class Layer:
            def __init__(self, i, o):
                self.weight = torch.nn.Parameter(torch.randn(o, i))
                self.bias = torch.zeros(o)
            def __call__(self, x):
                return x @ self.weight.T + self.bias
        def pair(items):
            return items[0] + items[1][0]
        def same(a, b):
            return a is b
        def shuffled(n):
            parts = random_split(range(n), [n - 3, 3])
            loaders = [DataLoader(part, batch_size=None, shuffle=True) for part in parts]
            return [i for loader in loaders for i in loader]
        """,
        "it",
    )
    assert graded["it"].status is Status.PASSED, graded["it"]
    assert graded.report.run.device == "meta"


def test_a_model_that_is_left_behind_is_explained(on_meta: Bench) -> None:
    """The student's own line, and what to move."""
    graded = on_meta(
        HEAD + '@check("it")\ndef test_it(student, draw):\n    student.run(draw.normal(2, 3))\n',
        """
        import torch
        def run(x):
            model = torch.nn.Linear(3, 1, device="cpu")
            return model(x)
        """,
        "it",
    )
    crash = graded["it"].crash
    assert crash is not None
    assert "same device" in crash.message or "on the expected device" in crash.message
    assert crash.place is not None
    assert crash.place.line == 4
    assert "move the model and every batch with .to(device)" in crash.explanation


def test_the_cpu_is_never_a_gpu_in_disguise(grade: Bench) -> None:
    """A grading on the CPU tells a program that there is no GPU, and moves nothing."""
    graded = grade(
        HEAD
        + """
@check("it")
def test_it(student, draw):
    assert student.device.value == "cpu"
    assert student.put(draw.normal(1)).facts["device"] == "cpu"
    assert student.deterministic.value is False
""",
        """
        import torch
        device = "cuda" if torch.cuda.is_available() else "cpu"
        deterministic = torch.are_deterministic_algorithms_enabled()
        """,
        "it",
    )
    assert graded["it"].status is Status.PASSED, graded["it"]
    assert graded.report.run.device == "cpu"


def test_values_that_came_by_name_stay_where_they_are() -> None:
    """Only what the check sent by value is moved."""
    held = [torch.ones(1)]
    moved = place({"a": (torch.ones(2, requires_grad=True), Kept(held)), "n": 3}, META)
    assert moved["a"][0].device.type == "meta"
    assert moved["a"][0].requires_grad
    assert moved["a"][0].is_leaf
    assert moved["a"][1] is held
    assert moved["n"] == 3


# --- the judge's side ---------------------------------------------------------------------------


def test_the_reference_runs_on_the_device() -> None:
    """What goes in is moved, and so are modules; on the CPU nothing is wrapped."""
    seen: list[str] = []

    class Layer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2, device="cpu"))

        def forward(self, x: torch.Tensor) -> int:
            seen.append(f"{(x * self.weight).device} {torch.zeros(1).device}")
            return 7

    class Module:
        layer = Layer

    reference = Placed(Module, META)
    assert reference.layer()(torch.ones(3, 2)) == 7
    assert seen == ["meta meta"]
    assert placed(Module, CPU) is Module


def test_tolerances_are_the_devices_own() -> None:
    """What two kernels of a GPU may differ by is too much for the CPU."""
    expected = torch.full((3,), 1000.0)
    compare(expected + 0.008, expected, device="cuda")
    for far, device in ((0.008, "cpu"), (0.5, "cuda")):
        with pytest.raises(CheckFailed, match="differs from the reference"):
            compare(expected + far, expected, device=device)


# --- faults of a GPU ------------------------------------------------------------------------------

FAULTS = {
    "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously "
    "reported at some other API call": "most often a class number",
    "CUDA error: an illegal memory access was encountered": "run it with the device set to the CPU",
    "CUDA error: unspecified launch failure": "run it with the device set to the CPU",
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_fault_is_a_crash_with_an_explanation(message: str) -> None:
    """It ends the run as crashed; the sentence says that the line may be late."""
    crash = Crash(type="AcceleratorError", message=message)
    assert is_gpu_fault(crash)
    assert classify(crash)[0] is Outcome.CRASHED
    assert FAULTS[message] in explain(crash)


def test_a_full_gpu_is_out_of_memory_and_no_fault() -> None:
    """Its process can go on: the next check may need less."""
    crash = Crash(type="OutOfMemoryError", message="CUDA out of memory. Tried to allocate 2 GiB.")
    assert not is_gpu_fault(crash)
    outcome, reason = classify(crash)
    assert outcome is Outcome.OUT_OF_MEMORY
    assert reason == "The program asked for more memory of the GPU than it may have."
    assert "smaller batches" in explain(crash)


@pytest.mark.parametrize(
    "message",
    ["CUDA error: no CUDA-capable device is detected", "an illegal memory access", "CUDA is fine"],
)
def test_other_errors_are_no_faults(message: str) -> None:
    """A process that never had a GPU, or never lost it, lives on."""
    assert not is_gpu_fault(Crash(type="RuntimeError", message=message))


def test_a_fault_costs_the_check_and_its_process_only(grade: Bench) -> None:
    """The next check gets a new process, and what was earned before is kept."""
    graded = grade(
        HEAD + """
@check("before")
def test_before(student):
    assert student.count().value == 1
@check("fault")
def test_fault(student):
    student.fault()
@check("after")
def test_after(student):
    assert student.count().value == 1
""",
        """
        calls = []
        def count():
            calls.append(0)
            return len(calls)
        def fault():
            count()
            raise RuntimeError("CUDA error: device-side assert triggered")
        """,
        "before", "fault", "after",
    )  # fmt: skip
    assert graded["before"].status is Status.PASSED
    assert graded["fault"].status is Status.FAILED
    crash = graded["fault"].crash
    assert crash is not None
    assert "class number" in crash.explanation
    assert graded["after"].status is Status.PASSED, "the counter began anew"
    assert graded.report.verdict.outcome is Outcome.CRASHED
    assert "a fault on the GPU" in graded.report.run.reason


# --- with a GPU ---------------------------------------------------------------------------------


@pytest.mark.gpu
@has_gpu
def test_a_module_is_graded_on_the_gpu(tmp_path: Path) -> None:
    """Its layer is there, its numbers agree with the reference's, and the result says so."""
    with Grader(Options(device="cuda")) as grader:
        graded = Bench(grader, tmp_path)(
            HEAD
            + """
@check("it")
def test_it(student, draw, agree):
    x = draw.normal(64, 200)
    layer = student.Layer(200, 30)
    assert layer.weight.facts["device"].startswith("cuda")
    agree(layer(x), x @ layer.weight.value.T)
    assert student.settings.value == [True, False, False]
""",
            """
            import torch
            settings = [
                torch.are_deterministic_algorithms_enabled(),
                torch.backends.cuda.matmul.allow_tf32,
                torch.backends.cudnn.benchmark,
            ]
            class Layer:
                def __init__(self, i, o):
                    self.weight = torch.randn(o, i)
                def __call__(self, x):
                    return x @ self.weight.T
            """,
            "it",
        )
    assert graded["it"].status is Status.PASSED, graded["it"]
    assert graded.report.run.device == "cuda"
    assert any("TF32 off" in note for note in graded.report.run.notes)


@pytest.mark.gpu
@has_gpu
def test_a_label_out_of_range_costs_one_check_on_the_gpu(tmp_path: Path) -> None:
    """The assert on the device is a crash that is explained, and the next check passes."""
    with Grader(Options(device="cuda")) as grader:
        graded = Bench(grader, tmp_path)(
            HEAD + """
@check("fault")
def test_fault(student):
    student.loss(torch.zeros(2, 3), torch.tensor([0, 9])).value
@check("after")
def test_after(student):
    assert student.loss(torch.zeros(2, 3), torch.tensor([0, 1])).value > 0
""",
            "import torch\nloss = torch.nn.functional.cross_entropy\n",
            "fault", "after",
        )  # fmt: skip
    assert graded["fault"].status is Status.FAILED
    assert graded["after"].status is Status.PASSED, graded["after"]
    assert graded.report.verdict.outcome is Outcome.CRASHED
