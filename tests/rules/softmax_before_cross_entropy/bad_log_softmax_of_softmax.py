# The model ends in a softmax, the loop takes the log-softmax, and the loss is the likelihood.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(64, 16), nn.Linear(16, 4)

    def forward(self, x):
        return torch.softmax(self.out(self.hidden(x.flatten(1)).relu()), dim=-1)


model = Net()
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    log_probabilities = torch.log_softmax(model(images), dim=1)
    loss = criterion(log_probabilities, labels)  # finding: softmax-before-cross-entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
