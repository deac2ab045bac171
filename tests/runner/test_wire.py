"""The wire: what may cross, and that hostile bytes are an outcome, never our exception."""

from __future__ import annotations

import contextlib
import math
import socket
import time
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model import Outcome
from grader.runner.packing import NotPlain, pack, unpack
from grader.runner.wire import (
    HEADER,
    MAX_JSON,
    NO_SEAL,
    Channel,
    WireClosed,
    WireError,
    WireMalformed,
    WireOverflow,
    WireTimeout,
)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, Channel]]:
    ours, theirs = socket.socketpair()
    channel = Channel(ours, max_blob=1 << 20)
    yield theirs, channel
    theirs.close()
    channel.close()


def soon() -> float:
    return time.monotonic() + 0.2


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@given(PLAIN)
@settings(max_examples=100, deadline=None)
def test_plain_values_cross_unchanged(value: object) -> None:
    """Numbers, text and containers arrive with the types they left with."""
    assert unpack(*pack(value)) == value


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.int64, torch.bool, torch.bfloat16]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_tensors_cross_by_value(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    """A tensor arrives with its dtype, shape and bits, and shares nothing."""
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    arrived = unpack(*pack({"x": [tensor]}))["x"][0]
    assert arrived.dtype == dtype
    assert arrived.shape == tensor.shape
    assert torch.equal(arrived, tensor)


def test_views_and_parameters_cross() -> None:
    """Transposed, expanded and leaf tensors arrive as their values."""
    base = torch.arange(6.0).reshape(2, 3)
    values = [base.T, base[:, :1].expand(2, 3), torch.nn.Parameter(base)]
    for sent, arrived in zip(values, unpack(*pack(values)), strict=True):
        assert torch.equal(arrived, sent)
        assert type(arrived) is torch.Tensor


def test_a_subclass_arrives_as_a_plain_tensor() -> None:
    """A tensor subclass that compares equal to everything loses its methods on the way."""

    class Liar(torch.Tensor):
        def __eq__(self, other: object) -> bool:  # type: ignore[override]
            return True

        __hash__ = torch.Tensor.__hash__

    arrived = unpack(*pack(torch.zeros(2).as_subclass(Liar)))
    assert type(arrived) is torch.Tensor
    assert not torch.equal(arrived, torch.ones(2))


def test_arrays_and_numpy_scalars_cross() -> None:
    """NumPy arrays stay arrays; its scalars become Python numbers."""
    array, scalar = unpack(*pack([np.arange(3), np.float32(0.5)]))
    assert isinstance(array, np.ndarray)
    assert array.tolist() == [0, 1, 2]
    assert scalar == 0.5


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, lambda: 0, torch.zeros(2).to_sparse(), torch.zeros(2, device="meta")],
)
def test_other_values_do_not_cross(value: object) -> None:
    """What is neither plain nor dense is refused by name."""
    with pytest.raises(NotPlain):
        pack(value)


@pytest.mark.parametrize(
    "value",
    [
        dict.fromkeys(range(10_001)),
        {1 << 60: None},
        {"x": 1 << 1000},
        torch.zeros(2).to(torch.float8_e4m3fn),
        np.zeros(2, dtype=[("a", "f4")]),
    ],
    ids=["many keys", "keys that collide", "a number beyond floats", "float8", "rows"],
)
def test_what_nothing_could_be_calculated_with_is_refused(value: object) -> None:
    """Neither numbers that no operation takes, nor a dict that takes minutes to be built."""
    with pytest.raises(NotPlain):
        pack(value)


@pytest.mark.parametrize(
    "plain",
    [
        {"$": "dict", "items": [[n, None] for n in range(10_001)]},
        {"$": "dict", "items": [[n * ((1 << 61) - 1), None] for n in range(9)]},
        10**400,
    ],
    ids=["many keys", "keys that collide", "a number beyond floats"],
)
def test_what_pack_refuses_is_refused_again(plain: object) -> None:
    """The other side's word for it isn't taken."""
    with pytest.raises(WireMalformed):
        unpack(plain, b"")


def test_text_that_no_file_could_hold_is_mended() -> None:
    """Half a character of two is replaced where it enters, before anybody writes it down."""
    assert unpack(["a\ud800", "b"], b"") == ["a?", "b"]


