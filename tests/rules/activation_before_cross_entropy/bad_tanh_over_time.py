# One class for each step of a sequence; tanh before the loss.
import torch
from torch import nn

rnn, head = nn.GRU(8, 16, batch_first=True), nn.Linear(16, 4)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.02)
for images, labels in train_loader:
    states, _ = rnn(images.squeeze(1))
    scores = head(states).tanh()
    wanted = labels.unsqueeze(1).expand(-1, 8)
    loss = nn.functional.cross_entropy(scores.transpose(1, 2), wanted)  # finding: activation-before-cross-entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
