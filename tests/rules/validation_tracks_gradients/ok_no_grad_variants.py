# Five ways to turn gradients off.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
model.eval()
batch = next(iter(val_loader))[0]
with torch.no_grad():
    model(batch)
with torch.inference_mode():
    model(batch)
with torch.set_grad_enabled(False):
    model(batch)
torch.no_grad()(model)(batch)
torch.set_grad_enabled(False)
model(batch)
