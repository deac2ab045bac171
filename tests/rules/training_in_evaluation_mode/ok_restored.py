# A helper that restores the mode it found.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def validate():
    before = model.training
    model.eval()
    with torch.no_grad():
        for images, _ in val_loader:
            model(images)
    model.train(before)


for epoch in range(5):
    for number, (images, labels) in enumerate(train_loader):
        if number % 5 == 4:
            validate()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
