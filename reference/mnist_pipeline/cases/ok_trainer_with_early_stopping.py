# A Trainer class, early stopping on the validation loss, and a deep copy of the model as the result.
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import nn
from tqdm import tqdm


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.BatchNorm1d(256),
                         nn.Linear(256, 10), nn.LogSoftmax(dim=1))


@dataclass
class Trainer:
    model: nn.Module
    patience: int = 2
    losses: list = field(default_factory=list)

    def __post_init__(self):
        self.loss = nn.NLLLoss()
        self.sgd = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)

    def validate(self, model):
        was = model.training
        model.train(False)
        with torch.inference_mode():
            losses = [self.loss(model(x), y) * len(y) for x, y in val_loader]
        model.train(was)
        return float(sum(losses)) / len(val_loader.dataset)

    def fit(self, epochs):
        best, waited = deepcopy(self.model), 0
        for _ in tqdm(range(epochs), disable=True):
            for x, y in train_loader:
                self.sgd.zero_grad(set_to_none=True)
                self.loss(self.model(x), y).backward()
                self.sgd.step()
            self.losses.append(self.validate(self.model))
            if self.losses[-1] == min(self.losses):
                best, waited = deepcopy(self.model), 0
            else:
                waited += 1
                if waited >= self.patience:
                    break
        return best


if __name__ == "__main__":
    best_model = Trainer(mlp()).fit(4)
    best_model.eval()
    with torch.no_grad():
        hits = sum((best_model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(f"{hits / len(val_loader.dataset):.1%}")