def test_a_deep_value_is_refused() -> None:
    """A value nested beyond the cap is refused before it recurses away."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(NotPlain, match="nested"):
        pack(value)


def test_a_dict_cannot_pose_as_a_tag() -> None:
    """A student's dict with our tag's key comes back as that dict."""
    posing = {"$": "ref", "id": 1}
    assert unpack(*pack(posing)) == posing


def test_frames_arrive_in_order(pair: tuple[socket.socket, Channel]) -> None:
    """Two frames sent at once are read one by one."""
    theirs, channel = pair
    sender = Channel(theirs)
    sender.send({"n": 1}, b"abc")
    sender.send({"n": 2})
    assert channel.receive(soon()) == ({"n": 1}, b"abc")
    assert channel.receive(soon()) == ({"n": 2}, b"")


@pytest.mark.parametrize(
    ("data", "error", "outcome"),
    [
        (HEADER.pack(NO_SEAL, MAX_JSON + 1, 0), WireOverflow, Outcome.OUTPUT_LIMIT),
        (HEADER.pack(NO_SEAL, 2, (1 << 20) + 1) + b"{}", WireOverflow, Outcome.OUTPUT_LIMIT),
        (HEADER.pack(NO_SEAL, 3, 0) + b"{x}", WireMalformed, Outcome.FORBIDDEN),
        (HEADER.pack(NO_SEAL, 2, 0) + b"[]", WireMalformed, Outcome.FORBIDDEN),
        (HEADER.pack(NO_SEAL, 200_000, 0) + b"[" * 200_000, WireMalformed, Outcome.FORBIDDEN),
        (HEADER.pack(NO_SEAL, 2, 0) + b"\xff\xfe", WireMalformed, Outcome.FORBIDDEN),
        (HEADER.pack(NO_SEAL, 10, 0) + b"{", WireTimeout, Outcome.TIMED_OUT),
        (b"\x00", WireTimeout, Outcome.TIMED_OUT),
    ],
)
def test_a_bad_frame_is_an_outcome(
    pair: tuple[socket.socket, Channel], data: bytes, error: type[WireError], outcome: Outcome
) -> None:
    """Too long, not JSON, not an object, cut short: each has its own error and outcome."""
    theirs, channel = pair
    theirs.sendall(data)
    with pytest.raises(error) as caught:
        channel.receive(soon())
    assert caught.value.outcome is outcome


def test_a_frame_without_the_seal_is_refused(pair: tuple[socket.socket, Channel]) -> None:
    """Who doesn't know this process's seal can't answer for it."""
    theirs, channel = pair
    channel.seal_with(b"s" * 16)
    sealed = Channel(theirs, seal=b"s" * 16)
    sealed.send({"n": 1})
    assert channel.receive(soon()) == ({"n": 1}, b"")
    Channel(theirs).send({"n": 2})
    with pytest.raises(WireMalformed, match="grader's own code"):
        channel.receive(soon())


def test_a_closed_end_is_told(pair: tuple[socket.socket, Channel]) -> None:
    """A sender that is gone, even in the middle of a frame, is not waited for."""
    theirs, channel = pair
    theirs.sendall(HEADER.pack(NO_SEAL, 100, 0) + b"{")
    theirs.close()
    with pytest.raises(WireClosed):
        channel.receive(soon())


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_blob_is_read_or_refused(blob: bytes) -> None:
    """Bytes that are no tensors raise WireMalformed and nothing else."""
    with contextlib.suppress(WireMalformed):
        unpack({"$": "tensor", "at": "0"}, blob)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["$", "items", "at", "id"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(plain: object) -> None:
    """JSON with tags of any shape raises WireMalformed and nothing else."""
    with contextlib.suppress(WireMalformed):
        unpack(plain, b"")


def test_mutated_tensors_are_read_or_refused() -> None:
    """Flipped bytes of a real answer never raise anything but WireMalformed."""
    plain, blob = pack(torch.arange(12.0).reshape(3, 4))
    generator = np.random.default_rng(7)
    for _ in range(2000):
        mutant = bytearray(blob)
        for position in generator.integers(0, len(blob), size=3):
            mutant[position] = int(generator.integers(256))
        with contextlib.suppress(WireMalformed):
            unpack(plain, bytes(mutant))
