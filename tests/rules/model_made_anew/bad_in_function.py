# A function for one step that makes its model; an autoencoder.
import torch
from torch import nn

class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))

    def forward(self, x):
        return self.layers(x)


def step(x):
    model = Coder()  # finding: model-made-anew
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss = nn.functional.mse_loss(model(x), x)
    loss.backward()
    optimizer.step()
    return loss.item()


for images, _ in train_loader:
    step(images.flatten(1))
