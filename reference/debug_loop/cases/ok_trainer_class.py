# A Trainer class with hooks of its own, in the spirit of the big frameworks.
import torch
import torch.nn as nn


class LitDigits(nn.Module):
    def __init__(self, lr=1e-3):
        super().__init__()
        self.lr = lr
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 256),
            nn.BatchNorm1d(256),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(256, 10),
        )
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return self.criterion(self(x), y)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        return (self(x).argmax(1) == y).float().mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class Trainer:
    def __init__(self, max_epochs):
        self.max_epochs = max_epochs

    def fit(self, module, train_data, val_data):
        optimizer = module.configure_optimizers()
        for epoch in range(self.max_epochs):
            module.train()
            for i, batch in enumerate(train_data):
                loss = module.training_step(batch, i)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            self.validate(module, val_data, epoch)

    def validate(self, module, data, epoch):
        module.eval()
        with torch.no_grad():
            scores = [module.validation_step(batch, i) for i, batch in enumerate(data)]
        print(f"epoch={epoch} val_acc={torch.stack(scores).mean():.4f}")


Trainer(max_epochs=2).fit(LitDigits(), train_loader, val_loader)
