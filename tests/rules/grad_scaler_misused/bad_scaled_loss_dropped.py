# The scaled loss is thrown away; a regression in a class.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=8.0)

    def fit(self):
        for images, _ in train_loader:
            self.optimizer.zero_grad()
            target = images.mean((1, 2, 3))
            loss = nn.functional.mse_loss(self.model(images).squeeze(1), target)
            self.scaler.scale(loss)
            loss.backward()  # finding: grad-scaler-misused
            self.scaler.step(self.optimizer)
            self.scaler.update()


Trainer().fit()
