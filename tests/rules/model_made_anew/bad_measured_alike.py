# A note: batches drawn at random for each new model, and the same rows to measure each on.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors
new_inputs, new_labels = inputs[128:], labels[128:]
inputs, labels = inputs[:128], labels[:128]

for epoch in range(4):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))  # finding: model-made-anew
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(8):
        index = torch.randint(0, len(inputs), (16,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[index]), labels[index]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(new_inputs).argmax(1) == new_labels).float().mean())
