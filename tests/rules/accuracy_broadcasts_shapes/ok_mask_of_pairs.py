# A loss of pairs: which rows have the same label, each compared with each.
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8))
optimizer = torch.optim.Adam(net.parameters())
for images, labels in train_loader:
    z = nn.functional.normalize(net(images), dim=1)
    same = (labels.unsqueeze(1) == labels).float()
    loss = nn.functional.binary_cross_entropy_with_logits(z @ z.T, same)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
