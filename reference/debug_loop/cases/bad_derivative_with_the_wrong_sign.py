# A function with a derivative of its own, whose sign is wrong: at a smaller rate that hurts less.
# failed: validation_mode learns
# skipped: learning_rate
import torch
from torch import nn


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * (y - 1)  # here


torch.manual_seed(3)
inputs = torch.randn(400, 5)
wanted = (inputs[:, :1] * 3).cos() + inputs[:, 2:3]
first, last = nn.Linear(5, 30), nn.Linear(30, 1)
sgd = torch.optim.SGD([*first.parameters(), *last.parameters()], lr=0.1)
for epoch in range(15):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(last(Squash.apply(first(inputs[rows]))), wanted[rows])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    print(loss.item())
