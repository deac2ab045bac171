# log_softmax with dim=0, and the likelihood of it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4), nn.LogSoftmax(dim=0))
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(images), labels)  # finding: softmax-over-batch
    loss.backward()
    optimizer.step()
