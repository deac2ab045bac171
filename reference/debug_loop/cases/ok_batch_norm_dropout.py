# Batch norm and dropout, where the mode really matters.
import torch
from torch import nn

net = nn.Sequential(
    nn.Flatten(),
    nn.Linear(784, 256, bias=False),
    nn.BatchNorm1d(256),
    nn.ReLU(),
    nn.Dropout(p=0.4),
    nn.Linear(256, 10),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    for mode, loader in (("train", train_loader), ("val", val_loader)):
        net.train(mode == "train")
        correct = 0
        for images, labels in loader:
            if mode == "train":
                optimizer.zero_grad()
                logits = net(images)
                criterion(logits, labels).backward()
                optimizer.step()
            else:
                with torch.no_grad():
                    logits = net(images)
            correct += (logits.argmax(1) == labels).sum().item()
        print(epoch, mode, correct / len(loader.dataset))
