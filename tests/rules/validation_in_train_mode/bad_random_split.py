# A split of one's own; the helper serves both phases.
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

train, val = random_split(train_loader.dataset, [200, 56])
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def run(loader, training):
    with torch.set_grad_enabled(training):
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images), labels)  # finding: validation-in-train-mode
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()


for epoch in range(2):
    run(DataLoader(train, 20, shuffle=True), True)
    run(DataLoader(val, 28), False)
