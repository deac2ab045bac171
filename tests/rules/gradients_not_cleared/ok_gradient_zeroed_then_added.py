# A gradient left from the last step is zeroed in place right after backward's twin run.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    logits = model(images)
    nn.functional.cross_entropy(logits, labels).backward(retain_graph=True)
    optimizer.zero_grad(set_to_none=False)
    nn.functional.cross_entropy(logits, labels).backward()
    optimizer.step()
