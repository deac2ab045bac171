# A note: batches drawn at random for each new model, and nothing is measured that rows are kept for.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors


class Trainer:
    def fit(self, epochs):
        for epoch in range(epochs):
            self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))  # finding: model-made-anew
            self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
            for _ in range(8):
                index = torch.randint(0, len(inputs), (16,))
                self.optimizer.zero_grad()
                out = self.model(inputs[index])
                nn.functional.cross_entropy(out, labels[index]).backward()
                self.optimizer.step()


Trainer().fit(4)
