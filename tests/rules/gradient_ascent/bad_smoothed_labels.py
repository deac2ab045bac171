# A part of the likelihood is spread over all classes, and the whole has the wrong sign.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
for images, labels in train_loader:
    loss = criterion(model(images), labels)
    loss = -loss
    optimizer.zero_grad()
    loss.backward()  # finding: gradient-ascent
    optimizer.step()
