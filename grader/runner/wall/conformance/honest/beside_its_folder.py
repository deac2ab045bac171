# Keeps a model in a folder beside the one that it runs in, and finds it again.
# outcome: ok

import os
import pathlib
import shutil

os.makedirs("../models", exist_ok=True)
pathlib.Path("../models/best.pt").write_text("weights")
assert os.listdir("../models") == ["best.pt"]
assert pathlib.Path("../models/best.pt").read_text() == "weights"
shutil.rmtree("../models")
print("fine")
