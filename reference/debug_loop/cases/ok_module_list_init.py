# Custom init with apply(), layers in a ModuleList, device-agnostic helper, f-strings everywhere.
import torch
import torch.nn as nn
import torch.nn.functional as F


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.constant_(m.bias, 0.0)


class Deep(nn.Module):
    def __init__(self, sizes=(784, 256, 128, 10)):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.apply(init_weights)

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = F.elu(layer(x))
        return self.layers[-1](x)


def to_device(batch, device):
    return [t.to(device, non_blocking=True) for t in batch]


device = "cuda" if torch.cuda.is_available() else "cpu"
model = Deep().to(device)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters on {device}")
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, weight_decay=5e-4)

for epoch in (1, 2, 3):
    model.train()
    for batch in train_loader:
        x, y = to_device(batch, device)
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.inference_mode():
        for batch in val_loader:
            x, y = to_device(batch, device)
            correct += (model(x).argmax(1) == y).sum().item()
    print(f"{epoch=} {loss.item()=:.3f} {correct=}")
