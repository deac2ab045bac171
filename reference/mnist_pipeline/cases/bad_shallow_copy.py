# A copy of the dict holds the same tensors.
# failed: best_epoch
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


class MNISTNet(nn.Module):
    def __init__(self, dropout_rate=0.2):
        super().__init__()
        self.fc1 = nn.Linear(784, 256)
        self.fc2 = nn.Linear(256, 128)
        self.fc3 = nn.Linear(128, 10)
        self.dropout = nn.Dropout(dropout_rate)

    def forward(self, x):
        x = x.view(x.shape[0], -1)
        x = self.dropout(F.relu(self.fc1(x)))
        x = self.dropout(F.relu(self.fc2(x)))
        return self.fc3(x)


device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
model = MNISTNet().to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)

best_val_acc = 0
for epoch in range(4):
    model.train()
    train_loss = 0
    for images, labels in train_loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(images)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * images.size(0)
    scheduler.step()

    model.eval()
    val_correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images.to(device))
            val_correct += (logits.argmax(1) == labels.to(device)).sum().item()
    val_acc = val_correct / len(val_loader.dataset)
    if val_acc > best_val_acc:
        best_val_acc = val_acc
        best_state = dict(model.state_dict())  # finding: best-weights-aliased
    print(f"epoch {epoch + 1}: loss {train_loss / len(train_loader.dataset):.4f}, validation {val_acc:.1%}")

model.load_state_dict(best_state)
