# Two misfits and a penalty are added, and the step by hand goes along the gradient.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 6))
x = torch.randn(64, 6)
for step in range(12):
    out = model(x)
    penalty = sum(w.square().sum() for w in model.parameters())
    loss = nn.functional.mse_loss(out, x) + 0.5 * nn.functional.smooth_l1_loss(out, x) + 1e-4 * penalty
    model.zero_grad()
    loss.backward()  # finding: gradient-ascent
    with torch.no_grad():
        for w in model.parameters():
            w += 0.5 * w.grad
