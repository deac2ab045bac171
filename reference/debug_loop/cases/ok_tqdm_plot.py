# Progress bars while training and a figure of the curves at the end.
import matplotlib.pyplot as plt
import torch
import torch.nn as nn
from tqdm import tqdm

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
history = {"loss": [], "acc": []}

for epoch in range(3):
    model.train()
    bar = tqdm(train_loader, desc=f"epoch {epoch}", leave=False)
    for images, labels in bar:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        history["loss"].append(loss.item())
        bar.set_postfix(loss=f"{loss.item():.3f}")

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in tqdm(val_loader, desc="val", leave=False):
            correct += (model(images).argmax(1) == labels).sum().item()
    history["acc"].append(correct / len(val_loader.dataset))

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
left.plot(history["loss"])
left.set_title("loss")
right.plot(history["acc"], marker="o")
right.set_title("validation accuracy")
plt.tight_layout()
plt.savefig("curves.png")
plt.show()
