# A teacher that is kept out of the model, and asked without gradients.
import torch
from torch import nn

class Student(nn.Module):
    def __init__(self, teacher):
        super().__init__()
        self.teacher = [teacher]
        self.net = nn.Linear(64, 4)

    def forward(self, x):
        x = x.flatten(1)
        with torch.no_grad():
            wanted = self.teacher[0](x)
        return nn.functional.mse_loss(self.net(x), wanted)


model = Student(nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, _ in train_loader:
    optimizer.zero_grad()
    model(images).backward()
    optimizer.step()
