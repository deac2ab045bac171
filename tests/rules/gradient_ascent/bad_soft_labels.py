# A cross-entropy to probabilities, with a minus before it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.004)
for images, labels in train_loader:
    optimizer.zero_grad()
    soft = 0.9 * nn.functional.one_hot(labels, 4) + 0.025
    loss = -nn.functional.cross_entropy(model(images), soft)
    loss.backward()  # finding: gradient-ascent
    optimizer.step()
