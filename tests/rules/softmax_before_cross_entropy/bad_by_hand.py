import torch
import torch.nn.functional as F
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.Tanh(), nn.Linear(24, 4), nn.Softmax(dim=1))
weights = list(net.parameters())

for images, labels in train_loader:
    loss = F.cross_entropy(net(images), labels)  # finding: softmax-before-cross-entropy
    gradients = torch.autograd.grad(loss, weights)
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients):
            weight -= 0.5 * gradient
