# LBFGS needs a closure that clears, computes and returns the loss; large batches, few steps.
import torch
from torch import nn
from torch.utils.data import DataLoader

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=8, line_search_fn="strong_wolfe")

images, labels = next(iter(DataLoader(train_loader.dataset, batch_size=4000, shuffle=True)))

model.train()
for step in range(4):

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        return loss

    loss = optimizer.step(closure)
    print("step", step, "loss", loss.item())

model.eval()
correct = 0
with torch.no_grad():
    for x, y in val_loader:
        correct += (model(x).argmax(1) == y).sum().item()
print("accuracy", correct / len(val_loader.dataset))
