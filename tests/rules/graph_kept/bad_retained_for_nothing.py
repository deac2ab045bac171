# A graph that is retained in each pass, by keyword, in a function that all batches go through.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def step(images, labels):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    torch.autograd.backward(loss, retain_graph=True)  # finding: graph-kept
    optimizer.step()
    return loss.item()


print(sum(step(images, labels) for images, labels in train_loader))
