# A file each time it gets better: written at once, read in the end.
import io

import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    file = io.BytesIO()
    torch.save({"epoch": epoch, "model": model.state_dict()}, file)
file.seek(0)
model.load_state_dict(torch.load(file)["model"])
