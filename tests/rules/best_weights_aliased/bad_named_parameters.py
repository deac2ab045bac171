# The parameters themselves are kept in a dictionary, under their names.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
lowest = float("inf")
for epoch in range(3):
    total = 0.0
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if total < lowest:
        lowest, kept = total, dict(model.named_parameters())
model.load_state_dict(kept, strict=False)  # finding: best-weights-aliased
