# A likelihood of scores, whose gradients are asked for.
import torch
from torch import nn

w = (0.1 * torch.randn(64, 4)).requires_grad_()
for images, labels in train_loader:
    scores = images.flatten(1) @ w
    loss = nn.functional.nll_loss(scores, labels)  # finding: nll-loss-without-log-softmax
    (gradient,) = torch.autograd.grad(loss, w)
    w.data -= 0.1 * gradient
