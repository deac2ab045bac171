# More and more rows, a new model for each number of them, all measured on the same new rows.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors
new_inputs, new_labels = inputs[128:], labels[128:]
for rows in (32, 64, 96, 128):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(10):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[:rows]), labels[:rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(new_inputs).argmax(1) == new_labels).float().mean())
