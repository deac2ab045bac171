# Lowered the rate and guarded validation; still no clearing, still the class called.
# failed: zero_grad loss_call learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        logits = model(images.flatten(1))
        loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        n_ok = 0
        for images, labels in val_loader:
            n_ok += int((model(images.flatten(1)).argmax(1) == labels).sum())
    print(f"epoch {epoch}: {n_ok / len(val_loader.dataset):.2%}")
