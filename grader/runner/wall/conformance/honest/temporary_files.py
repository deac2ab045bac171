# Uses temporary files and folders in every form.
# outcome: ok

import os
import tempfile

with (
    tempfile.TemporaryDirectory() as folder,
    tempfile.NamedTemporaryFile() as named,
    tempfile.TemporaryFile() as plain,
):
    plain.write(b"text")
    named.write(b"text")
    open(os.path.join(folder, "a"), "w").write("text")
    assert folder.startswith(os.path.expanduser("~")), folder
with tempfile.SpooledTemporaryFile(max_size=10) as spooled:
    spooled.write(b"more than ten bytes")
print("fine")
