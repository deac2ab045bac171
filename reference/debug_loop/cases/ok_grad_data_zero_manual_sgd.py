# Old-style hand-written SGD: p.data is updated and p.grad.data is zeroed, no optimizer at all.
import torch
import torch.nn as nn
import torch.nn.functional as F

learning_rate = 0.1

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

for t in range(2):
    model.train()
    for x, y in train_loader:
        y_pred = model(x.view(len(x), -1))
        loss = F.cross_entropy(y_pred, y)
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad.data
            p.grad.data.zero_()
    print(t, loss.item())

    model.eval()
    ok = 0
    with torch.no_grad():
        for x, y in val_loader:
            ok += (model(x.view(len(x), -1)).argmax(1) == y).sum().item()
    print('accuracy', ok / len(val_loader.dataset))
