# Dies at the tenth batch; what the nine good steps earned stays.
# failed: learning_rate validation_mode learns
# outcome: crashed
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

losses = [0.0] * 9
model.train()
for i, (images, labels) in enumerate(train_loader):
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(1)), labels)
    losses[i] = loss.item()  # here
    loss.backward()
    optimizer.step()
print(losses)
