# A function for one epoch that begins with the schedule.
import torch
from torch import nn

def epoch(model, optimizer, schedule):
    schedule.step()  # finding: scheduler-before-optimizer
    for images, _ in train_loader:
        loss = nn.functional.mse_loss(model(images).squeeze(1), images.mean((1, 2, 3)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3)
for _ in range(3):
    epoch(model, optimizer, schedule)
