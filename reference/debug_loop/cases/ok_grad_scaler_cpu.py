# A GradScaler with unscale_ and clipping, written for CUDA and run on the CPU.
import torch
import torch.nn as nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler(device, init_scale=1024.0)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        with torch.amp.autocast(device, enabled=(device == "cuda")):
            loss = criterion(model(images), labels)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        scaler.step(optimizer)
        scaler.update()

    model.eval()
    right = 0
    with torch.no_grad():
        for images, labels in val_loader:
            right += (model(images.to(device)).argmax(1).cpu() == labels).sum().item()
    print(f"epoch {epoch}, scale {scaler.get_scale():.0f}, accuracy {right / 1000:.3f}")
