# The model ends in a sigmoid, and the loop takes another.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)


def step(images, labels):
    probabilities = torch.sigmoid(model(images)).squeeze(1)
    loss = nn.BCELoss()(probabilities, (labels > 1).float())  # finding: sigmoid-before-bce-with-logits
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for images, labels in train_loader:
    step(images, labels)
