# Milestones with a factor that goes up, momentum.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
steps = torch.optim.lr_scheduler.MultiStepLR(  # finding: learning-rate-grows
    optimizer, milestones=[11, 13], gamma=3000.0
)
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    steps.step()
