"""Errors about what a tensor is: its shape, its dtype, and whether it is one.

The first row that fits is the one that speaks, so what is more special stands first.
"""

from __future__ import annotations

from grader.crashes import sentences
from grader.crashes.rows import Row, row

TENSORS: tuple[Row, ...] = (
    # shapes
    row(
        r"mat1 and mat2 shapes cannot be multiplied "
        r"\((?P<rows>\d+)x(?P<columns>\d+) and (?P<needed>\d+)x\d+\)",
        sentences.matmul,
    ),
    row(
        r"size mismatch, got input \(\d+\), mat \(\d+x(?P<columns>\d+)\), vec \((?P<vector>\d+)\)",
        "The matrix has {columns} columns and the vector {vector} numbers, and a product needs "
        "these two to be equal.",
    ),
    row(
        r"core dimension 0.*\(size (?P<rows>\d+) is different from (?P<columns>\d+)\)|"
        r"not aligned: (?P<n>\d+) \(dim \d+\) != (?P<m>\d+) \(dim \d+\)",
        sentences.numpy_product,
        "ValueError",
    ),
    row(
        r"operands could not be broadcast together with shapes \((?P<a>[\d,]*)\) ?"
        r"\((?P<b>[\d,]*)\)",
        "Two arrays are combined element by element, and their shapes ({a}) and ({b}) don't fit: "
        "counted from the last dimension, the sizes must be equal, or one of them 1.",
    ),
    row(
        r"non-broadcastable output operand with shape \((?P<a>[\d,]*)\) doesn't match the "
        r"broadcast shape \((?P<b>[\d,]*)\)",
        "An in-place operation keeps the shape ({a}), and the result would have the shape ({b}).",
    ),
    row(
        r"inconsistent tensor size.* but got (?P<a>\d+) and (?P<b>\d+) elements",
        "A dot product needs as many numbers on the left as on the right; here they are {a} "
        "and {b}.",
    ),
    row(
        r"first two dimensions of batch2 tensor to be: \[(?P<n>\d+), (?P<rows>\d+)\] "
        r"but got: \[(?P<m>\d+), (?P<got>\d+)\]",
        "The product of batches needs {n} matrices with {rows} rows on the right, as the left "
        "ones have {rows} columns; it got {m} matrices with {got} rows.",
    ),
    row(
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\) "
        r"at non-singleton dimension (?P<dim>\d+)",
        "Two tensors are combined element by element, and along dimension {dim} one has {a} "
        "entries and the other {b}: the numbers must be equal, or one of them 1.",
    ),
    row(
        r"output with shape \[(?P<a>[\d, ]*)\] doesn't match the broadcast shape "
        r"\[(?P<b>[\d, ]*)\]",
        "An in-place operation keeps the shape [{a}], and the result would have the shape [{b}].",
    ),
    row(
        r"The expanded size of the tensor \((?P<a>-?\d+)\) must match the existing size "
        r"\((?P<b>\d+)\)",
        "A tensor with {b} entries along one dimension can't fill {a} there; only a dimension of "
        "size 1 is repeated.",
    ),
    row(
        r"shape '\[(?P<shape>[-\d, ]*)\]' is invalid for input of size (?P<size>\d+)",
        "The tensor has {size} numbers, and they can't be arranged in the shape [{shape}].",
    ),
    row(
        r"view size is not compatible with input tensor's size and stride",
        "view() can't cut a tensor whose numbers are not in order in memory, as after a "
        "transposition; reshape() can.",
    ),
    row(
        r"weight of size \[(?P<weight>[\d, ]+)\], expected input\[(?P<shape>[\d, ]+)\] to have "
        r"(?P<want>\d+) channels, but got (?P<got>\d+) channels",
        "The convolution takes inputs with {want} channels and got {got}; it read the input as "
        "(batch, channels, …) = [{shape}].",
    ),
    row(
        r"Expected \dD \(unbatched\) or (?P<dims>\d)D \(batched\) input to (?P<conv>\w+), but got "
        r"input of size: \[(?P<shape>[\d, ]*)\]",
        "{conv} takes a batch with {dims} dimensions, (batch, channels, …), and got the shape "
        "[{shape}].",
    ),
    row(
        r"Kernel size: \((?P<kernel>[^)]*)\)\. Kernel size can't be greater than actual input size",
        "The input has become smaller than the kernel ({kernel}) by the time it gets here: pad "
        "it, or shrink it less before.",
    ),
    row(
        r"Output size is too small",
        "The input is already too small for this layer to shrink it further.",
    ),
    row(
        r"input\.size\(-1\) must be equal to input_size\. Expected (?P<a>\d+), got (?P<b>\d+)",
        "The recurrent layer takes inputs with {a} numbers in the last dimension and got {b}.",
    ),
    row(
        r"running_mean should contain (?P<a>\d+) elements not (?P<b>\d+)",
        "The batch norm was made for {b} features and got {a}.",
    ),
    row(
        r"expected (?P<a>[\w ]+?) input \(got (?P<b>\w+) input\)",
        "The layer takes {a} inputs and got {b}: check the shape, and whether the layer is the "
        "one for images or the one for rows.",
    ),
    row(
        r"Expected more than 1 value per channel when training",
        "In training mode batch norm needs more than one sample to measure a spread; use eval() "
        "for a single sample, or drop a last batch of one (drop_last=True).",
    ),
    row(
        r"Sizes of tensors must match except in dimension (?P<dim>\d+)\. Expected size (?P<a>\d+) "
        r"but got size (?P<b>\d+)",
        "torch.cat along dimension {dim} needs tensors that agree in all other dimensions; here "
        "one has {a} entries and another {b}.",
    ),
    row(
        r"stack expects each tensor to be equal size, but got \[(?P<a>[\d, ]*)\] at entry \d+ and "
        r"\[(?P<b>[\d, ]*)\]",
        "Tensors that are stacked, as those of one batch are, need equal shapes; here are [{a}] "
        "and [{b}].",
    ),
    row(
        r"Dimension out of range \(expected to be in range of \[(?P<low>-?\d+), (?P<high>-?\d+)\], "
        r"but got (?P<dim>-?\d+)\)",
        sentences.reached,
    ),
    row(
        r"index (?P<index>-?\d+) is out of bounds for (?:dimension|axis) (?P<dim>\d+) with size "
        r"(?P<size>\d+)",
        sentences.index,
    ),
    row(
        r"too many indices for tensor of dimension (?P<dims>\d+)",
        "The tensor has {dims} dimension(s), and the brackets name more.",
    ),
    row(
        r"invalid index of a 0-dim tensor",
        "The tensor is a single number without entries; .item() gives its value.",
    ),
    row(
        r"The shape of the mask \[(?P<a>[\d, ]*)\] at index \d+ does not match the shape of the "
        r"indexed tensor \[(?P<b>[\d, ]*)\]",
        "A mask needs the shape of what it chooses from; here they are [{a}] and [{b}].",
    ),
    row(
        r"index out of range in self",
        "An index is beyond the last row of the table that it looks into; for an embedding, all "
        "must be below num_embeddings.",
    ),
    row(r"iteration over a 0-d tensor", "The tensor is a single number: nothing to loop over."),
    row(
        r"expected sequence of length (?P<a>\d+) at dim \d+ \(got (?P<b>\d+)\)",
        "The rows of this list have different lengths ({a} and {b}); a tensor needs equal ones.",
    ),
    # images and batches
    row(
        r"default_collate: batch must contain .*found <class '(?P<name>[\w.]+)'>",
        "A batch is made of tensors and numbers, and the data set gives {name}; ToTensor() as its "
        "transform turns images into tensors.",
    ),
    row(
        r"img should be Tensor Image|Unsupported dtype: .*PIL|pic should be (?:PIL|Tensor)",
        "A transform got an image in a form that it doesn't take: in a Compose, ToTensor() comes "
        "before Normalize, and what works on pictures before both.",
    ),
    # dtypes
    row(
        r"expected target dtype to be Long or Byte, but got (?P<got>\w+)",
        "Targets of this loss are class numbers of dtype int64, and these are {got}; .long() "
        "converts them.",
    ),
    row(
        r"expected scalar type (?P<a>\w+) but found (?P<b>\w+)",
        "This operation needs a tensor of dtype {a} and got {b}; class numbers are int64 "
        "(.long()), inputs and weights float32 (.float()).",
    ),
    row(
        r"Found dtype (?P<b>\w+) but expected (?P<a>\w+)",
        "Predictions and targets of this loss need the same dtype: {a} was expected and {b} "
        "found; convert the targets, for example with .float().",
    ),
    row(
        r"0D or 1D target tensor expected, multi-target not supported",
        "The targets must be one class number for each sample, shape (N,), and have more "
        "dimensions here; squeeze them, or take the argmax if they are one-hot.",
    ),
    row(
        r"Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)",
        "The loss got predictions for {a} samples and targets for {b}: something before it has "
        "changed the number of rows.",
    ),
    row(r"Target (?P<target>-?\d+) is out of bounds", sentences.target),
    row(
        r"Using a target size \(torch\.Size\(\[(?P<b>[\d, ]*)\]\)\) that is different to the input "
        r"size \(torch\.Size\(\[(?P<a>[\d, ]*)\]\)\)",
        "Predictions of shape [{a}] are compared with targets of shape [{b}]; reshape one of them "
        "so that they agree.",
    ),
    row(
        r"Target size \(torch\.Size\(\[(?P<b>[\d, ]*)\]\)\) must be the same as input size "
        r"\(torch\.Size\(\[(?P<a>[\d, ]*)\]\)\)",
        "Predictions of shape [{a}] are compared with targets of shape [{b}]; reshape one of them "
        "so that they agree.",
    ),
    row(
        r"all elements of (?:input|target) should be between 0 and 1",
        "Binary cross-entropy takes probabilities from 0 to 1, and some numbers here lie outside "
        "or are NaN; raw outputs go through a sigmoid first, or into BCEWithLogitsLoss.",
    ),
    row(
        r"result type (?P<a>\w+) can't be cast to the desired output type (?P<b>\w+)",
        "The result is {a} and would have to be stored in a tensor of {b}; make that tensor "
        "floating-point first (.float()).",
    ),
    row(
        r"could not infer output dtype\. Input dtype must be either a floating point or complex",
        "A mean needs floating-point numbers, and this tensor holds whole ones or booleans; "
        "convert it with .float().",
    ),
    row(
        r"\"bitwise_xor\w*\" not implemented for",
        "^ combines the bits of whole numbers; the sign for a power is **.",
    ),
    row(
        r"\"(?:bitwise|l?rshift|lshift)\w*\" not implemented for '(?P<a>\w+)'",
        "This operator combines booleans or the bits of whole numbers, and the tensor here is {a}.",
    ),
    row(
        r"\" not implemented for '(?P<a>Float|Double)'",
        "This operation is not available for tensors of dtype {a} here.",
    ),
    row(
        r"\" not implemented for '(?P<a>\w+)'",
        "This operation is not available for tensors of dtype {a} here; convert the tensor first, "
        "for example with .float().",
    ),
    row(
        r"Index tensor must have the same number of dimensions as (?:input|self) tensor",
        "gather and scatter need an index with as many dimensions as the tensor itself: "
        "index.unsqueeze(1) makes (N, 1) of class numbers of shape (N,).",
    ),
    row(
        r"tensors used as indices must be long",
        "Indices must be whole numbers (int64) or booleans, and these are of another dtype.",
    ),
    row(
        r"Expected dtype int(?:32/int)?64 for index",
        "The index of this operation must be int64; .long() converts it.",
    ),
    row(
        r"one_hot is only applicable to index tensor",
        "one_hot takes class numbers of dtype int64; .long() converts them.",
    ),
    row(
        r"Class values must be smaller than num_classes",
        "A class number is as large as num_classes or larger; they run from 0 to num_classes - 1.",
    ),
    row(
        r"Only Tensors of floating point and complex dtype can require gradients",
        "Whole numbers have no gradient: write them with a point (1.0) or give "
        "dtype=torch.float32.",
    ),
)
