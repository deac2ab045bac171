# ReduceLROnPlateau fed with the validation loss.
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="min", factor=0.3, patience=0)
crit = nn.CrossEntropyLoss(reduction="sum")


def run_epoch(loader, train):
    net.train(train)
    total, right = 0.0, 0
    with torch.set_grad_enabled(train):
        for x, y in loader:
            out = net(x)
            loss = crit(out, y)
            if train:
                opt.zero_grad()
                (loss / len(y)).backward()
                opt.step()
            total += loss.item()
            right += (out.argmax(1) == y).sum().item()
    n = len(loader.dataset)
    return total / n, right / n


for epoch in range(3):
    train_loss, train_acc = run_epoch(train_loader, train=True)
    val_loss, val_acc = run_epoch(val_loader, train=False)
    plateau.step(val_loss)
    print(f"{epoch}: {train_loss:.3f} {train_acc:.3f} | {val_loss:.3f} {val_acc:.3f}")
