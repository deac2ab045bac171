"""Errors about tensors that don't go together: of two dtypes, or on two devices.

What torch names in C++ (``double``, ``long int``) is named here as people write it.
"""

from __future__ import annotations

import re

from grader.crashes.rows import Row, row
from grader.model import Crash

_NAMES = {
    "float": "float32",
    "double": "float64",
    "int": "int32",
    "long": "int64",
    "long int": "int64",
    "short": "int16",
    "unsigned char": "uint8",
    "signed char": "int8",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "ComplexFloat": "complex64",
    "Float": "float32",
    "Double": "float64",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Byte": "uint8",
    "Char": "int8",
    "Bool": "bool",
}
_FLOAT = "(arrays of NumPy often come as float64, and lists of whole numbers as int64)"
_TYPE = r"(?:c10::)?(?P<{}>\w+(?: \w+)?)"


def _name(text: str) -> str:
    return _NAMES.get(text, text)


def _layer(found: re.Match[str], _: Crash) -> str:
    """A layer whose weights have another dtype than its input."""
    got, own = _name(found["a"]), _name(found["b"])
    cure = "x.float() converts it" if own == "float32" else f"x.to(torch.{own}) converts it"
    hint = f" {_FLOAT}" if own == "float32" and got in ("float64", "int64") else ""
    return f"The layer's weights are {own}, and its input is {got}: {cure}{hint}."


def _product(found: re.Match[str], _: Crash) -> str:
    """Both sides of a product."""
    return (
        "Both sides of a product need the same dtype, and here they are "
        f"{_name(found['a'])} and {_name(found['b'])}; convert one of them (.float() gives "
        "float32; arrays of NumPy often come as float64)."
    )


_A, _B = _TYPE.format("a"), _TYPE.format("b")
_DEVICES = (
    "The tensors of one operation must be on one device, and these are not: move the model and "
    "every batch with .to(device), and make new tensors there (device=x.device)."
)

MISMATCHES: tuple[Row, ...] = (
    # dtypes of a layer and its input
    row(rf"Input type \({_A}\) and (?:bias|weight) type \({_B}\) should be the same", _layer),
    row(
        r"RNN input dtype \(torch\.(?P<a>\w+)\) does not match weight dtype \(torch\.(?P<b>\w+)\)",
        _layer,
    ),
    row(r"input must have the type torch\.(?P<b>\w+), got type torch\.(?P<a>\w+)", _layer),
    row(
        r"mixed dtype \(CPU\)",
        "A normalisation takes inputs of the dtype of its weights, which is float32 as a rule; "
        f"x.float() converts the input {_FLOAT}.",
    ),
    row(
        r"get_mkldnn_dtype: unsupported data type",
        "A layer got numbers of a dtype that it doesn't calculate with: its input, and the first "
        "states of a recurrent layer, must be float32 as its weights are (.float()).",
    ),
    # of a product
    row(
        rf"(?:mat1 and mat2|self and mat2) must have the same dtype, but got {_A} and {_B}\Z",
        _product,
    ),
    row(rf"expected m1 and m2 to have the same dtype, but got: {_A} != {_B}\Z", _product),
    row(rf"both vectors to have same dtype, but found {_A} and {_B}\Z", _product),
    # of any operation
    row(
        r"result type (?P<a>\w+) can't be cast to the desired output type "
        r"(?P<b>Long|Int|Byte|Bool)",
        "The result is {a} and can't be stored in a tensor of {b}: make that tensor floating-point "
        "first (.float()). Of a loss like BCEWithLogitsLoss those are the targets.",
    ),
    row(
        r"(?:must|to) have (?:the )?same (?:dtype|scalar type)|must share same datatype|"
        r"Expected self\.dtype to be equal to src\.dtype|source and destination dtypes match|"
        r"expected dtype \w+ for `\w+` but got dtype|Type promoting not supported",
        "The tensors of this operation need one dtype, and these have several: .float() makes "
        "float32, .long() int64, and x.to(y.dtype) the one of another tensor.",
    ),
    row(
        r"(?:[Ss]ubtract|Negat)\w*, the `-` operator, (?:with|on|is) .*(?:bool tensor|supported)",
        "Booleans can't be subtracted: .float() makes numbers 0 and 1 of them. Of a loss those may "
        "be its targets.",
    ),
    row(
        r"only supports? floating[- ]point|Expected a floating point or complex tensor as input|"
        r"must be either float or double dtype",
        "This operation needs floating-point numbers, and this tensor holds whole ones or "
        "booleans; convert it with .float().",
    ),
    row(
        r"Expected dtype int32 or int64 for index|dtype of indices should be Long",
        "The index of this operation must be int64; .long() converts it.",
    ),
    row(
        r"only supports boolean masks|expected condition to be a boolean tensor",
        "A mask must be boolean, and this one is of another dtype: a comparison (x > 0) makes one, "
        "and .bool() converts one of zeros and ones.",
    ),
    row(
        r"can't convert np\.ndarray of type numpy\.str_",
        "A tensor holds numbers, and this array holds texts: make numbers of them first "
        "(astype(np.float32)), or class numbers.",
        "TypeError",
    ),
    row(
        r"expected np\.ndarray \(got (?P<got>[\w.]+)\)",
        "torch.from_numpy takes arrays of NumPy and got {got}; torch.tensor(…) takes numbers and "
        "lists.",
        "TypeError",
    ),
    row(
        r"attempting to assign a gradient with dtype|assigned grad has data of a different type",
        "The gradient that is assigned has another dtype than its tensor; convert it with "
        ".to(tensor.dtype).",
    ),
    # devices
    row(
        r"attempting to assign a gradient with device|"
        r"assigned grad has data located on a different device",
        "The gradient that is assigned is on another device than its tensor; move it with "
        ".to(tensor.device).",
    ),
    row(
        r"Expected a '(?P<a>\w+)' device type for generator but found '(?P<b>\w+)'",
        "A generator draws on its own device, and this one is on the {b}, where the numbers are "
        "wanted on the {a}: make it with torch.Generator(device='{a}').",
    ),
    row(
        r"Input and (?P<what>hidden|parameter) tensors are not at the same device",
        f"The input and the {{what}} tensors of a recurrent layer are on two devices. {_DEVICES}",
    ),
    row(
        r"on the same device as the indexed tensor|to be on (?:the )?same device|"
        r"must be on (?:the )?same device|Expected object of device type|"
        r"is on (?:CPU|cpu), but expected it to be on GPU|is on cpu but expected on mps|"
        r"Placeholder storage has not been allocated on MPS",
        _DEVICES,
    ),
    row(
        r"cannot pin '\S+' only dense CPU tensors can be pinned",
        "pin_memory=True is for data in the CPU's memory, and this data set holds tensors on the "
        "GPU: leave it out, or keep the data on the CPU and move each batch.",
    ),
    row(
        r"Cannot re-initialize CUDA in forked subprocess",
        "The workers of a DataLoader can't use the GPU: let the data set give tensors on the CPU, "
        "move each batch in the loop, or use num_workers=0.",
    ),
    row(
        r"MPS framework doesn't support float64",
        "This GPU has no float64: make float32 of it first (.float()); arrays of NumPy often come "
        "as float64.",
    ),
    row(
        r"CUBLAS_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED)",
        "The GPU couldn't begin a product of matrices: its memory is full as a rule, so use "
        "smaller batches; or a class number was out of range in an earlier line, which the CPU "
        "names.",
    ),
)
