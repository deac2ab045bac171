# A history of tensors, in a class; a regression.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.history = []

    def batch(self, images):
        loss = nn.functional.mse_loss(self.model(images).squeeze(1), images.mean((1, 2, 3)))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.history.append(loss)  # finding: graph-kept


trainer = Trainer()
for images, _ in train_loader:
    trainer.batch(images)
