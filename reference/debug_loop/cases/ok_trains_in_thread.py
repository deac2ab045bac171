# A thread trains while the main program waits for it; then the main program validates.
import threading

import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def train():
    for _ in range(2):
        for x, y in train_loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


worker = threading.Thread(target=train)
worker.start()
worker.join()
model.eval()
with torch.inference_mode():
    print(sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
