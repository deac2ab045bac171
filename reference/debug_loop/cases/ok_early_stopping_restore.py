# Early stopping with patience; the best weights are put back at the end.
import torch
import torch.nn as nn


class EarlyStopper:
    def __init__(self, patience=2, min_delta=1e-4):
        self.patience = patience
        self.min_delta = min_delta
        self.best = float("inf")
        self.bad = 0
        self.state = None

    def update(self, value, model):
        if value < self.best - self.min_delta:
            self.best, self.bad = value, 0
            self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}
        else:
            self.bad += 1
        return self.bad >= self.patience


model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss()
stopper = EarlyStopper()

for epoch in range(5):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    val_loss = 0.0
    with torch.no_grad():
        for images, labels in val_loader:
            val_loss += criterion(model(images), labels).item() * len(labels)
    val_loss /= len(val_loader.dataset)
    print(f"epoch {epoch}: validation loss {val_loss:.4f}")
    if stopper.update(val_loss, model):
        print("no progress, stopping")
        break

model.load_state_dict(stopper.state)
