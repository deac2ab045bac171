# A wrapper around an optimizer does clear, backward and step in one call.
import torch
import torch.nn as nn


class Stepper:
    def __init__(self, inner):
        self.inner = inner
        self.count = 0

    def minimize(self, loss):
        self.inner.zero_grad()
        loss.backward()
        self.inner.step()
        self.count += 1


net = nn.Sequential(nn.Flatten(), nn.Linear(784, 200), nn.GELU(), nn.Linear(200, 10))
stepper = Stepper(torch.optim.AdamW(net.parameters(), lr=1e-3))
criterion = nn.CrossEntropyLoss()

for _ in range(3):
    net.train(True)
    for images, digits in train_loader:
        stepper.minimize(criterion(net(images), digits))
    net.train(False)
    with torch.no_grad():
        good = 0
        for images, digits in val_loader:
            good += int(torch.sum(net(images).argmax(1).eq(digits)))
    print(stepper.count, "steps,", good, "of", len(val_loader.dataset), "right")
