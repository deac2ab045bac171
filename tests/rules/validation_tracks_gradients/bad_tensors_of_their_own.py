# A regression on tensors, and others that were kept apart from the beginning.
import torch
from torch import nn

slopes = torch.randn(6, 1)
X, X_val = torch.randn(256, 6), torch.randn(80, 6)
y, y_val = X @ slopes, X_val @ slopes

model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(60):
    model.train()
    optimizer.zero_grad()
    nn.functional.mse_loss(model(X), y).backward()
    optimizer.step()
    model.eval()
    if epoch % 20 == 19:
        error = (model(X_val) - y_val).abs().mean()  # finding: validation-tracks-gradients
        print(epoch, error.item())
