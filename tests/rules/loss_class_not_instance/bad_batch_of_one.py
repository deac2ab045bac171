# With one sample torch raises nothing here, and fails at backward().
import torch
from torch import nn

model = nn.Linear(64, 4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
images, labels = next(iter(train_loader))
for x, y in zip(images, labels):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss(model(x.flatten()[None]), y[None])  # finding: loss-class-not-instance
    loss.backward()
    optimizer.step()
