# Gradients by torch.func, handed to the parameters.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def loss_of(parameters, images, labels):
    return nn.functional.cross_entropy(
        torch.func.functional_call(model, parameters, (images,)), labels
    )


for images, labels in train_loader:
    parameters = dict(model.named_parameters())
    grads = torch.func.grad(loss_of)({k: p.detach() for k, p in parameters.items()}, images, labels)
    for name, p in parameters.items():
        p.grad = grads[name]
    optimizer.step()
