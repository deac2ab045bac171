# A graph that is retained because the gradient by the inputs is asked for afterwards.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    images.requires_grad_()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward(retain_graph=True)
    saliency = torch.autograd.grad(loss, images)[0].abs().mean()
    optimizer.step()
