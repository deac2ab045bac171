# Two optimizers share the model: one for the body, one for the head.
import torch
import torch.nn as nn

body = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())
head = nn.Linear(256, 10)
model = nn.Sequential(body, head)
opt_body = torch.optim.Adam(body.parameters(), lr=1e-3)
opt_head = torch.optim.SGD(head.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        for opt in (opt_body, opt_head):
            opt.zero_grad()
        criterion(model(images), labels).backward()
        for opt in (opt_body, opt_head):
            opt.step()
    model.eval()
    hits = 0
    with torch.no_grad():
        for images, labels in val_loader:
            hits += (model(images).argmax(1) == labels).sum().item()
    print(epoch, hits)
