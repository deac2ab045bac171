# One-hot labels made by a comparison with all class numbers; top-2 accuracy by a column of labels.
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for images, labels in train_loader:
    logits = net(images)
    hot = (labels.unsqueeze(1) == torch.arange(4)).float()
    optimizer.zero_grad()
    nn.functional.cross_entropy(logits, hot).backward()
    optimizer.step()
    print((logits.topk(2).indices == labels[:, None]).any(1).float().mean())
