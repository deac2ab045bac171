# A recurrent network over the rows of its images.
import torch
from torch import nn

from torch.nn.utils import clip_grad_norm_

reader, out = nn.GRU(8, 12, batch_first=True), nn.Linear(12, 4)
parameters = [*reader.parameters(), *out.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.1)


def train():
    for images, labels in train_loader:
        _, state = reader(images.squeeze(1))
        loss = nn.functional.cross_entropy(out(state[-1]), labels)
        loss.backward()
        optimizer.step()
        clip_grad_norm_(parameters, max_norm=0.25)  # finding: clip-after-step
        optimizer.zero_grad()


train()
