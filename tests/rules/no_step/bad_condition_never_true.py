# A step that waits for a batch that never comes; a regression.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def train(every):
    for number, (images, _) in enumerate(train_loader):
        loss = nn.functional.mse_loss(model(images).squeeze(1), images.mean((1, 2, 3)))
        loss.backward()  # finding: no-step
        if number and number % every == 0:
            optimizer.step()
            optimizer.zero_grad()


train(every=100)
