# One loop for both phases, with gradients and steps in one of them alone.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for phase, loader in (("train", train_loader), ("val", val_loader)):
        model.train(phase == "train")
        for images, labels in loader:
            with torch.set_grad_enabled(phase == "train"):
                loss = nn.functional.cross_entropy(model(images), labels)
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
