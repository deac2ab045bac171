"""A regression on a table in a folder that is read."""
import numpy as np
import torch
from torch import nn

table = np.loadtxt("data/table.csv", delimiter=",", skiprows=1, dtype=np.float32)
features, target = torch.from_numpy(table[:, :4]), torch.from_numpy(table[:, 4:])
features = (features - features.mean(0)) / features.std(0)
train_x, train_y, val_x, val_y = features[:160], target[:160], features[160:], target[160:]


class Regressor(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.hidden = nn.Linear(4, width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def main():
    torch.manual_seed(0)
    net = Regressor()
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    loss_fn = nn.MSELoss()
    for epoch in range(150):
        opt.zero_grad()
        loss = loss_fn(net(train_x), train_y)
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print("validation", loss_fn(net(val_x), val_y).item())


if __name__ == "__main__":
    main()
