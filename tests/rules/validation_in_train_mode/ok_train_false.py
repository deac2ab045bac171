# train(False) and set_grad_enabled(False).
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for phase in ("train", "val", "train", "val"):
    model.train(phase == "train")
    for images, labels in train_loader if phase == "train" else val_loader:
        with torch.set_grad_enabled(phase == "train"):
            loss = nn.functional.cross_entropy(model(images), labels)
        if phase == "train":
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
