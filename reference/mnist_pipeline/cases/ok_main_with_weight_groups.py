# main() with two functions, two parameter groups, validation before training, a dict checkpoint.
import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(28 * 28, 300), nn.Linear(300, 10)

    def forward(self, x):
        return self.b(F.gelu(self.a(x.flatten(1))))


def run_epoch(net, loader, optimizer=None):
    training = optimizer is not None
    net.train(training)
    loss_sum = hits = 0
    with torch.set_grad_enabled(training):
        for x, y in loader:
            out = net.forward(x)
            loss = F.cross_entropy(out, y, label_smoothing=0.05)
            if training:
                loss.backward()
                nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                optimizer.step()
                optimizer.zero_grad()
            loss_sum += loss.item() * len(y)
            hits += (out.argmax(1) == y).sum().item()
    return loss_sum / len(loader.dataset), hits / len(loader.dataset)


def main(epochs=4):
    net = Net()
    groups = [{"params": [net.b.bias, net.a.bias], "weight_decay": 0.0},
              {"params": [net.b.weight, net.a.weight], "weight_decay": 1e-4}]
    optimizer = torch.optim.Adam(groups, lr=1e-3)
    checkpoint = {"accuracy": run_epoch(net, val_loader)[1], "epoch": 0}
    for epoch in range(1, epochs + 1):
        train_loss, _ = run_epoch(net, train_loader, optimizer)
        _, accuracy = run_epoch(net, val_loader)
        _, train_accuracy = run_epoch(net, train_loader)
        print(epoch, train_loss, train_accuracy, accuracy)
        if accuracy >= checkpoint["accuracy"]:
            checkpoint = {"accuracy": accuracy, "epoch": epoch, "net": [p.detach().clone() for p in net.parameters()]}
    with torch.no_grad():
        for p, kept in zip(net.parameters(), checkpoint["net"]):
            p.copy_(kept)
    return net


if __name__ == "__main__":
    main()
