"""Crashes of tensors that don't go together: of two dtypes, or on two devices."""

from __future__ import annotations

import pytest

from grader.crashes import explain
from grader.model import Crash
from test_crashes import _own_main, crash_of

__all__ = ["_own_main"]
"""A fixture that is used by each test of this module."""

DOUBLE = "x = torch.from_numpy(np.random.rand(5, 4))\n"
WHOLE = "y = torch.tensor([0, 1, 1])\n"

RAISED = [
    # a layer and its input
    (DOUBLE + "nn.Linear(4, 2)(x)", "here they are float64 and float32"),
    (DOUBLE + "nn.Conv1d(5, 2, 3)(x)", "weights are float32, and its input is float64: x.float()"),
    ("nn.Conv2d(1, 2, 3)(torch.ones(1, 1, 5, 5, dtype=torch.long))", "its input is int64"),
    ("nn.Conv2d(1, 2, 3).half()(torch.ones(1, 1, 5, 5))", "float16, and its input is float32"),
    ("nn.Conv2d(1, 2, 3)(torch.ones(1, 1, 5, 5, dtype=torch.uint8))", "from 0 to 255"),
    (DOUBLE + "nn.LSTM(4, 3)(x)", "its input is float64"),
    (DOUBLE + "nn.LayerNorm(4)(x)", "A normalisation takes inputs of the dtype of its weights"),
    (DOUBLE + "nn.BatchNorm1d(4)(x)", "A normalisation takes inputs of the dtype of its weights"),
    # a loss and its targets
    (WHOLE + "F.cross_entropy(torch.randn(3, 2), y.float())", "these are float32; .long()"),
    (
        WHOLE + "nn.BCEWithLogitsLoss()(torch.randn(3, requires_grad=True), y).backward()",
        "Of a loss like BCEWithLogitsLoss those are the targets",
    ),
    (WHOLE + "F.binary_cross_entropy(torch.rand(3), y)", "convert the targets"),
    (WHOLE + "F.binary_cross_entropy_with_logits(torch.randn(3), y > 0)", "can't be subtracted"),
    # other operations
    (DOUBLE + "x @ torch.ones(4)", "need one dtype"),
    (DOUBLE + "torch.dot(x[0], torch.ones(4))", "here they are float64 and float32"),
    (DOUBLE + "x @ torch.ones(4, 2)", "here they are float64 and float32"),
    (DOUBLE + "x @ torch.ones(4, 2, dtype=torch.long)", "here they are float64 and int64"),
    (WHOLE + "(y == 1) - (y == 0)", "Booleans can't be subtracted"),
    ("np.ones(3, dtype=bool) - np.ones(3, dtype=bool)", "Booleans can't be subtracted"),
    ("-torch.ones(3, dtype=torch.bool)", "Booleans can't be subtracted"),
    (WHOLE + "y.std()", "needs floating-point numbers"),
    (WHOLE + "torch.zeros(3).scatter_(0, y, torch.ones(3).double())", "need one dtype"),
    (WHOLE + "torch.zeros(3).masked_fill(y, 0.0)", "A mask must be boolean"),
    (WHOLE + "torch.where(y.float(), 1.0, 0.0)", "A mask must be boolean"),
    (WHOLE + "torch.zeros(3).index_select(0, y.float())", "must be int64"),
    ("torch.from_numpy([1, 2])", "takes arrays of NumPy and got list"),
    ("torch.tensor(np.array(['a', 'b']))", "this array holds texts"),
    ("w = torch.ones(3, requires_grad=True)\nw.grad = torch.ones(3).double()", "another dtype"),
]


@pytest.mark.parametrize(("source", "said"), RAISED, ids=[source[-40:] for source, _ in RAISED])
def test_a_mismatch_of_dtypes_is_explained(source: str, said: str) -> None:
    """The sentence names both, as people write them, or what to convert."""
    crash = crash_of(source)
    assert said in crash.explanation, (str(crash), crash.explanation)


OTHERS = [
    (
        "Input and hidden tensors are not at the same device, found input tensor at cuda:0",
        "the hidden tensors of a recurrent layer are on two devices",
    ),
    ("Expected a 'cuda' device type for generator but found 'cpu'", "Generator(device='cuda')"),
    ("cannot pin 'torch.cuda.FloatTensor' only dense CPU tensors can be pinned", "pin_memory"),
    ("Cannot re-initialize CUDA in forked subprocess. To use CUDA with", "num_workers=0"),
    ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "memory is"),
    ("attempting to assign a gradient with device type 'cpu' to a tensor with", "tensor.device"),
    ("input must have the type torch.float32, got type torch.float64", "input is float64"),
    ("mixed dtype (CPU): expect parameter to have scalar type of Float", "A normalisation"),
]
DEVICES = [
    "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu",
    "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
    "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
    "torch.cat(): all input tensors must be on the same device. Received cuda:0 and cpu",
    "expected self and mask to be on the same device, but got mask on cpu and self on cuda:0",
    "Expected object of device type cuda but got device type cpu for argument #2 'target'",
    "Tensor for argument #2 'weight' is on CPU, but expected it to be on GPU",
    "Tensor for argument weight is on cpu but expected on mps",
]


@pytest.mark.parametrize(
    ("message", "said"), [*OTHERS, *((text, "must be on one device") for text in DEVICES)]
)
def test_a_mismatch_of_devices_or_versions_is_explained(message: str, said: str) -> None:
    """What only a GPU, or an older torch, says: by its text."""
    explanation = explain(Crash(type="RuntimeError", message=message))
    assert said in explanation


def test_a_known_dtype_is_not_taken_for_another_error() -> None:
    """A product of shapes that don't fit, and words like float elsewhere, keep their sentences."""
    crash = crash_of("torch.ones(2, 3) @ torch.ones(2, 3).double()")
    assert "dtype" not in crash.explanation or "float64" in crash.explanation
    assert "once had float" in crash_of("np.float").explanation
