# A trainer, and a network whose forward ends in a sigmoid.
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.head = nn.Linear(4 * 6 * 6, 4)

    def forward(self, x):
        x = torch.relu(self.conv(x)).flatten(1)
        return torch.sigmoid(self.head(x))


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)

    def loss(self, batch):
        images, labels = batch
        return F.cross_entropy(self.model(images), labels)  # finding: activation-before-cross-entropy

    def fit(self, loader):
        for batch in loader:
            self.optimizer.zero_grad()
            loss = self.loss(batch)
            loss.backward()
            self.optimizer.step()


trainer = Trainer(Net())
for epoch in range(2):
    trainer.fit(train_loader)
