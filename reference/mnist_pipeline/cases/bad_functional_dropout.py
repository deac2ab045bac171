# F.dropout is not told of the mode, so it drops in validation too.
# failed: validation
import copy
import torch
from torch import nn
import torch.nn.functional as F


class MNISTNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = x.view(-1, 784)
        x = F.dropout(F.relu(self.fc1(x)), p=0.2)  # finding: dropout-in-evaluation
        x = F.dropout(F.relu(self.fc2(x)), p=0.2)
        return self.fc3(x)


torch.manual_seed(0)
model = MNISTNet()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
best_acc, best = 0.0, None
for epoch in range(8):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in val_loader:
            correct += (model(images).argmax(1) == labels).sum().item()
            total += len(labels)
    if correct / total > best_acc:
        best_acc, best = correct / total, copy.deepcopy(model.state_dict())
    print(epoch, correct / total)
model.load_state_dict(best)
