# Clipping bounds the sum, it doesn't clear it; here it also runs after the step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
