# Three steps of LBFGS on all images at once.
import torch
from torch import nn

def evaluate():
    model.eval()
    with torch.no_grad():
        return sum(int((model(x.flatten(1)).argmax(1) == y).sum()) for x, y in val_loader)

model = nn.Sequential(nn.Linear(784, 10))
x, y = (torch.cat(t) for t in zip(*[b for b in train_loader]))
optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=10)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    model.train()
    def closure():
        optimizer.zero_grad(); loss = criterion(model(x.flatten(1)), y); loss.backward(); return loss
    optimizer.step(closure)
    print(evaluate())
