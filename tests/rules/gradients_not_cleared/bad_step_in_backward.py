# Steps from hooks that never clear.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizers = {p: torch.optim.SGD([p], lr=0.01) for p in model.parameters()}
for p in model.parameters():
    p.register_post_accumulate_grad_hook(lambda p: optimizers[p].step())
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
