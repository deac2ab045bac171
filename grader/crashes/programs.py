"""Errors about what a program does: gradients, devices, modules, names, files.

The first row that fits is the one that speaks, so what is more special stands first.
"""

from __future__ import annotations

from grader.crashes import habits, sentences
from grader.crashes.rows import Row, row

PROGRAMS: tuple[Row, ...] = (
    # gradients
    row(
        r"can't optimize a non-leaf Tensor",
        "The optimizer got a tensor that was computed from another one (not a leaf), which "
        "collects no gradient: make the values first, then set requires_grad on the result.",
    ),
    row(
        r"optimizer got an empty parameter list",
        "The optimizer got no parameters: a plain list of layers is not registered with the model "
        "(nn.ModuleList is), and a generator of parameters is empty after it was read once.",
    ),
    row(
        r"params argument given to the optimizer should be an iterable of Tensors",
        "The optimizer takes several parameters and got one tensor; put it in a list.",
    ),
    row(
        r"optimizer can only optimize Tensors, but one of the params is (?P<name>[\w.]+)",
        "The optimizer takes a flat list of tensors, and one entry of this list is a {name}.",
    ),
    row(r"(?P<name>\S+) is not an Optimizer", "A scheduler takes the optimizer, not a {name}."),
    row(
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A tensor that collects gradients is changed in place while autograd records: an update of "
        "parameters belongs inside torch.no_grad(), and everything else makes a new tensor "
        "(b = a - 1, not a -= 1).",
    ),
    row(
        r"Trying to backward through the graph a second time",
        "backward() went a second time through a graph that the first one has freed: compute the "
        "loss anew for every backward(), and detach what is carried over from an earlier step. "
        "retain_graph=True silences this message, and the training is wrong or slow then.",
    ),
    row(
        r"does not require grad and does not have a grad_fn",
        "The loss depends on no tensor that requires grad: either the parameters don't, or the "
        "graph was cut on the way (no_grad, detach, .data, .item(), argmax, a comparison, "
        "torch.tensor(…)). loss.requires_grad_(True) silences this message and trains nothing.",
    ),
    row(
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from a single number, and this tensor holds several: take its mean or "
        "its sum first.",
    ),
    row(
        r"has been modified by an inplace operation",
        "A tensor that backward() still needs was changed in place after its use: make a new one "
        "instead (y = y + 1, not y += 1), and update parameters only after backward(). Changing "
        ".data silences this message, and the gradients are wrong then.",
    ),
    row(
        r"appears to not have been used in the graph",
        "A tensor was asked for its gradient that the result does not depend on.",
    ),
    row(
        r"you can only change requires_grad flags of leaf variables",
        "requires_grad can be set only on a tensor that was not computed from others that require "
        "it; detach() gives one without its history.",
    ),
    row(
        r"support the deepcopy protocol",
        "A tensor that is the result of a computation with gradients can't be deep-copied; "
        ".detach().clone() copies its values.",
    ),
    row(
        r"Inference tensors cannot be saved for backward",
        "A tensor made under torch.inference_mode() is used in training; make it outside, or use "
        "torch.no_grad().",
    ),
    row(
        r"Can't call numpy\(\) on Tensor that requires grad",
        sentences.to_numpy,
    ),
    row(
        r"attempting to assign a gradient of size",
        "A gradient must have the shape of its tensor, and this one has another.",
    ),
    # one value or many
    row(r"Boolean value of Tensor with more than one value", sentences.ambiguous),
    row(
        r"The truth value of an array with more than one element is ambiguous",
        "An array of several values stands where Python needs one yes or no; reduce it first with "
        ".all() or .any().",
    ),
    row(r"a Tensor with (?P<count>\d+) elements cannot be converted to Scalar", sentences.several),
    row(
        r"only one element tensors can be converted|only integer tensors of a single element",
        sentences.several,
    ),
    row(
        r"only (?:size-1|0-dimensional|length-1) arrays can be converted",
        "An array with several elements stands where one number is needed.",
    ),
    # devices
    row(
        r"Expected all tensors to be on the same device|is not on the expected device|"
        r"Input type \([\w.]+\) and weight type \([\w.]+\) should be the same",
        "The tensors of one operation must be on one device and of one type, and these are not: "
        "move the model and every batch with .to(device).",
    ),
    row(
        r"can't convert \S+ device type tensor to numpy",
        "NumPy works in the CPU's memory only; take .cpu() first.",
    ),
    row(
        r"Found no NVIDIA driver|not compiled with CUDA enabled|No CUDA GPUs are available|"
        r"CUDA is not available|torch\.cuda\.is_available\(\) is False",
        "There is no GPU where the program is graded: choose the device by "
        "torch.cuda.is_available(), and load files with map_location.",
    ),
    row(
        r"device-side assert triggered",
        "A number that the GPU used as an index was out of range, most often a class number that "
        "is negative or not below the number of classes. The GPU tells late, so the cause may be "
        "an earlier line: run it with the device set to the CPU, which names the line.",
    ),
    row(
        r"CUDA error: (?:an illegal|misaligned|unspecified launch|the launch timed out)",
        "A computation on the GPU went wrong and ended all others with it. The GPU tells late, so "
        "the cause may be an earlier line: run it with the device set to the CPU, which names it.",
    ),
    row(
        r"CUDA (?:error: )?out of memory",
        "The GPU's memory is full: use smaller batches, torch.no_grad() for validation, and "
        "loss.item() for what is only kept to be printed.",
    ),
    row(
        r"CUDA error: invalid device ordinal",
        "The program asks for a GPU that isn't there: a graded program sees one at most, and its "
        "name is cuda or cuda:0.",
    ),
    # modules
    row(
        r"cannot assign \w+ before Module\.__init__\(\) call",
        "The module is not set up yet when this is assigned: call super().__init__() at the "
        "beginning of __init__.",
    ),
    row(
        r"'(?P<name>\w+)' object has no attribute "
        r"'_(?:parameters|modules|buffers|(?:backward|forward)(?:_pre)?_hooks)'",
        sentences.not_set_up,
        "AttributeError",
    ),
    row(
        r"Module \[(?P<name>\w+)\] is missing the required \"forward\" function",
        sentences.without_forward,
    ),
    row(
        rf"'(?P<name>{sentences.LOSSES})' object has no attribute '(?P<what>\w+)'",
        "{name} is the loss object, not its value: make it once without the batch, call it with "
        "predictions and targets, and use what the call returns.",
        "AttributeError",
    ),
    row(
        r"cannot assign '(?P<kind>\S+)' as parameter '(?P<name>\w+)'",
        "{name} is a registered parameter, and a {kind} can't take its place: wrap it in "
        "nn.Parameter, or copy values into the old one under torch.no_grad().",
    ),
    row(
        r"(?P<name>\S+) is not a Module subclass",
        "nn.Sequential and the like take layer objects one by one, and {name} is none: a class "
        "needs its (), a function its layer (nn.ReLU()), a list a * before it.",
    ),
    row(r"Error\(s\) in loading state_dict", sentences.state_dict),
    # None, and other things that are not what they seem
    row(r"'NoneType' object (?:has no attribute '(?P<use>\w+)'|is not)", sentences.no_value),
    row(r"unsupported operand type\(s\) for (?P<use>\S+?):? .*'NoneType'", sentences.no_value),
    row(
        r"unsupported operand type\(s\) for .*'torch\.return_types\.(?P<name>\w+)'",
        "torch's {name} along a dimension returns values and indices together; .values (or [0]) "
        "takes the values.",
    ),
    row(
        r"unsupported operand type\(s\) for .*'list'|can't multiply sequence by non-int",
        "Lists are not calculated with number by number; torch.tensor(…) or np.array(…) makes of "
        "a list of numbers what is.",
    ),
    row(
        r"(?P<name>\w+)\(\) received an invalid combination of arguments - got \((?P<got>[^)]*)\)",
        "No form of {name}() takes ({got}): check the order of the arguments, and whether a number "
        "or a list stands where a tensor is needed.",
    ),
    row(
        r"must be Tensor, not NoneType",
        sentences.no_tensor,
    ),
    row(
        r"must be Tensor, not (?P<name>[\w.]+)",
        sentences.other_than_tensor,
    ),
    row(
        r"'(?:float|int)' object has no attribute '(?P<what>backward|item|detach|grad)'",
        "This is a plain number and no tensor any more (.item(), float() or a sum of such gives "
        "that), so it has no .{what}.",
    ),
    row(
        r"'bool' object has no attribute",
        "The comparison gave one True or False and no tensor of them: not both sides are tensors "
        "(max(dim=…), for example, returns values and indices).",
    ),
    row(
        r"'tuple' object has no attribute '(?P<what>\w+)'|"
        r"'torch\.return_types\.\w+' object has no attribute",
        "Several values in one tuple stand here, not one tensor; unpack them or choose one by its "
        "number.",
    ),
    row(
        r"'(?:method|function|builtin_function_or_method)' object (?:is not|has no)",
        "A function stands here that was not called: write () after its name to get its result.",
    ),
    row(
        r"'generator' object is not subscriptable|object of type 'generator' has no len",
        "A generator such as model.parameters() gives its values one by one, without a length or "
        "numbers; list(…) collects them.",
    ),
    row(r"'(?P<name>[\w.]+)' object is not callable", sentences.not_callable),
    row(r"'(?P<name>\w+)' object is not iterable", sentences.not_iterable, "TypeError"),
    row(
        r"takes (?P<a>\d+) positional arguments? but (?P<b>\d+) w(?:as|ere) given",
        "The call gives {b} arguments and the function takes {a}; in a method, self is the first.",
        "TypeError",
    ),
    row(
        r"missing \d+ required (?:positional|keyword-only) arguments?: (?P<names>'.*)",
        sentences.missing_argument,
        "TypeError",
    ),
    row(
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        "The function is called with {name}=…, and its definition has no argument of that name.",
        "TypeError",
    ),
    row(
        r"(?P<kind>list|tuple) indices must be integers or slices, not (?P<got>[\w.]+)",
        "The entries of a {kind} have whole numbers, and a {got} stands in the brackets; names are "
        "what a dictionary has.",
        "TypeError",
    ),
    row(
        r"(?:list|tuple) index out of range",
        "The number in the brackets is beyond the last entry, whose number is the length - 1.",
        "IndexError",
    ),
    row(
        r"not enough values to unpack|too many values to unpack",
        "The number of names on the left differs from the number of values on the right.",
        "ValueError",
    ),
    # names, files and the world outside
    row(
        r"module 'submission' has no attribute '(?P<name>\w+)'",
        "Nothing at the top level of the file has the name {name}, which is asked for here: define "
        "it with exactly this spelling, outside of all functions and classes.",
        "AttributeError",
    ),
    row(
        r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
        habits.not_in_module,
        "AttributeError",
    ),
    row(
        r"'(?P<name>[\w.]+)' object has no attribute '(?P<what>\w+)'",
        sentences.no_attribute,
        "AttributeError",
    ),
    row(
        r"cannot access local variable '(?P<name>\w+)'",
        "{name} gets a value somewhere in this function, so it is the function's own, and at this "
        "line it has none yet; hand it in as a parameter.",
        "UnboundLocalError",
    ),
    row(
        r"name '(?P<name>\w+)' is not defined",
        habits.not_defined,
        "NameError",
    ),
    row(
        r"(?P<what>[\w.]+) was used, and (?P<name>\w+) is not there where programs are graded",
        sentences.stand_in,
        "ModuleNotFoundError",
    ),
    row(
        r"No module named '(?P<name>[\w.]+)'",
        sentences.no_module,
        "ModuleNotFoundError",
    ),
    row(
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "{module} has no {name} in the version that programs are graded with.",
        "ImportError",
    ),
    row(
        r"No such file or directory: '(?P<name>(?:/|~|[A-Za-z]:)[^']*)'",
        "{name} is not there: a path of your own machine leads nowhere where programs are graded. "
        "The program runs in an empty folder that holds only the file handed in; write to a path "
        "relative to it.",
        "FileNotFoundError",
    ),
    row(
        r"No such file or directory: '?(?P<name>[^']*)'?",
        "{name} is not there: a program is graded in an empty folder that holds only the file "
        "handed in.",
        "FileNotFoundError",
    ),
    row(
        r"",
        "The program waits for somebody to type, and nobody is there when it is graded: give the "
        "value in the code.",
        "EOFError",
    ),
    row(
        r"maximum recursion depth exceeded",
        "A function calls itself, directly or by way of others, without ever coming to the case "
        "that ends it.",
        "RecursionError",
    ),
    row(r"^(?P<key>'.*'|\d+)$", "There is no entry {key} in this dictionary.", "KeyError"),
    row(
        r"unindent does not match|unexpected indent|expected an indented block|inconsistent use of",
        "The lines of one block must begin with the same number of blanks, and blanks and tabs "
        "must not be mixed.",
    ),
)
