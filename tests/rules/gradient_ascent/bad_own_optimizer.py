# An optimizer of the program's own, with a plus; an autoencoder.
import torch
from torch import nn

class Descent(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.add_(p.grad, alpha=group["lr"])


model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
optimizer = Descent(model.parameters(), 0.5)
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()  # finding: gradient-ascent
