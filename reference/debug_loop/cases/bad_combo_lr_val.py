# Clears and calls the loss rightly, but keeps the rate and forgets both switches.
# failed: learning_rate validation_mode learns
import torch
import torch.nn as nn

epochs, lr = 2, 100.0
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
criterion = nn.CrossEntropyLoss()
opt = torch.optim.SGD(model.parameters(), lr)  # finding: learning-rate-too-high

for e in range(epochs):
    for phase, loader in {"train": train_loader, "val": val_loader}.items():
        right = seen = 0
        for xb, yb in loader:
            xb = xb.flatten(1)
            if phase == "train":
                out = model(xb)
                opt.zero_grad()
                criterion(out, yb).backward()
                opt.step()
            else:
                out = model(xb)  # finding: validation-in-train-mode, validation-tracks-gradients
            right += (out.argmax(1) == yb).sum().item()
            seen += len(yb)
        print(e, phase, right / seen)
