"""The known errors: each by a stable fragment of its text, for the words around it change.

The first row that fits is the one that speaks, so what is more special stands first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.crashes import sentences
from grader.model import Crash

Say = Callable[[re.Match[str], Crash], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One known error: the exception's class (any, if empty), its text, and what to say."""

    type: str
    text: re.Pattern[str]
    say: str | Say


def _row(text: str, say: str | Say, kind: str = "") -> Row:
    return Row(kind, re.compile(text), say)


TABLE: tuple[Row, ...] = (
    # shapes
    _row(
        r"mat1 and mat2 shapes cannot be multiplied "
        r"\((?P<rows>\d+)x(?P<columns>\d+) and (?P<needed>\d+)x\d+\)",
        sentences.matmul,
    ),
    _row(
        r"size mismatch, got input \(\d+\), mat \(\d+x(?P<columns>\d+)\), vec \((?P<vector>\d+)\)",
        "The matrix has {columns} columns and the vector {vector} numbers, and a product needs "
        "these two to be equal.",
    ),
    _row(
        r"inconsistent tensor size.* but got (?P<a>\d+) and (?P<b>\d+) elements",
        "A dot product needs as many numbers on the left as on the right; here they are {a} "
        "and {b}.",
    ),
    _row(
        r"first two dimensions of batch2 tensor to be: \[(?P<n>\d+), (?P<rows>\d+)\] "
        r"but got: \[(?P<m>\d+), (?P<got>\d+)\]",
        "The product of batches needs {n} matrices with {rows} rows on the right, as the left "
        "ones have {rows} columns; it got {m} matrices with {got} rows.",
    ),
    _row(
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\) "
        r"at non-singleton dimension (?P<dim>\d+)",
        "Two tensors are combined element by element, and along dimension {dim} one has {a} "
        "entries and the other {b}: the numbers must be equal, or one of them 1.",
    ),
    _row(
        r"output with shape \[(?P<a>[\d, ]*)\] doesn't match the broadcast shape "
        r"\[(?P<b>[\d, ]*)\]",
        "An in-place operation keeps the shape [{a}], and the result would have the shape [{b}].",
    ),
    _row(
        r"The expanded size of the tensor \((?P<a>-?\d+)\) must match the existing size "
        r"\((?P<b>\d+)\)",
        "A tensor with {b} entries along one dimension can't fill {a} there; only a dimension of "
        "size 1 is repeated.",
    ),
    _row(
        r"shape '\[(?P<shape>[-\d, ]*)\]' is invalid for input of size (?P<size>\d+)",
        "The tensor has {size} numbers, and they can't be arranged in the shape [{shape}].",
    ),
    _row(
        r"view size is not compatible with input tensor's size and stride",
        "view() can't cut a tensor whose numbers are not in order in memory, as after a "
        "transposition; reshape() can.",
    ),
    _row(
        r"weight of size \[(?P<weight>[\d, ]+)\], expected input\[(?P<shape>[\d, ]+)\] to have "
        r"(?P<want>\d+) channels, but got (?P<got>\d+) channels",
        "The convolution takes inputs with {want} channels and got {got}; it read the input as "
        "(batch, channels, …) = [{shape}].",
    ),
    _row(
        r"Expected \dD \(unbatched\) or (?P<dims>\d)D \(batched\) input to (?P<conv>\w+), but got "
        r"input of size: \[(?P<shape>[\d, ]*)\]",
        "{conv} takes a batch with {dims} dimensions, (batch, channels, …), and got the shape "
        "[{shape}].",
    ),
    _row(
        r"Kernel size: \((?P<kernel>[^)]*)\)\. Kernel size can't be greater than actual input size",
        "The input has become smaller than the kernel ({kernel}) by the time it gets here: pad "
        "it, or shrink it less before.",
    ),
    _row(
        r"Output size is too small",
        "The input is already too small for this layer to shrink it further.",
    ),
    _row(
        r"input\.size\(-1\) must be equal to input_size\. Expected (?P<a>\d+), got (?P<b>\d+)",
        "The recurrent layer takes inputs with {a} numbers in the last dimension and got {b}.",
    ),
    _row(
        r"running_mean should contain (?P<a>\d+) elements not (?P<b>\d+)",
        "The batch norm was made for {b} features and got {a}.",
    ),
    _row(
        r"expected (?P<a>[\w ]+?) input \(got (?P<b>\w+) input\)",
        "The layer takes {a} inputs and got {b}: check the shape, and whether the layer is the "
        "one for images or the one for rows.",
    ),
    _row(
        r"Expected more than 1 value per channel when training",
        "In training mode batch norm needs more than one sample to measure a spread; use eval() "
        "for a single sample, or drop a last batch of one (drop_last=True).",
    ),
    _row(
        r"Sizes of tensors must match except in dimension (?P<dim>\d+)\. Expected size (?P<a>\d+) "
        r"but got size (?P<b>\d+)",
        "torch.cat along dimension {dim} needs tensors that agree in all other dimensions; here "
        "one has {a} entries and another {b}.",
    ),
    _row(
        r"stack expects each tensor to be equal size, but got \[(?P<a>[\d, ]*)\] at entry \d+ and "
        r"\[(?P<b>[\d, ]*)\]",
        "Tensors that are stacked, as those of one batch are, need equal shapes; here are [{a}] "
        "and [{b}].",
    ),
    _row(
        r"Dimension out of range \(expected to be in range of \[(?P<low>-?\d+), (?P<high>-?\d+)\], "
        r"but got (?P<dim>-?\d+)\)",
        sentences.reached,
    ),
    _row(
        r"index (?P<index>-?\d+) is out of bounds for (?:dimension|axis) (?P<dim>\d+) with size "
        r"(?P<size>\d+)",
        sentences.index,
    ),
    _row(
        r"too many indices for tensor of dimension (?P<dims>\d+)",
        "The tensor has {dims} dimension(s), and the brackets name more.",
    ),
    _row(
        r"invalid index of a 0-dim tensor",
        "The tensor is a single number without entries; .item() gives its value.",
    ),
    _row(
        r"The shape of the mask \[(?P<a>[\d, ]*)\] at index \d+ does not match the shape of the "
        r"indexed tensor \[(?P<b>[\d, ]*)\]",
        "A mask needs the shape of what it chooses from; here they are [{a}] and [{b}].",
    ),
    _row(
        r"index out of range in self",
        "An index is beyond the last row of the table that it looks into; for an embedding, all "
        "must be below num_embeddings.",
    ),
    _row(r"iteration over a 0-d tensor", "The tensor is a single number: nothing to loop over."),
    _row(
        r"expected sequence of length (?P<a>\d+) at dim \d+ \(got (?P<b>\d+)\)",
        "The rows of this list have different lengths ({a} and {b}); a tensor needs equal ones.",
    ),
    # dtypes
    _row(
        r"mat1 and mat2 must have the same dtype, but got (?P<a>\w+) and (?P<b>\w+)",
        "Both sides of a product need the same dtype, and here they are {a} and {b}; convert one "
        "of them (.float() gives float32; arrays of NumPy often come as float64).",
    ),
    _row(
        r"expected m1 and m2 to have the same dtype, but got: (?P<a>\w+) != (?P<b>\w+)",
        "Both sides of a product need the same dtype, and here they are {a} and {b}; convert one "
        "of them (.float() gives float32; arrays of NumPy often come as float64).",
    ),
    _row(
        r"expected target dtype to be Long or Byte, but got (?P<got>\w+)",
        "Targets of this loss are class numbers of dtype int64, and these are {got}; .long() "
        "converts them.",
    ),
    _row(
        r"expected scalar type (?P<a>\w+) but found (?P<b>\w+)",
        "This operation needs a tensor of dtype {a} and got {b}; class numbers are int64 "
        "(.long()), inputs and weights float32 (.float()).",
    ),
    _row(
        r"Found dtype (?P<b>\w+) but expected (?P<a>\w+)",
        "Predictions and targets of this loss need the same dtype: {a} was expected and {b} "
        "found; convert the targets, for example with .float().",
    ),
    _row(
        r"Expected floating point type for target with class probabilities, got (?P<got>\w+)",
        "Targets in the shape of the logits are read as probabilities and must be floating-point, "
        "and these are {got}; class numbers have the shape (N,).",
    ),
    _row(
        r"0D or 1D target tensor expected, multi-target not supported",
        "The targets must be one class number for each sample, shape (N,), and have more "
        "dimensions here; squeeze them, or take the argmax if they are one-hot.",
    ),
    _row(
        r"Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)",
        "The loss got predictions for {a} samples and targets for {b}: something before it has "
        "changed the number of rows.",
    ),
    _row(r"Target (?P<target>-?\d+) is out of bounds", sentences.target),
    _row(
        r"Using a target size \(torch\.Size\(\[(?P<b>[\d, ]*)\]\)\) that is different to the input "
        r"size \(torch\.Size\(\[(?P<a>[\d, ]*)\]\)\)",
        "Predictions of shape [{a}] are compared with targets of shape [{b}]; reshape one of them "
        "so that they agree.",
    ),
    _row(
        r"Target size \(torch\.Size\(\[(?P<b>[\d, ]*)\]\)\) must be the same as input size "
        r"\(torch\.Size\(\[(?P<a>[\d, ]*)\]\)\)",
        "Predictions of shape [{a}] are compared with targets of shape [{b}]; reshape one of them "
        "so that they agree.",
    ),
    _row(
        r"all elements of (?:input|target) should be between 0 and 1",
        "Binary cross-entropy takes probabilities from 0 to 1, and some numbers here lie outside "
        "or are NaN; raw outputs go through a sigmoid first, or into BCEWithLogitsLoss.",
    ),
    _row(
        r"result type (?P<a>\w+) can't be cast to the desired output type (?P<b>\w+)",
        "The result is {a} and would have to be stored in a tensor of {b}; make that tensor "
        "floating-point first (.float()).",
    ),
    _row(
        r"could not infer output dtype\. Input dtype must be either a floating point or complex",
        "A mean needs floating-point numbers, and this tensor holds whole ones or booleans; "
        "convert it with .float().",
    ),
    _row(
        r"\" not implemented for '(?P<a>\w+)'",
        "This operation is not available for tensors of dtype {a} here; convert the tensor first, "
        "for example with .float().",
    ),
    _row(
        r"tensors used as indices must be long",
        "Indices must be whole numbers (int64) or booleans, and these are of another dtype.",
    ),
    _row(
        r"Expected dtype int(?:32/int)?64 for index",
        "The index of this operation must be int64; .long() converts it.",
    ),
    _row(
        r"one_hot is only applicable to index tensor",
        "one_hot takes class numbers of dtype int64; .long() converts them.",
    ),
    _row(
        r"Class values must be smaller than num_classes",
        "A class number is as large as num_classes or larger; they run from 0 to num_classes - 1.",
    ),
    _row(
        r"Only Tensors of floating point and complex dtype can require gradients",
        "Whole numbers have no gradient: write them with a point (1.0) or give "
        "dtype=torch.float32.",
    ),
    # gradients
    _row(
        r"can't optimize a non-leaf Tensor",
        "The optimizer got a tensor that was computed from another one (not a leaf), which "
        "collects no gradient: make the values first, then set requires_grad on the result.",
    ),
    _row(
        r"optimizer got an empty parameter list",
        "The optimizer got no parameters: a plain list of layers is not registered with the model "
        "(nn.ModuleList is), and a generator of parameters is empty after it was read once.",
    ),
    _row(
        r"params argument given to the optimizer should be an iterable of Tensors",
        "The optimizer takes several parameters and got one tensor; put it in a list.",
    ),
    _row(
        r"optimizer can only optimize Tensors, but one of the params is (?P<name>[\w.]+)",
        "The optimizer takes a flat list of tensors, and one entry of this list is a {name}.",
    ),
    _row(r"(?P<name>\S+) is not an Optimizer", "A scheduler takes the optimizer, not a {name}."),
    _row(
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A tensor that collects gradients is changed in place while autograd records; do an "
        "update of parameters inside torch.no_grad().",
    ),
    _row(
        r"Trying to backward through the graph a second time",
        "backward() went a second time through a graph that the first one has freed: compute the "
        "loss anew for every backward(), and detach what is carried over from an earlier step.",
    ),
    _row(
        r"does not require grad and does not have a grad_fn",
        "The loss depends on no tensor that requires grad: either the parameters don't, or the "
        "graph was cut on the way (no_grad, detach, .data, .item(), argmax, torch.tensor(…)).",
    ),
    _row(
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from a single number, and this tensor holds several: take its mean or "
        "its sum first.",
    ),
    _row(
        r"has been modified by an inplace operation",
        "A tensor that backward() still needs was changed in place after its use: make a new one "
        "instead (y = y + 1, not y += 1), and update parameters only after backward().",
    ),
    _row(
        r"appears to not have been used in the graph",
        "A tensor was asked for its gradient that the result does not depend on.",
    ),
    _row(
        r"you can only change requires_grad flags of leaf variables",
        "requires_grad can be set only on a tensor that was not computed from others that require "
        "it; detach() gives one without its history.",
    ),
    _row(
        r"support the deepcopy protocol",
        "A tensor that is the result of a computation with gradients can't be deep-copied; "
        ".detach().clone() copies its values.",
    ),
    _row(
        r"Inference tensors cannot be saved for backward",
        "A tensor made under torch.inference_mode() is used in training; make it outside, or use "
        "torch.no_grad().",
    ),
    _row(
        r"Can't call numpy\(\) on Tensor that requires grad",
        "A tensor with a gradient history can't become an array of NumPy (plots need that too); "
        "take .detach() first.",
    ),
    _row(
        r"attempting to assign a gradient of size",
        "A gradient must have the shape of its tensor, and this one has another.",
    ),
    # one value or many
    _row(r"Boolean value of Tensor with more than one value", sentences.ambiguous),
    _row(
        r"The truth value of an array with more than one element is ambiguous",
        "An array of several values stands where Python needs one yes or no; reduce it first with "
        ".all() or .any().",
    ),
    _row(r"a Tensor with (?P<count>\d+) elements cannot be converted to Scalar", sentences.several),
    _row(
        r"only one element tensors can be converted|only integer tensors of a single element",
        sentences.several,
    ),
    _row(
        r"only (?:size-1|0-dimensional|length-1) arrays can be converted",
        "An array with several elements stands where one number is needed.",
    ),
    # devices
    _row(
        r"Expected all tensors to be on the same device|is not on the expected device|"
        r"Input type \([\w.]+\) and weight type \([\w.]+\) should be the same",
        "The tensors of one operation must be on one device and of one type, and these are not: "
        "move the model and every batch with .to(device).",
    ),
    _row(
        r"can't convert \S+ device type tensor to numpy",
        "NumPy works in the CPU's memory only; take .cpu() first.",
    ),
    _row(
        r"Found no NVIDIA driver|not compiled with CUDA enabled|No CUDA GPUs are available|"
        r"CUDA is not available|torch\.cuda\.is_available\(\) is False",
        "There is no GPU where the program is graded: choose the device by "
        "torch.cuda.is_available(), and load files with map_location.",
    ),
    _row(
        r"device-side assert triggered",
        "A number that the GPU used as an index was out of range, most often a class number that "
        "is negative or not below the number of classes. The GPU tells late, so the cause may be "
        "an earlier line: run it with the device set to the CPU, which names the line.",
    ),
    _row(
        r"CUDA error: (?:an illegal|misaligned|unspecified launch|the launch timed out)",
        "A computation on the GPU went wrong and ended all others with it. The GPU tells late, so "
        "the cause may be an earlier line: run it with the device set to the CPU, which names it.",
    ),
    _row(
        r"CUDA (?:error: )?out of memory",
        "The GPU's memory is full: use smaller batches, torch.no_grad() for validation, and "
        "loss.item() for what is only kept to be printed.",
    ),
    _row(
        r"CUDA error: invalid device ordinal",
        "The program asks for a GPU that isn't there: a graded program sees one at most, and its "
        "name is cuda or cuda:0.",
    ),
    # modules
    _row(
        r"cannot assign \w+ before Module\.__init__\(\) call",
        "The module is not set up yet when this is assigned: call super().__init__() at the "
        "beginning of __init__.",
    ),
    _row(
        r"'(?P<name>\w+)' object has no attribute "
        r"'_(?:parameters|modules|buffers|(?:backward|forward)(?:_pre)?_hooks)'",
        sentences.not_set_up,
        "AttributeError",
    ),
    _row(
        r"Module \[(?P<name>\w+)\] is missing the required \"forward\" function",
        sentences.without_forward,
    ),
    _row(
        rf"'(?P<name>{sentences.LOSSES})' object has no attribute '(?P<what>\w+)'",
        "{name} is the loss object, not its value: make it once without the batch, call it with "
        "predictions and targets, and use what the call returns.",
        "AttributeError",
    ),
    _row(
        r"cannot assign '(?P<kind>\S+)' as parameter '(?P<name>\w+)'",
        "{name} is a registered parameter, and a {kind} can't take its place: wrap it in "
        "nn.Parameter, or copy values into the old one under torch.no_grad().",
    ),
    _row(
        r"(?P<name>\S+) is not a Module subclass",
        "nn.Sequential and the like take layer objects one by one, and {name} is none: a class "
        "needs its (), a function its layer (nn.ReLU()), a list a * before it.",
    ),
    _row(r"Error\(s\) in loading state_dict", sentences.state_dict),
    # None, and other things that are not what they seem
    _row(r"'NoneType' object (?:has no attribute '(?P<use>\w+)'|is not)", sentences.no_value),
    _row(r"unsupported operand type\(s\) for (?P<use>\S+?):? .*'NoneType'", sentences.no_value),
    _row(
        r"must be Tensor, not NoneType",
        "A tensor is needed here and None was given: a function or forward() without a return "
        "gives None.",
    ),
    _row(
        r"must be Tensor, not (?P<name>[\w.]+)",
        "A tensor is needed here and a {name} was given; torch.tensor(…) makes one of numbers, "
        "lists and arrays, and of a tuple of tensors one is to be chosen.",
    ),
    _row(
        r"'(?:float|int)' object has no attribute '(?P<what>backward|item|detach|grad)'",
        "This is a plain number and no tensor any more (.item(), float() or a sum of such gives "
        "that), so it has no .{what}.",
    ),
    _row(
        r"'bool' object has no attribute",
        "The comparison gave one True or False and no tensor of them: not both sides are tensors "
        "(max(dim=…), for example, returns values and indices).",
    ),
    _row(
        r"'tuple' object has no attribute '(?P<what>\w+)'|"
        r"'torch\.return_types\.\w+' object has no attribute",
        "Several values in one tuple stand here, not one tensor; unpack them or choose one by its "
        "number.",
    ),
    _row(
        r"'(?:method|function|builtin_function_or_method)' object (?:is not|has no)",
        "A function stands here that was not called: write () after its name to get its result.",
    ),
    _row(
        r"'generator' object is not subscriptable|object of type 'generator' has no len",
        "A generator such as model.parameters() gives its values one by one, without a length or "
        "numbers; list(…) collects them.",
    ),
    _row(
        r"'(?P<name>[\w.]+)' object is not callable",
        "What stands before the parentheses is of class {name} and no function: an attribute takes "
        "no (), and a name may have been given another value before.",
    ),
    _row(r"'(?P<name>\w+)' object is not iterable", sentences.not_iterable, "TypeError"),
    _row(
        r"takes (?P<a>\d+) positional arguments? but (?P<b>\d+) w(?:as|ere) given",
        "The call gives {b} arguments and the function takes {a}; in a method, self is the first.",
        "TypeError",
    ),
    _row(
        r"not enough values to unpack|too many values to unpack",
        "The number of names on the left differs from the number of values on the right.",
        "ValueError",
    ),
    # names, files and the world outside
    _row(
        r"cannot access local variable '(?P<name>\w+)'",
        "{name} gets a value somewhere in this function, so it is the function's own, and at this "
        "line it has none yet; hand it in as a parameter.",
        "UnboundLocalError",
    ),
    _row(
        r"name '(?P<name>\w+)' is not defined",
        "{name} has no value at this line: it is spelt differently, defined later, or only inside "
        "of a function.",
        "NameError",
    ),
    _row(
        r"No module named '(?P<name>[\w.]+)'",
        "{name} is not there where programs are graded: only the file handed in is, Python's own "
        "modules, torch, torchvision, numpy, matplotlib and tqdm.",
        "ModuleNotFoundError",
    ),
    _row(
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "{module} has no {name} in the version that programs are graded with.",
        "ImportError",
    ),
    _row(
        r"No such file or directory: '?(?P<name>[^']*)'?",
        "{name} is not there: a program is graded in an empty folder that holds only the file "
        "handed in.",
        "FileNotFoundError",
    ),
    _row(
        r"",
        "The program waits for somebody to type, and nobody is there when it is graded: give the "
        "value in the code.",
        "EOFError",
    ),
    _row(
        r"maximum recursion depth exceeded",
        "A function calls itself, directly or by way of others, without ever coming to the case "
        "that ends it.",
        "RecursionError",
    ),
    _row(r"^(?P<key>'.*'|\d+)$", "There is no entry {key} in this dictionary.", "KeyError"),
    _row(
        r"unindent does not match|unexpected indent|expected an indented block|inconsistent use of",
        "The lines of one block must begin with the same number of blanks, and blanks and tabs "
        "must not be mixed.",
    ),
)
