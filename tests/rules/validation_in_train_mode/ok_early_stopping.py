# A class that validates, keeps the best weights and restores them.
import copy

import torch
from torch import nn


class Stopper:
    def __init__(self, patience):
        self.patience, self.best, self.bad, self.state = patience, 1e9, 0, None

    def __call__(self, loss, model):
        if loss < self.best:
            self.best, self.bad, self.state = loss, 0, copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad > self.patience


def run(model, loader, optimizer=None):
    training = optimizer is not None
    model.train(training)
    total = 0.0
    with torch.set_grad_enabled(training):
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images), labels)
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item()
    return total / len(loader)


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
stopper = Stopper(1)
for epoch in range(5):
    run(model, train_loader, optimizer)
    if stopper(run(model, val_loader), model):
        break
model.load_state_dict(stopper.state)
run(model, val_loader)
