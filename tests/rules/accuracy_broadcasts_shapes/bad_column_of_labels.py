# The labels are the column, and the predictions have lost theirs.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        wanted = (labels > 1).float().unsqueeze(1)
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(images), wanted).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            wanted = (labels > 1).float().unsqueeze(1)
            predicted = (model(images) > 0).squeeze(1)
            print((predicted == wanted).float().mean())  # finding: accuracy-broadcasts-shapes
