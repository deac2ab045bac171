# MultiMarginLoss called like a function.
# failed: loss_call
import torch
import torch.nn as nn

clf = nn.Sequential(nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 10))
opt = torch.optim.SGD(clf.parameters(), lr=0.2, momentum=0.9)
for epoch in range(2):
    clf.train()
    for x, y in train_loader:
        opt.zero_grad()
        loss = nn.MultiMarginLoss(clf(x.flatten(1)), y)  # finding: loss-class-not-instance
        loss.backward()
        opt.step()
    clf.eval()
    correct = 0
    with torch.no_grad():
        for x, y in val_loader:
            correct += (clf(x.flatten(1)).argmax(1) == y).sum().item()
    print(epoch, correct)
