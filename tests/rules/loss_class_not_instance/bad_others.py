# Several losses, each called like a function.
import torch
from torch import nn

logits, labels = torch.randn(8, 4, requires_grad=True), torch.randint(0, 4, (8,))
binary = labels.clamp(max=1).float()
nn.NLLLoss(logits.log_softmax(1), labels).backward()  # finding: loss-class-not-instance
nn.BCEWithLogitsLoss(logits[:, 0], binary).backward()  # finding: loss-class-not-instance
nn.BCELoss(logits[:, 0].sigmoid(), binary).backward()  # finding: loss-class-not-instance
nn.HuberLoss(logits[:, 0], binary).backward()  # finding: loss-class-not-instance
nn.L1Loss(logits[:, 0], binary).backward()  # finding: loss-class-not-instance
nn.SmoothL1Loss(logits[:, 0], binary).backward()  # finding: loss-class-not-instance
