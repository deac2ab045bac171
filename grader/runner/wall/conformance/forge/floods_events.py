# Reports events without end to whoever listens.
# outcome: output_limit or forbidden
# graded: script
# earns: nothing

import ctypes
import sys

back = ctypes.pythonapi.PyFrame_GetBack
back.restype, back.argtypes = ctypes.py_object, [ctypes.py_object]

frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = back(frame)
channel = frame.f_locals["self"]._channel
rows = [["warning", -1, "UserWarning", "x" * 900]] * 5000
while True:
    channel.send({"events": rows})
