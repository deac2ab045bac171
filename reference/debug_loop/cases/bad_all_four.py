# Nothing was repaired, only rearranged under a main guard.
# failed: learning_rate zero_grad loss_call validation_mode learns
import torch
import torch.nn as nn


def main():
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=100.0)  # finding: learning-rate-too-high
    for epoch in range(1):
        for images, labels in train_loader:
            logits = model(images.view(images.shape[0], -1))
            loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance
            loss.backward()  # finding: gradients-not-cleared
            optimizer.step()
        correct = 0
        for images, labels in val_loader:
            x = images.view(images.shape[0], -1)
            logits = model(x)  # finding: validation-in-train-mode, validation-tracks-gradients
            correct += (logits.argmax(dim=1) == labels).sum().item()
        print(f"Epoch {epoch + 1}: {correct / len(val_loader.dataset):.1%}, loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
