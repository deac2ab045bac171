# Only the clearing was repaired, and the whole was put into a class.
# failed: learning_rate loss_call validation_mode learns
import torch
import torch.nn as nn


class Experiment:
    def __init__(self):
        self.model = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)
        )
        params = self.model.parameters()
        self.optimizer = torch.optim.SGD(params, lr=100.0)  # finding: learning-rate-too-high

    def train(self):
        for images, labels in train_loader:
            self.optimizer.zero_grad()
            logits = self.model(images)
            loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance
            loss.backward()
            self.optimizer.step()

    def validate(self):
        n = 0
        for x, y in val_loader:
            out = self.model(x)  # finding: validation-in-train-mode, validation-tracks-gradients
            n += (out.argmax(1) == y).sum().item()
        return n / len(val_loader.dataset)


experiment = Experiment()
for _ in range(2):
    experiment.train()
    print(experiment.validate())
