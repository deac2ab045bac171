# Clears once, before all loops.
# failed: zero_grad learns
import torch
import torch.nn as nn

net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
optimizer.zero_grad()
net.train()
for epoch in range(2):
    for inputs, targets in train_loader:
        outputs = net(inputs.view(inputs.size(0), -1))
        loss = criterion(outputs, targets)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    print(epoch, loss.item())

net.eval()
correct = 0
with torch.no_grad():
    for inputs, targets in val_loader:
        correct += (net(inputs.view(inputs.size(0), -1)).argmax(1) == targets).sum().item()
print(correct / len(val_loader.dataset))
