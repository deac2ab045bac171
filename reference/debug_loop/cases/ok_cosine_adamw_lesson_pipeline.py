# A grown-up pipeline: module, AdamW, cosine schedule, best weights saved and loaded again.
import os
import tempfile

import torch
import torch.nn as nn
import torch.nn.functional as F

EPOCHS = 3
CHECKPOINT = os.path.join(tempfile.gettempdir(), "digits_best.pt")


class DigitNet(nn.Module):
    def __init__(self, p=0.3):
        super().__init__()
        self.hidden1 = nn.Linear(784, 256)
        self.hidden2 = nn.Linear(256, 128)
        self.out = nn.Linear(128, 10)
        self.drop = nn.Dropout(p)
        for layer in (self.hidden1, self.hidden2):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.hidden1(x)))
        x = self.drop(F.relu(self.hidden2(x)))
        return self.out(x)


device = torch.device("cpu")
model = DigitNet().to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)

best = 0.0
for epoch in range(EPOCHS):
    model.train()
    loss_sum, seen = 0.0, 0
    for images, labels in train_loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * images.size(0)
        seen += images.size(0)
    scheduler.step()

    model.eval()
    hits = 0
    with torch.no_grad():
        for images, labels in val_loader:
            hits += (model(images.to(device)).argmax(1) == labels.to(device)).sum().item()
    acc = hits / len(val_loader.dataset)
    if acc > best:
        best = acc
        torch.save(model.state_dict(), CHECKPOINT)
    print(f"{epoch + 1:2d}  loss {loss_sum / seen:.4f}  val {acc:.3f}  best {best:.3f}")

model.load_state_dict(torch.load(CHECKPOINT))
model.eval()
