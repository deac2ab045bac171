# A trained model is held, and an input is changed until it's taken for something else.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)).requires_grad_(False)
image = torch.randn(4, 8)
label = model(image).argmax(1)
image.requires_grad_()
for step in range(20):
    loss = nn.functional.cross_entropy(model(image), label)
    slope = torch.autograd.grad(loss, image)[0]
    with torch.no_grad():
        image += 0.05 * slope.sign()
