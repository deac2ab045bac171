# A backward pass that records itself, as in meta-learning, then an ordinary step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward(create_graph=True)
    optimizer.step()
