# Mini-batches from a DataLoader, SGD with momentum, a scheduler; layers as attributes.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class SpiralNet(nn.Module):
    def __init__(self, hidden1=16, hidden2=8):
        super().__init__()
        self.fc1 = nn.Linear(2, hidden1)
        self.fc2 = nn.Linear(hidden1, hidden2)
        self.fc3 = nn.Linear(hidden2, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


def train(model, X, y, epochs):
    loader = DataLoader(TensorDataset(X, y), batch_size=50, shuffle=True)
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=max(epochs, 1))
    history = []
    for _ in range(epochs):
        total = 0.0
        for xb, yb in loader:
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            opt.step()
            total += loss.item() * len(xb)
        schedule.step()
        history.append(total / len(X))
    return history
