# A module whose modes are a flag of its own, which the dropout function is told.
import torch, torch.nn as nn, torch.nn.functional as F
class MNISTClassifierWithDropout(nn.Module):
    def __init__(self, dropout_rate):
        super().__init__()
        self.a = nn.Linear(784, 256); self.b = nn.Linear(256, 128); self.c = nn.Linear(128, 10)
        self.rate = dropout_rate
        self.on = True
    def train_mode(self): self.on = True
    def eval_mode(self): self.on = False
    def drop(self, x): return F.dropout(x, self.rate, training=self.on)
    def forward(self, x):
        x = self.drop(F.relu(self.a(x.flatten(1))))
        x = self.drop(F.relu(self.b(x)))
        return self.c(x)
def train_model(model, epochs, lr, has_dropout):
    hist = {"train_loss": [], "val_acc": []}
    for e in range(epochs):
        if has_dropout: model.train_mode()
        tot = 0.
        for x, y in train_loader:
            model.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters(): p -= lr * p.grad
            tot += loss.item()
        if has_dropout: model.eval_mode()
        right = n = 0
        with torch.no_grad():
            for x, y in val_loader:
                right += (model(x).argmax(1) == y).sum().item(); n += len(y)
        hist["train_loss"].append(tot / len(train_loader)); hist["val_acc"].append(right / n)
    return hist
