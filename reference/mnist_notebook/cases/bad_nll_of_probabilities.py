# NLLLoss gets probabilities, not their logarithms.
# failed: raw_logits accuracy? overfits?
import torch
from torch import nn
from torchvision import datasets

torch.manual_seed(1)


def load(train):
    data = datasets.MNIST("data", train=train, download=True)
    return (data.data.reshape(-1, 784) / 255 - 0.1307) / 0.3081, data.targets


X, y = load(True)
X_test, labels = load(False)


def make_net():
    return nn.Sequential(
        nn.Linear(784, 300), nn.ReLU(),
        nn.Linear(300, 300), nn.ReLU(),
        nn.Linear(300, 10),
    )


def fit(net, X, y, epochs, batch=128):
    criterion = nn.NLLLoss()  # here
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(epochs):
        order = torch.randperm(len(X))
        for i in range(0, len(X), batch):
            logits = torch.softmax(net(X[order[i:i + batch]]), dim=1)  # here
            loss = criterion(logits, y[order[i:i + batch]])  # finding: nll-loss-without-log-softmax
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


net = make_net()
fit(net, X, y, epochs=2)

net.eval()
with torch.no_grad():
    predictions = net(X_test).argmax(1)
confusion = torch.zeros(10, 10, dtype=torch.long)
for t, p in zip(labels, predictions):
    confusion[t, p] += 1

small_net = make_net()
small_images, small_labels = X[:100], y[:100]
fit(small_net, small_images, small_labels, epochs=40)
