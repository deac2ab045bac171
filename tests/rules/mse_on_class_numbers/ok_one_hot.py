# A squared error to rows of zeros and a one, and the largest output as the answer.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for images, labels in train_loader:
        out = model(images)
        loss = ((out - nn.functional.one_hot(labels, 4)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print((out.argmax(1) == labels).float().mean())
