# Rate and clearing repaired; the class is called and validation is unguarded.
# failed: loss_call validation_mode
import torch
from torch.nn import CrossEntropyLoss, Linear, ReLU, Sequential
from torch.optim import Adam

mlp = Sequential(Linear(784, 256), ReLU(), Linear(256, 10))
adam = Adam(mlp.parameters(), lr=0.001)
for epoch in range(3):
    for pixels, digit in train_loader:
        adam.zero_grad()
        guess = mlp(pixels.reshape(-1, 784))
        loss = CrossEntropyLoss(guess, digit)  # finding: loss-class-not-instance
        loss.backward()
        adam.step()
    hits = 0
    for pixels, digit in val_loader:
        x = pixels.reshape(-1, 784)
        guess = mlp(x)  # finding: validation-in-train-mode, validation-tracks-gradients
        hits += (guess.max(1).indices == digit).sum().item()
    print(epoch, loss.item(), hits / 1000)
