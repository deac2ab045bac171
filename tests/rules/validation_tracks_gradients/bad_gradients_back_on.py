# enable_grad inside no_grad.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
model.eval()
with torch.no_grad(), torch.enable_grad():
    for images, labels in val_loader:
        model(images)  # finding: validation-tracks-gradients
