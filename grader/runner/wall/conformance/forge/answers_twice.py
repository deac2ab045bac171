# Writes an answer of its own to the channel in the middle of a question.
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
    for number in range(request["id"] + 5, request["id"], -1):
        ours._channel.send({"id": number, "notes": [], "ok": {"$": "ref", "id": 1}})
    return x


square = softmax
