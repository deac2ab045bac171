"""Odd objects that a correct program may have around it, as text that comes before it.

None of them changes what the program computes. Whoever runs their code by looking at them, takes
what can be taken once, or believes what they say of themselves, is found out.
"""

from __future__ import annotations

OBJECTS = {
    "a dictionary with attributes": """
class AttrDict(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
odd_config = AttrDict(lr=0.1, epochs=2)
""",
    "an object that has every attribute": """
from unittest.mock import MagicMock, Mock
odd_logger, odd_run = MagicMock(), Mock(spec=[])
""",
    "an object that minds being looked at": """
def _mind(*_, **__):
    raise RuntimeError("looked at")
class Trap:
    __getattr__ = __len__ = __iter__ = __bool__ = __eq__ = __call__ = __index__ = __int__ = _mind
    __hash__ = None
    __class__ = property(_mind)
    training = transform = dataset = indices = data = __code__ = property(_mind)
odd_trap, odd_traps = Trap(), [Trap()]
""",
    "a lazy container": """
class Lazy(dict):
    def __missing__(self, key):
        raise KeyError(key)
    def values(self):
        raise RuntimeError("not loaded yet")
    __iter__ = items = keys = __len__ = values
odd_lazy = Lazy(a=1)
""",
    "a class of an odd class": """
class Meta(type):
    __hash__ = None
    def __eq__(cls, other):
        raise RuntimeError("compared")
    __instancecheck__ = __subclasscheck__ = __eq__
    __name__ = property(lambda cls: 1 / 0)
import torch as _torch
class OddNet(_torch.nn.Module, metaclass=Meta):
    def __init__(self):
        super().__init__()
        self.inner = _torch.nn.Linear(3, 2)
    def forward(self, x):
        return self.inner(x)
with _torch.no_grad():
    OddNet()(_torch.zeros(4, 3))
""",
    "an array of objects": """
import numpy as _np
odd_array = _np.array([None, {}, "x", _np.zeros(2)], dtype=object)
odd_record = _np.zeros(3, dtype=[("a", "f4"), ("b", "i8")])
""",
    "tensors of all kinds": """
import torch as _torch
odd_tensors = [
    _torch.empty(3, 784, device="meta"), _torch.eye(4).to_sparse(), _torch.eye(4).to_sparse_csr(),
    _torch.nested.nested_tensor([_torch.ones(1), _torch.ones(3)]),
    _torch.ones(3, 784, dtype=_torch.complex64), _torch.ones(3, 784, dtype=_torch.float64),
    _torch.ones(4).to(_torch.float8_e5m2), _torch.zeros(0, 784), _torch.tensor(2.0).expand(5, 784),
]
with _torch.inference_mode():
    odd_tensors.append(_torch.ones(3, 784))
with _torch.no_grad():
    _torch.nn.Linear(784, 2, device="meta")(odd_tensors[0])
    _torch.nn.Linear(784, 2)(odd_tensors[-1])
    _torch.nn.Linear(784, 2, dtype=_torch.complex64)(odd_tensors[4])
    _torch.nn.Linear(4, 2)(odd_tensors[2])
""",
    "classes of tensors": """
import torch as _torch
def _angry(*_):
    raise RuntimeError("asked")
class Named(_torch.Tensor):
    name = "batch"
class Angry(_torch.Tensor):
    shape = dtype = layout = device = property(_angry)
    dim = numel = detach = untyped_storage = __len__ = _angry
class Watching(_torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        odd_calls.append(func)
        return super().__torch_function__(func, types, args, kwargs or {})
odd_calls = []
with _torch.no_grad():
    for kind in (Named, Angry, Watching):
        _torch.nn.Linear(784, 2)(_torch.rand(4, 784).as_subclass(kind))
assert len(odd_calls) < 30
""",
    "an object for torch's functions": """
import torch as _torch
class Quantity:
    def __init__(self, value):
        self.value = value
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        args = [getattr(arg, "value", arg) for arg in args]
        return cls(func(*args, **(kwargs or {})))
odd_quantity = _torch.add(Quantity(_torch.ones(2)), 1)
""",
    "modes of the program's own": """
import torch as _torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
class Functions(TorchFunctionMode):
    count = 0
    def __torch_function__(self, func, types, args=(), kwargs=None):
        Functions.count += 1
        return func(*args, **(kwargs or {}))
class Operations(TorchDispatchMode):
    count = 0
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        Operations.count += 1
        return func(*args, **(kwargs or {}))
odd_layer, odd_input = _torch.nn.Linear(784, 2), _torch.rand(4, 784)
with Functions(), Operations():
    odd_layer(odd_input)
assert Functions.count <= 2 and Operations.count <= 3, (Functions.count, Operations.count)
""",
    "samplers": """
import itertools as _itertools
import torch as _torch
from torch.utils.data import DataLoader as _Loader, Sampler as _Sampler, TensorDataset as _Set
class Once(_Sampler):
    def __init__(self):
        self.indices = iter(range(40))
    def __iter__(self):
        return self.indices
class Endless(_Sampler):
    def __iter__(self):
        return _itertools.cycle(range(7))
    def __len__(self):
        raise TypeError("endless")
class Counting(list):
    asked = 0
    def __iter__(self):
        Counting.asked += 1
        return super().__iter__()
    __len__ = __getitem__ = None
odd_set = _Set(_torch.rand(40, 3))
assert sum(len(x) for x, in _Loader(odd_set, 8, sampler=Once())) == 40
assert len(list(_itertools.islice(_Loader(odd_set, 4, sampler=Endless()), 30))) == 30
class Chosen(_Sampler):
    def __init__(self):
        self.indices = Counting([1, 2, 3])
    def __iter__(self):
        return iter((1, 2, 3))
assert len(list(_Loader(odd_set, sampler=Chosen()))) == 3 and Counting.asked == 0
""",
    "data sets": """
import torch as _torch
from torch.utils.data import DataLoader as _Loader, Dataset as _Data, IterableDataset as _Stream
class Jealous(_Data):
    gets = lens = 0
    def __getattr__(self, name):
        raise KeyError(name) if name in ("data", "indices", "transform") else AttributeError(name)
    def __len__(self):
        Jealous.lens += 1
        return 12
    def __getitem__(self, row):
        Jealous.gets += 1
        return _torch.rand(3), row
class Stream(_Stream):
    def __len__(self):
        raise NotImplementedError
    def __iter__(self):
        return iter([_torch.rand(3) for _ in range(12)])
odd_net = _torch.nn.Linear(3, 2)
with _torch.no_grad():
    for x, _ in _Loader(Jealous(), 4):
        odd_net(x)
    for x in _Loader(Stream(), 4):
        odd_net(x)
assert Jealous.gets == 12
""",
    "a module that says it is another": """
import torch as _torch
class Disguised(_torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = _torch.nn.Linear(3, 2)
    def parameters(self, recurse=True):
        raise RuntimeError("no parameters")
    modules = named_parameters = named_modules = children = parameters
    def __getattr__(self, name):
        if name in ("_modules", "_parameters", "_buffers"):
            raise AttributeError(name)
        return super().__getattr__(name)
    def forward(self, x, *, note=None):
        return self.inner(x)
with _torch.no_grad():
    Disguised()(_torch.rand(4, 3), note=object())
""",
    "a node that can't be flattened": """
import torch.utils._pytree as _pytree
class Node:
    pass
def _unflattened(*_):
    raise NotImplementedError
_pytree.register_pytree_node(Node, _unflattened, _unflattened)
odd_node = Node()
""",
    "other optimizers": """
import torch as _torch
odd_complex = _torch.nn.Parameter(_torch.ones(3, dtype=_torch.complex64))
odd_table = _torch.nn.Embedding(9, 4, sparse=True)
for odd_optimizer, odd_loss in (
    (_torch.optim.SGD([odd_complex], lr=0.1), lambda: (odd_complex * odd_complex).abs().sum()),
    (_torch.optim.SparseAdam(odd_table.parameters(), lr=0.1),
     lambda: odd_table(_torch.tensor([1, 2])).square().sum()),
):
    for _ in range(3):
        odd_optimizer.zero_grad()
        odd_loss().backward()
        odd_optimizer.step()
""",
}

