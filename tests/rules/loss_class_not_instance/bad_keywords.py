# With keywords, and a setting among them.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss(input=model(images), target=labels, reduction="sum")  # finding: loss-class-not-instance
    loss.backward()
    optimizer.step()
