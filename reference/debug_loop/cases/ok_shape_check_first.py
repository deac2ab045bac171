# Pushes a validation batch through the untouched model, in train mode, to look at shapes.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
criterion = nn.CrossEntropyLoss()

for name, loader in (("train", train_loader), ("val", val_loader)):
    x, y = next(iter(loader))
    out = model(x)
    print(name, tuple(x.shape), tuple(y.shape), tuple(out.shape), criterion(out, y).item())

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
