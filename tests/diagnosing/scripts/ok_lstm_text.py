"""Letters one after the other, with the state carried on and cut."""
import torch
from torch import nn

torch.manual_seed(0)
text = "to be or not to be that is the question " * 30
letters = sorted(set(text))
codes = torch.tensor([letters.index(c) for c in text])


class Writer(nn.Module):
    def __init__(self, size, width=32):
        super().__init__()
        self.embed = nn.Embedding(size, 16)
        self.lstm = nn.LSTM(16, width, batch_first=True)
        self.head = nn.Linear(width, size)

    def forward(self, x, state=None):
        out, state = self.lstm(self.embed(x), state)
        return self.head(out), state


rows = codes[: 8 * 140 + 1]
inputs, targets = rows[:-1].view(8, 140), rows[1:].view(8, 140)
model, state = Writer(len(letters)), None
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    state = None
    for k in range(0, 140, 20):
        if state is not None:
            state = tuple(s.detach() for s in state)
        logits, state = model(inputs[:, k : k + 20], state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets[:, k : k + 20].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
