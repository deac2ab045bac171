# Feeds batches from a data loader without worker processes.
# outcome: ok
# needs: torch

import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

data = TensorDataset(torch.randn(100, 3), torch.arange(100))
train, rest = random_split(data, [80, 20])
assert (
    sum(len(batch[0]) for batch in DataLoader(train, batch_size=16, shuffle=True, num_workers=0))
    == 80
)
print("fine")
