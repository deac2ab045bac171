# Targets are probabilities, and so is what is compared with them.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        targets = nn.functional.one_hot(labels, 4).float()
        loss = nn.CrossEntropyLoss()(model(images).softmax(-1).reshape(-1, 4), targets)  # finding: softmax-before-cross-entropy
        loss.backward()
        optimizer.step()
