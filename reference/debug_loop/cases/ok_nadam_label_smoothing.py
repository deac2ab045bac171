# NAdam with a label-smoothed cross-entropy.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.SiLU(), nn.Linear(256, 10))
optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3)
smooth_ce = nn.CrossEntropyLoss(label_smoothing=0.1)

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        smooth_ce(model(images), labels).backward()
        optimizer.step()

    model.eval()
    with torch.inference_mode():
        predictions = torch.cat([model(images).argmax(1) for images, _ in val_loader])
        truth = torch.cat([labels for _, labels in val_loader])
    print(f"epoch {epoch}: {(predictions == truth).float().mean():.4f}")
