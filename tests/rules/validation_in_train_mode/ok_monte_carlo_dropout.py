# Twenty predictions with dropout on, to see how sure the model is.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
model.train()
with torch.no_grad():
    for images, labels in val_loader:
        votes = torch.stack([model(images).softmax(1) for _ in range(20)])
        print(votes.std(0).mean())
