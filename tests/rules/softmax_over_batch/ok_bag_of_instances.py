# Scores of instances are weighed by an attention over the instances, and nothing follows.
import torch
from torch import nn

weigh, judge = nn.Linear(64, 1), nn.Linear(64, 4)
optimizer = torch.optim.Adam([*weigh.parameters(), *judge.parameters()], lr=0.02)
for images, labels in train_loader:
    bag = images.flatten(1)[labels == labels[0]]
    scores = (weigh(bag).softmax(dim=0) * judge(bag)).sum(0, keepdim=True)
    optimizer.zero_grad()
    nn.functional.nll_loss(scores.log_softmax(1), labels[:1]).backward()
    optimizer.step()
