# A class for each step of a sequence, and the loss has the wrong sign.
import torch
from torch import nn

steps = torch.randint(0, 5, (64, 9))
inputs, targets = steps[:, :-1], (steps[:, :-1] + 1) % 5

model = nn.Sequential(nn.Embedding(5, 8), nn.Linear(8, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(20):
    optimizer.zero_grad()
    loss = -nn.functional.cross_entropy(model(inputs).transpose(1, 2), targets)
    loss.backward()  # finding: gradient-ascent
    optimizer.step()
