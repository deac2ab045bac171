"""A transformer that learns to reverse short sequences."""
import torch
from torch import nn


class Reverser(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(12, 32)
        self.place = nn.Embedding(6, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.1, batch_first=True)
        self.body = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(32, 12)

    def forward(self, x):
        return self.head(self.body(self.token(x) + self.place(torch.arange(x.size(1)))))


def run_epoch(model, batches, optimizer=None):
    model.train(optimizer is not None)
    with torch.set_grad_enabled(optimizer is not None):
        for x in batches:
            loss = nn.functional.cross_entropy(model(x).transpose(1, 2), x.flip(1))
            if optimizer is not None:
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
    return loss.item()


torch.manual_seed(0)
model = Reverser()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
train = torch.randint(0, 12, (12, 16, 6))
held = torch.randint(0, 12, (3, 32, 6))
for epoch in range(5):
    run_epoch(model, train, optimizer)
    schedule.step()
    print(run_epoch(model, held))
