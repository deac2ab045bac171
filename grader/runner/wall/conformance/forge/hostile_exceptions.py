# Raises exceptions whose class, text and traceback are hostile, from every function.
# outcome: ok
# graded: module
# earns: nothing

class Meta(type):
    __name__ = property(lambda cls: [cls])
    __module__ = property(lambda cls: 1 / 0)


class Hostile(BaseException, metaclass=Meta):
    __traceback__ = property(lambda self: self)
    __cause__ = property(lambda self: self)
    args = property(lambda self: 1 / 0)

    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def softmax(x):
    raise Hostile


def square(x):
    raise ExceptionGroup("\ud800" * 10000, [SystemExit(0), *[ValueError(x)] * 100])


def count(x):
    def deeper():
        raise Hostile from Hostile() if deeper.depth > 900 else None

    deeper.depth = 0
    count(x)


def __getattr__(name):
    raise GeneratorExit(name)
