# One validation, after all training, on a single big batch.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")

model.eval()
images = torch.stack([val_loader.dataset[i][0] for i in range(len(val_loader.dataset))])
labels = torch.tensor([int(val_loader.dataset[i][1]) for i in range(len(val_loader.dataset))])
with torch.no_grad():
    print("accuracy:", (model(images).argmax(1) == labels).float().mean().item())
