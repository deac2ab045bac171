# Instances, settings and functions: all as meant.
import copy
import functools

import torch
from torch import nn

logits, labels = torch.randn(8, 4, requires_grad=True), torch.randint(0, 4, (8,))
binary = labels.clamp(max=1).float()
nn.CrossEntropyLoss()(logits, labels).backward()
nn.CrossEntropyLoss(torch.ones(4))(logits, labels)
nn.CrossEntropyLoss(weight=torch.ones(4), reduction="none")(logits, labels)
nn.CrossEntropyLoss(None, None, -100)(logits, labels)
nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))(logits[:, 0], binary)
nn.BCEWithLogitsLoss(torch.rand(8, 1))(logits[:, :1], binary[:, None])
nn.BCELoss(weight=torch.rand(8))(logits[:, 0].sigmoid(), binary)
nn.NLLLoss(torch.ones(4), reduction="sum")(logits.log_softmax(1), labels)
nn.MSELoss(reduction="sum")(logits[:, 0], binary)
nn.HuberLoss("mean", 0.5)(logits[:, 0], binary)
nn.KLDivLoss(reduction="batchmean")(logits.log_softmax(1), torch.full((8, 4), 0.25))
functools.partial(nn.CrossEntropyLoss, label_smoothing=0.1)()(logits, labels)
copy.deepcopy(nn.CrossEntropyLoss())(logits, labels)
{"ce": nn.CrossEntropyLoss}["ce"]()(logits, labels)
nn.functional.cross_entropy(logits, labels)
