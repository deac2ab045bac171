# Two softmaxes in a row, and the logarithm by hand.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4), nn.Softmax(dim=1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    probabilities = model(images).softmax(1)
    loss = nn.functional.nll_loss((probabilities + 1e-8).log(), labels)  # finding: softmax-before-cross-entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
