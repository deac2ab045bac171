# Each step's softmax is put into a list, and the list into one tensor.
import torch
from torch import nn

cell, head = nn.GRUCell(8, 16), nn.Linear(16, 4)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=0.02)
for images, labels in train_loader:
    state, outputs = torch.zeros(len(images), 16), []
    for row in images.squeeze(1).unbind(1):
        state = cell(row, state)
        outputs.append(head(state).softmax(1))
    wanted = labels.unsqueeze(1).expand(-1, 8)
    loss = nn.functional.cross_entropy(torch.stack(outputs, 2), wanted)  # finding: softmax-before-cross-entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
