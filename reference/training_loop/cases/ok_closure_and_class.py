# A class with one method for a batch, the step takes a closure, model.zero_grad() and enable_grad.
import torch
from torch import nn


class Trainer:
    def __init__(self, model, criterion, optimizer, max_norm, device):
        self.model, self.criterion, self.optimizer = model, criterion, optimizer
        self.max_norm, self.device = max_norm, device

    @torch.enable_grad()
    def batch(self, inputs, targets):
        inputs, targets = inputs.to(self.device), targets.to(self.device)

        def closure():
            self.model.zero_grad()
            loss = self.criterion(self.model(inputs), targets)
            loss.backward()
            if self.max_norm is not None:
                nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
            return loss

        return float(self.optimizer.step(closure)), len(targets)

    def epoch(self, loader):
        self.model.train()
        results = [self.batch(*batch) for batch in loader]
        return sum(loss * n for loss, n in results) / sum(n for _, n in results)


def train(model, dataloader, criterion, optimizer, epochs, *,
          scheduler=None, max_norm=None, device="cpu"):
    model.to(device)
    trainer = Trainer(model, criterion, optimizer, max_norm, device)
    losses = []
    for _ in range(epochs):
        losses.append(trainer.epoch(dataloader))
        if scheduler is not None:
            scheduler.step()
    return losses
