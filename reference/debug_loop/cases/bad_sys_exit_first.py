# Leaves with sys.exit() before anything is trained.
# failed: learning_rate zero_grad loss_call validation_mode learns
import sys

import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
if not torch.cuda.is_available():
    print("this script wants a GPU")
    sys.exit()
for images, labels in train_loader:
    pass
