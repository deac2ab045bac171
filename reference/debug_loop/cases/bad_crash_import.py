# Imports a package that is not there.
# failed: learning_rate zero_grad loss_call validation_mode learns
# outcome: crashed
import torch
import torch.nn as nn
from my_helpers.training import fit_model

fit_model(nn.Linear(784, 10), train_loader, val_loader)
