# One method makes both passes; what differs is the mode alone.
import torch
from torch import nn


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        self.criterion = nn.CrossEntropyLoss()

    def run(self, loader, train):
        self.model.train(train)
        total = 0.0
        for images, labels in loader:
            loss = self.criterion(self.model(images), labels)  # finding: trained-on-held-out
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total / len(loader)


trainer = Trainer(nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4)))
for epoch in range(3):
    print(trainer.run(train_loader, True), trainer.run(val_loader, False))
