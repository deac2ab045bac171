# Each client's model begins with the weights of all, and its own are averaged into them.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors


def network():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 4))


shared = network()
for round in range(3):
    states = []
    for client in range(3):
        rows, told = inputs[client::3], labels[client::3]
        model = network()
        model.load_state_dict(shared.state_dict())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(4):
            index = torch.randint(0, len(rows), (16,))
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(rows[index]), told[index]).backward()
            optimizer.step()
        states.append(model.state_dict())
    shared.load_state_dict({key: sum(s[key] for s in states) / 3 for key in states[0]})
