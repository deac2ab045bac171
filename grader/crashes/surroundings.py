"""Errors about where a program runs: devices, the network, files, and what torch once had.

They stand first in the table: each is recognised by words that no other error has.
"""

from __future__ import annotations

from grader.crashes import sentences
from grader.crashes.rows import Row, row

_NO_GPU = (
    "There is no GPU of the kind {name} where the program is graded: choose the device by what is "
    "there, with torch.cuda.is_available() or torch.backends.mps.is_available(), and else the CPU."
)

SURROUNDINGS: tuple[Row, ...] = (
    # devices
    row(r"PyTorch is not linked with support for (?P<name>\w+) devices", _NO_GPU),
    row(r"Torch not compiled with (?P<name>XPU|MPS|HIP|MTIA) enabled", _NO_GPU),
    row(r"Cannot execute \w+\(\) without (?P<name>MPS) backend", _NO_GPU),
    row(
        r"Could not run '\S+' with arguments from the '(?P<name>MPS|XPU|XLA|HPU|HIP|CUDA)' backend",
        _NO_GPU,
    ),
    row(
        r"device type at start of device string: (?P<name>\w+)",
        "{name} is no name of a device: one GPU is 'cuda', and 'cpu' is always there.",
        "RuntimeError",
    ),
    # with
    row(
        r"'(?P<kind>type|function|builtin_function_or_method|method)' object does not support the "
        r"context manager protocol",
        sentences.without_parentheses,
        "TypeError",
    ),
    # the network
    row(
        r"urlopen error|name resolution|Name or service not known|Max retries exceeded|"
        r"Network is unreachable|no internet connection|Failed to establish a new connection|"
        r"couldn't connect to 'http",
        "There is no network where programs are graded, so nothing can be downloaded: hand in a "
        "program that needs the file and torch's own data only. MNIST is there; pretrained weights "
        "and other data sets are not.",
    ),
    row(
        r"Dataset not found(?: or corrupted)?\. You can use download=True",
        "This data set is not there where programs are graded, and there is no network to get it "
        "by. torchvision.datasets.MNIST is served where an exercise is about it; no other is.",
    ),
    row(r"Operation not permitted", sentences.refused, "PermissionError"),
    row(
        r"no display name and no \$DISPLAY|couldn't connect to display|cannot connect to X server",
        "There is no screen where programs are graded, so no window can be opened: plots are drawn "
        "into memory, and everything else of a window has to go.",
    ),
    row(r"No such file or directory\Z", sentences.a_pool, "FileNotFoundError"),
    # files
    row(
        r"Read-only file system|strerror: (?:Read-only|Permission denied)|"
        r"Permission denied: '(?P<name>[^']*)'",
        "This place can't be used where programs are graded: only the folder that the program runs "
        "in can be written to. Use a path relative to it, such as 'best.pt'.",
    ),
    row(
        r"Parent directory (?P<name>\S+) does not exist",
        "The folder {name} is not there: make it first (os.makedirs), or use a path without a "
        "folder, such as 'best.pt'.",
        "RuntimeError",
    ),
    # what torch, NumPy and matplotlib once had
    row(
        r"'(?P<name>\w*DataLoaderIter|\w*iterator|generator|enumerate|map|zip|filter)' object has "
        r"no attribute 'next'",
        "Iterators have no method next any more: next(…) takes the next item, as in "
        "next(dataiter) for dataiter.next().",
        "AttributeError",
    ),
    row(
        r"module 'numpy' has no attribute '(?P<name>int|float|bool|object|str|complex|long)'",
        "NumPy once had {name} as another name of Python's own type and has it no more: write "
        "{name} without np., or a type with a size (np.int64, np.float32).",
        "AttributeError",
    ),
    row(
        r"module 'torchvision.transforms' has no attribute '(?P<name>Scale|RandomSizedCrop)'",
        "torchvision has renamed {name}: Scale is Resize now, and RandomSizedCrop is "
        "RandomResizedCrop.",
        "AttributeError",
    ),
    row(
        r"This function was deprecated since version [\d.]+ and is now removed",
        "torch has this function no more: the message names the one in its place, most often of "
        "torch.linalg.",
        "RuntimeError",
    ),
    row(
        r"'seaborn[\w-]*' is not a valid package style",
        "matplotlib has renamed seaborn's styles: 'seaborn-v0_8' in the place of 'seaborn'.",
        "OSError",
    ),
    row(
        r"Weights only load failed",
        "torch.load reads tensors alone unless it is told otherwise: save model.state_dict() and "
        "not the model itself. weights_only=False runs whatever stands in the file, so it is only "
        "for a file of your own.",
    ),
    # data
    row(
        r"num_samples should be a positive integer value, but got num_samples=0",
        "The data set that is to be shuffled has no samples: a slice or a range that begins behind "
        "the last sample is empty, so ask len(data) for their number.",
        "ValueError",
    ),
    row(
        r"Sum of input lengths does not equal the length of the input dataset",
        "random_split needs lengths whose sum is len(data), or fractions whose sum is 1.",
        "ValueError",
    ),
    # class numbers where a loss needs scores
    row(
        r"\"(?P<kind>mse|smooth_l1|huber|binary_cross_entropy|log_sigmoid|kl_div|l1)\w*\" not "
        r"implemented for '(?P<a>Bool|Byte|Char|Short|Int|Long)'",
        "The predictions of this loss are whole numbers ({a}), as class numbers are, and no "
        "gradient comes through them (argmax, a comparison and .long() cut it): give the loss the "
        "raw scores.",
    ),
    row(
        r"\"(?:log_)?softmax\w*\" not implemented for '(?P<a>Bool|Byte|Char|Short|Int|Long)'",
        sentences.whole_predictions,
    ),
    row(
        r"Expected floating point type for target with class probabilities, got (?P<got>\w+)",
        sentences.class_probabilities,
    ),
    row(
        r"For 1D input, 1D target must have size 1|kl_div: Integral inputs not supported",
        "The predictions have one number a sample, as class numbers (of argmax) have, where the "
        "loss needs a score for each class: give it the raw scores.",
    ),
    # an end
    row(
        r"",
        "The program ended itself here (sys.exit, exit, quit or a required option of argparse): "
        "a function that is called must return.",
        "SystemExit",
    ),
)
