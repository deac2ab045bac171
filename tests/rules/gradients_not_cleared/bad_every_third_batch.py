# Clears now and then only, while every batch makes a step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
for i, (images, labels) in enumerate(train_loader):
    if i % 3 == 0:
        optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
    optimizer.step()
