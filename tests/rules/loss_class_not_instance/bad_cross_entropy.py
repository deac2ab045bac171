# The class is called with logits and labels, in the loop.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    logits = model(images)
    loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
