# Stateless style: parameters in a dict, functional_call, torch.func.grad_and_value.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call, grad_and_value

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
params = {name: p.detach().clone() for name, p in model.named_parameters()}


def loss_of(params, x, y):
    return F.cross_entropy(functional_call(model, params, (x,)), y)


step = grad_and_value(loss_of)
for epoch in range(2):
    for x, y in train_loader:
        grads, loss = step(params, x, y)
        params = {name: p - 0.1 * grads[name] for name, p in params.items()}
    print(epoch, loss.item())

model.load_state_dict(params)
model.eval()
with torch.no_grad():
    print(sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
