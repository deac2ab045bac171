# Validated at every fiftieth step; training mode comes back with the next epoch only.
# failed: loop
import copy
import torch
from torch import nn


class MNISTNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10)
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        x = x.flatten(1)
        x = self.drop(torch.relu(self.fc1(x)))
        x = self.drop(torch.relu(self.fc2(x)))
        return self.fc3(x)


class Trainer:
    def __init__(self, model, train_loader, val_loader, interval=50):
        self.model, self.train_loader, self.val_loader, self.interval = model, train_loader, val_loader, interval
        self.optim = torch.optim.Adam(model.parameters(), lr=1e-3)
        self.iteration, self.best_acc, self.best = 0, 0.0, None

    def validate(self):
        self.model.eval()
        hits = n = 0
        with torch.no_grad():
            for x, y in self.val_loader:
                hits += (self.model(x).argmax(1) == y).sum().item()
                n += len(y)
        if hits / n > self.best_acc:
            self.best_acc, self.best = hits / n, copy.deepcopy(self.model.state_dict())

    def train_epoch(self):
        self.model.train()
        for x, y in self.train_loader:
            if self.iteration and self.iteration % self.interval == 0:
                self.validate()          # leaves the model in eval mode until the next epoch begins
            self.iteration += 1
            self.optim.zero_grad()
            loss = nn.functional.cross_entropy(self.model(x), y)  # finding: training-in-evaluation-mode
            loss.backward()
            self.optim.step()

    def train(self, epochs):
        for _ in range(epochs):
            self.train_epoch()
            self.validate()
        self.model.load_state_dict(self.best)


torch.manual_seed(1)
model = MNISTNet()
Trainer(model, train_loader, val_loader).train(6)
