# Answers with handles on objects that the grader never made, and facts that are none.
# outcome: forbidden
# graded: module
# earns: nothing

import ctypes
import sys

back = ctypes.pythonapi.PyFrame_GetBack
back.restype, back.argtypes = ctypes.py_object, [ctypes.py_object]


def softmax(x):
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = back(frame)
    ours, request = frame.f_locals["self"], frame.f_locals["request"]
    tag = {"$": "ref", "id": 1e9, "type": [], "callable": "yes", "tensor": {"shape": 5}}
    ours._channel.send({"id": request["id"], "notes": 5, "ok": tag})
    return x


def square(x):
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = back(frame)
    ours, request = frame.f_locals["self"], frame.f_locals["request"]
    tag = {"$": "ref", "id": 7, "type": [], "callable": "yes", "tensor": {"shape": 5, "dtype": 1}}
    ours._channel.send({"id": request["id"], "notes": {"a": 1}, "ok": tag})
    return x
