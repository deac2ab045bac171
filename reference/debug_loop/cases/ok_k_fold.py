# Three-fold cross-validation: what is validated in one fold is trained on in another.
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset

dataset = train_loader.dataset
folds = torch.randperm(len(dataset)).chunk(3)
criterion = nn.CrossEntropyLoss()


def new_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def count_correct(model, loader):
    model.eval()
    with torch.no_grad():
        return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)


scores = []
for k, fold in enumerate(folds):
    rest = torch.cat([f for j, f in enumerate(folds) if j != k])
    fit_loader = DataLoader(Subset(dataset, rest.tolist()), batch_size=64, shuffle=True)
    fold_loader = DataLoader(Subset(dataset, fold.tolist()), batch_size=256)
    model = new_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(2):
        model.train()
        for x, y in fit_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
    scores.append(count_correct(model, fold_loader) / len(fold))
    print(f"fold {k}: {scores[-1]:.4f}")

print("cross-validation:", sum(scores) / 3)
print("held out:", count_correct(model, val_loader) / len(val_loader.dataset))
