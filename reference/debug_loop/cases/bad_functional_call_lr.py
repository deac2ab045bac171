# Stateless style with a rate of 50, validated without leaving training mode.
# failed: learning_rate validation_mode learns
import torch
import torch.nn as nn
from torch.func import functional_call, grad

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10))
params = {name: p.detach() for name, p in model.named_parameters()}


def loss_of(params, x, y):
    return nn.functional.cross_entropy(functional_call(model, params, x), y)


for epoch in range(2):
    for x, y in train_loader:
        grads = grad(loss_of)(params, x, y)  # finding: learning-rate-too-high
        params = {name: p - 50 * grads[name] for name, p in params.items()}
    with torch.no_grad():
        correct = sum(
            (functional_call(model, params, x).argmax(1) == y).sum().item()  # finding: validation-in-train-mode
            for x, y in val_loader
        )
    print(epoch, correct)
