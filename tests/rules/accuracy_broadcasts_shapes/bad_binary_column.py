# A binary classifier: a column of predictions against a row of labels.
import torch
from torch import nn

x = torch.randn(96, 4)
y = (x[:, 0] > 0).float()
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(12):
    logits = model(x)
    loss = nn.functional.binary_cross_entropy_with_logits(logits.squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    predicted = (torch.sigmoid(logits) > 0.5).float()
    accuracy = (predicted == y).float().mean()  # finding: accuracy-broadcasts-shapes
