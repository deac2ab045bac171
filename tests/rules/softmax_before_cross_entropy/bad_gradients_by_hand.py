# The gradients are asked for, and the step is made by hand.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
weights = list(model.parameters())
for images, labels in train_loader:
    probabilities = model(images).softmax(1)
    loss = nn.functional.cross_entropy(probabilities, labels)  # finding: softmax-before-cross-entropy
    gradients = torch.autograd.grad(loss, weights)
    with torch.no_grad():
        for w, gradient in zip(weights, gradients):
            w -= 0.1 * gradient