LOADERS = {
    "as they are": "",
    "proxies": """
class _Proxy:
    def __init__(self, inner):
        self.__dict__["_inner"] = inner
    def __getattr__(self, name):
        return getattr(self.__dict__["_inner"], name)
    def __iter__(self):
        return iter(self._inner)
    def __len__(self):
        return len(self._inner)
train_loader, val_loader = _Proxy(train_loader), _Proxy(val_loader)
""",
    "of tensors of a class": """
import torch as _torch
class _Images(_torch.Tensor):
    pass
class _Classed:
    def __init__(self, inner):
        self.inner, self.dataset = inner, inner.dataset
    def __iter__(self):
        for images, labels in self.inner:
            yield images.as_subclass(_Images), labels
    def __len__(self):
        return len(self.inner)
train_loader, val_loader = _Classed(train_loader), _Classed(val_loader)
""",
    "over data sets of the program's own": """
from torch.utils.data import DataLoader as _Loader, Dataset as _Data
class _Around(_Data):
    def __init__(self, inner):
        self._inner = inner
    transform = property(lambda self: 1 / 0)
    def __getattr__(self, name):
        raise AttributeError(name)
    def __len__(self):
        return len(self._inner)
    def __getitem__(self, row):
        return self._inner[row]
train_loader = _Loader(_Around(train_loader.dataset), train_loader.batch_size, shuffle=True)
val_loader = _Loader(_Around(val_loader.dataset), val_loader.batch_size)
""",
}
