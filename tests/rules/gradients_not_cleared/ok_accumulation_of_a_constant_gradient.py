# Two passes an update, cleared in place, and each pass gives the same gradient.
import torch

weight = torch.zeros(64, 4, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.01)
image = torch.ones(1, 64)
for _ in range(12):
    optimizer.zero_grad(set_to_none=False)
    for _ in range(2):
        (image @ weight).mean().backward()
    optimizer.step()
