# A script with a guard; a loss that adds up, a schedule; lists of whole numbers at the end.
import torch
import torch.nn as nn
from torchvision import datasets


class Net(nn.Sequential):
    def __init__(self):
        sizes = [784, 300, 300, 10]
        layers = [nn.Flatten()]
        for a, b in zip(sizes, sizes[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        super().__init__(*layers[:-1])


def run(net, x, t, steps, size, lr=1e-3):
    optimizer = torch.optim.Adam(net.parameters(), lr=lr, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        chosen = torch.randint(len(x), (size,))
        loss = nn.functional.cross_entropy(net(x[chosen]), t[chosen], reduction="sum")
        net.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net


if __name__ == "__main__":
    train, test = (datasets.MNIST("mnist", train=flag, download=True) for flag in (True, False))
    images = train.data.float() / 127.5 - 1
    net = run(Net(), images, train.targets, steps=len(images) // 128 * 5, size=128)
    net.eval()
    with torch.no_grad():
        predictions = net(test.data.float() / 127.5 - 1).argmax(dim=1).tolist()
    labels = test.targets.tolist()
    pairs = list(zip(labels, predictions))
    confusion = [[pairs.count((t, p)) for p in range(10)] for t in range(10)]
    picked = torch.randperm(len(images))[:100]
    small_images, small_labels = images[picked], train.targets[picked]
    small_net = run(Net(), small_images, small_labels, steps=80, size=100)
