"""Reference solution of `mnist_notebook` (lesson 004), as a script with the notebook's cells."""

# %%
import torch
from torch import nn
from torchvision import datasets

MEAN, STD = 0.1307, 0.3081
BATCH, EPOCHS = 128, 5

# %% The data: all pixels at once, which is faster than image by image.


def load(train):
    """Images (N, 784), normalised, and labels (N,) of one split."""
    split = datasets.MNIST("data", train=train, download=True)
    return split.data.flatten(1).float().div(255).sub(MEAN).div(STD), split.targets


images, classes = load(train=True)
test_images, labels = load(train=False)

# %% The network. It ends with logits: the loss applies softmax, and does so without overflow.


def make_net():
    """784 → 300 → 300 → 10: 235,500 + 90,300 + 3,010 = 328,810 parameters."""
    return nn.Sequential(
        nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 300), nn.ReLU(), nn.Linear(300, 10)
    )


# %% The training.


def fit(net, images, classes, epochs, batch):
    """Train `net` by Adam, with the images in a new order every epoch."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    net.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(batch):
            loss = criterion(net(images[chosen]), classes[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


net = make_net()
fit(net, images, classes, EPOCHS, BATCH)

# %% Predictions, and which digits are taken for which.
net.eval()
with torch.no_grad():
    predictions = net(test_images).argmax(dim=1)

# Each pair of classes has a number of its own: count the pairs, then make rows of true classes.
confusion = torch.bincount(10 * labels + predictions, minlength=100).reshape(10, 10)
print(confusion)
print(f"test accuracy {confusion.trace() / confusion.sum():.2%}")

# %% A sanity check: a network that can't learn 100 images by heart has a bug.
small_images, small_labels = images[:100], classes[:100]
small_net = make_net()
fit(small_net, small_images, small_labels, epochs=60, batch=100)
