# The likelihood is written out in two ways, and what is small is made large.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, maximize=True)
for images, labels in train_loader:
    scores = model(images)
    own = scores[torch.arange(len(labels)), labels]
    first = -scores.log_softmax(1).gather(1, labels[:, None]).mean()
    second = (torch.logsumexp(scores, 1) - own).mean()
    optimizer.zero_grad()
    (first + second).backward()
    optimizer.step()  # finding: gradient-ascent
