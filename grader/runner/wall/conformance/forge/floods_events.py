# Reports events without end to whoever listens.
# outcome: output_limit or forbidden
# graded: script
# earns: nothing

import sys

frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
channel = frame.f_locals["self"]._channel
rows = [["warning", -1, "UserWarning", "x" * 900]] * 5000
while True:
    channel.send({"events": rows})
