# OneCycleLR stepped after every batch.
import torch
import torch.nn as nn
import torch.nn.functional as F

epochs = 2
max_lr = 0.1
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.8)
sched = torch.optim.lr_scheduler.OneCycleLR(
    opt, max_lr=max_lr, epochs=epochs, steps_per_epoch=len(train_loader)
)
lrs = []


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    outputs = [(F.cross_entropy(model(x), y), (model(x).argmax(1) == y).float().mean())
               for x, y in loader]
    losses, accs = zip(*outputs)
    return torch.stack(losses).mean().item(), torch.stack(accs).mean().item()


for epoch in range(epochs):
    model.train()
    for batch in train_loader:
        images, labels = batch
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        opt.step()
        opt.zero_grad()
        lrs.append(opt.param_groups[0]["lr"])
        sched.step()
    val_loss, val_acc = evaluate(model, val_loader)
    print("Epoch [{}], last_lr: {:.5f}, val_loss: {:.4f}, val_acc: {:.4f}".format(
        epoch, lrs[-1], val_loss, val_acc))
