# The data was made with a tensor that has the name of the loop's: it is not the one that is meant.
import torch
from torch import nn

w = torch.randn(64, 1)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 1))


class Trainer:
    def __init__(self, net):
        self.net = net

    def fit(self):
        for images, _ in train_loader:
            for w in self.net.parameters():
                w.grad = None
            loss = nn.functional.mse_loss(self.net(images), images.flatten(1).sum(1, keepdim=True))
            loss.backward()
            with torch.no_grad():
                for w in self.net.parameters():
                    w = w - 0.01 * w.grad  # finding: update-rebinds-name


Trainer(model).fit()
