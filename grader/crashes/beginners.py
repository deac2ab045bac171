"""Errors that beginners meet often, told by what they mostly come from.

They stand before the others in the table, where one of them is a special case.
"""

from __future__ import annotations

from grader.crashes import habits
from grader.crashes.rows import Row, row

_WORKERS = (
    "A process that loads data for the loader has failed, and the reason stands further down in "
    "the message, or nowhere. With DataLoader(…, num_workers=0) the data is loaded in the program "
    "itself, and the error is that of the line in the data set."
)

BEGINNERS: tuple[Row, ...] = (
    # loaders and data sets
    row(
        r"'DataLoader' object is not an iterator",
        "next() takes an iterator, and a loader makes one: next(iter(loader)) gives a batch.",
        "TypeError",
    ),
    row(
        r"'DataLoader' object is not subscriptable",
        "A loader gives its batches one after the other and has no numbers for them: "
        "next(iter(loader)) gives a batch, loader.dataset[0] one sample.",
        "TypeError",
    ),
    row(
        r"Size mismatch between tensors",
        "The tensors of a TensorDataset must have equally many rows, one label for each input: "
        "compare len(…) of each.",
        "AssertionError",
    ),
    row(
        r"stack expects each tensor to be equal size, but got \[(?P<a>[\d, ]*)\] at entry 0 and "
        r"\[(?P<b>[\d, ]*)\]",
        "Tensors that are stacked, as those of one batch are, need equal shapes; here are [{a}] "
        "and [{b}]. Images are brought to one size by transforms.Resize((height, width)), series "
        "by padding.",
    ),
    row(r"DataLoader worker \(pid|in DataLoader worker process", _WORKERS),
    row(r"too many values to unpack \(expected (?P<a>\d+)\)", habits.too_many, "ValueError"),
    # images
    row(
        r"expected input\[(?P<n>\d+), (?P<h>\d+), (?P<w>\d+), (?P<c>\d+)\] to have (?P<want>\d+) "
        r"channels, but got (?P<got>\d+) channels",
        habits.channels,
    ),
    row(
        r"output with shape \[1, (?P<size>\d+, \d+)\] doesn't match the broadcast shape "
        r"\[3, (?P=size)\]",
        "The image has one channel, and the operation is given three values, as Normalize with "
        "three means is: a grey image needs one mean and one deviation, Normalize([m], [s]).",
    ),
    row(
        r"Input type \(unsigned char\) and (?:bias|weight) type \(float\) should be the same",
        "The layer calculates with float32, and the pixels are whole numbers from 0 to 255: "
        "ToTensor() makes numbers from 0 to 1 of them, and so does x.float() / 255.",
    ),
    row(
        r"Invalid shape \(1, (?P<h>\d+), (?P<w>\d+)\) for image data",
        "imshow takes (height, width), and this image has its one channel first: image.squeeze() "
        "leaves it out.",
        "TypeError",
    ),
    row(
        r"Invalid shape \((?P<c>3|4), (?P<h>\d+), (?P<w>\d+)\) for image data",
        "imshow takes the channels last, (height, width, {c}), and torch has them first: "
        "image.permute(1, 2, 0).",
        "TypeError",
    ),
    row(
        r"x and y must have same first dimension, but have shapes \((?P<a>\d+),[\d, ]*\) and "
        r"\((?P<b>\d+),[\d, ]*\)",
        "A plot needs a y for each x, and there are {a} values and {b}; plot(y) alone counts the "
        "x by itself.",
        "ValueError",
    ),
    # dtypes
    row(
        r"can't convert np\.ndarray of type numpy\.object_",
        "A tensor holds numbers of one kind, and this array holds Python objects: texts, gaps or "
        "rows of different lengths are in it. Make numbers of all columns first "
        "(astype(np.float32)), and see which one refuses.",
        "TypeError",
    ),
    row(
        r"Expected tensor for argument #1 'indices' to have one of the following scalar types",
        "An embedding looks its input up in a table, so it takes whole numbers (int64), and these "
        "are of another dtype; .long() converts them.",
    ),
    row(
        r"'lengths' argument should be a 1D CPU int64 tensor",
        "lengths needs one whole number for each sequence of the batch, as a list or as an int64 "
        "tensor on the CPU (lengths.cpu()).",
    ),
    row(
        r"unsupported format string passed to Tensor\.__format__",
        "A tensor of several numbers has no format such as .2f: format one number (.item(), after "
        ".mean() perhaps), or print the tensor as it is.",
        "TypeError",
    ),
    # modules, optimizers, schedules
    row(
        r"can only optimize Tensors, but one of the params is (?P<name>torch\.nn\.[\w.]+)",
        habits.layers_for_parameters,
    ),
    row(
        r"^'module' object is not callable",
        habits.module_called,
        "TypeError",
    ),
    row(
        r"Expected state_dict to be dict-like, got <class '(?P<kind>\w+)'>",
        habits.no_state_dict,
        "TypeError",
    ),
    row(
        r"ReduceLROnPlateau\.step\(\) missing 1 required positional argument: 'metrics'",
        "This schedule looks at a number that should fall: give it to each step, as in "
        "scheduler.step(val_loss).",
        "TypeError",
    ),
    row(
        r"__init__\(\) got an unexpected keyword argument 'verbose'",
        "torch's schedules have no verbose=… any more: leave it out, and print "
        "scheduler.get_last_lr() where you want to see the rate.",
        "TypeError",
    ),
)
