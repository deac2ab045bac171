# Mixed precision, nothing clears.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    scaler.scale(loss).backward()  # finding: gradients-not-cleared
    scaler.step(optimizer)
    scaler.update()
