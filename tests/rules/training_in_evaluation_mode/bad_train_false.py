# train(False), and train(epoch == 0) after it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    model.train(epoch == 0)
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()  # finding: training-in-evaluation-mode
        optimizer.step()
    model.train(False)
    with torch.inference_mode():
        for images, labels in val_loader:
            model(images)
