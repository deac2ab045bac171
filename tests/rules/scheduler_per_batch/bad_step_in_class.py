# StepLR in the method for one batch; an autoencoder.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.schedule = torch.optim.lr_scheduler.StepLR(self.optimizer, 2, 0.1)

    def batch(self, x):
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.model(x), x).backward()
        self.optimizer.step()
        self.schedule.step()  # finding: scheduler-per-batch


trainer = Trainer()
for _ in range(2):
    for images, _ in train_loader:
        trainer.batch(images.flatten(1))
