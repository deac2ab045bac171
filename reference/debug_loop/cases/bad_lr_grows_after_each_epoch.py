# A schedule multiplies a sound rate by ten after each epoch; the first two go well.
# failed: learning_rate learns
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
sgd = torch.optim.SGD(net.parameters(), lr=0.06)
grow = torch.optim.lr_scheduler.StepLR(sgd, step_size=1, gamma=10)  # finding: learning-rate-grows
criterion = nn.CrossEntropyLoss()
for epoch in range(6):
    net.train()
    for images, labels in train_loader:
        sgd.zero_grad()
        criterion(net(images), labels).backward()
        sgd.step()
    grow.step()
    net.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            net(images)
