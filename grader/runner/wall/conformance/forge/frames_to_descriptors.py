# Writes well-formed answers, without the seal that it can't know, to every descriptor it has.
# outcome: forbidden
# graded: script
# earns: nothing

import json
import os
import struct


def frame(message):
    text = json.dumps(message).encode()
    return struct.pack(">16sII", bytes(16), len(text), 0) + text


answer = {"$": "dict", "items": [["crash", None], ["called", None]]}
for fd in range(3, 200):
    try:
        os.write(fd, frame({"events": []}) + frame({"id": 1, "notes": [], "ok": answer}))
    except OSError:
        pass
