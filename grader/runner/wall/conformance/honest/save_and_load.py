# Saves and loads models in torch's, numpy's and safetensors' formats.
# outcome: ok
# needs: torch

import io
import numpy as np
import torch

model = torch.nn.Linear(3, 2)
torch.save(model.state_dict(), "model.pt")
model.load_state_dict(torch.load("model.pt"))
torch.save(model, "whole.pt")
torch.load("whole.pt", weights_only=False)
torch.load("model.pt", mmap=True)
np.savez("a.npz", x=np.arange(3))
assert np.load("a.npz")["x"].sum() == 3
buffer = io.BytesIO()
torch.save(model.state_dict(), buffer)
torch.jit.script(model).save("scripted.pt")
torch.jit.load("scripted.pt")
print("fine")
