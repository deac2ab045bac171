# Layers in a list whose parameters the optimizer gets by hand.
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(64, 16), nn.Linear(16, 4)]

    def forward(self, x):
        return self.layers[1](torch.relu(self.layers[0](x.flatten(1))))


model = Net()
parameters = [p for layer in model.layers for p in layer.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
