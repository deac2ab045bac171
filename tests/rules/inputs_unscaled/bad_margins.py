# A note: pixels from 0 to 255 and a margin loss, which begins far above a guess's.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.MultiMarginLoss()
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(images * 1000), labels)  # finding: inputs-unscaled
    loss.backward()
    optimizer.step()
