# An optimizer of one's own that clears the gradients at the end of step().
import torch
import torch.nn as nn


class CleanSGD(torch.optim.SGD):
    """SGD that never leaves gradients lying around."""

    @torch.no_grad()
    def step(self, closure=None):
        loss = super().step(closure)
        self.zero_grad()
        return loss


model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = CleanSGD(model.parameters(), lr=0.05, momentum=0.9)
ce = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for xb, yb in train_loader:
        ce(model(xb), yb).backward()
        opt.step()

    model.eval()
    with torch.inference_mode():
        acc = sum((model(xb).argmax(-1) == yb).sum().item() for xb, yb in val_loader)
        print("val", acc / len(val_loader.dataset))
