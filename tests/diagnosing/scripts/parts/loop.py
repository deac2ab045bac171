"""The loop, which forgets something."""
import torch
from torch.nn import functional


def train(net, epochs):
    torch.manual_seed(0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    labels = torch.randint(0, 3, (192,))
    rows = torch.randn(3, 6)[labels] + 0.5 * torch.randn(192, 6)
    for _ in range(epochs):
        for x, y in zip(rows.split(32), labels.split(32)):
            loss = functional.cross_entropy(net(x), y)
            loss.backward()  # finding: gradients-not-cleared
            optimizer.step()
