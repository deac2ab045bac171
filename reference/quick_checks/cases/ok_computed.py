# A Python file that computes what it can, gradients are emptied first or last.
import numpy as np
import torch
from torch import nn


def count(*widths):
    net = nn.Sequential(*(nn.Linear(a, b) for a, b in zip(widths, widths[1:])))
    return sum(p.numel() for p in net.parameters())


weights = torch.tensor([0.5, 0.1, 0.8, -0.2], requires_grad=True)
hidden = torch.relu(weights[0] * 0.5 + weights[1])
nn.functional.binary_cross_entropy_with_logits(weights[2] * hidden + weights[3], torch.tensor(1.0)).backward()
matrix = np.array([[50, 2, 3], [4, 40, 6], [1, 5, 39]])

answers = dict(
    linear_stack="a", kaiming_std=np.sqrt(2 / 784), untrained_loss=-np.log(0.1), not_a_leaf="c",
    dropout_value=torch.tensor(3.0) / 0.8, overfitting="b", stop_epoch=5, validation_mode={"c"},
    or_gate=("c", "a"), xor_by_a_line=3, loop_order="beacd", clipping="b", forget_bias=2,
    weight_decay=0.02, batchnorm_eval=["b"],
    four_more_neurons=count(2, 16, 8, 4, 1), confident_and_wrong=float(-np.log(0.01)),
    xor_forward=0.9702, steps_per_epoch=-(-50000 // 64),
    practice_network=count(784, 512, 256, 128, 10), sigmoid_slope=0.25, first_adam_step=0.001,
    one_step=(weights - 0.1 * weights.grad)[0].item(), loss_grows="b",
    notebook_network=count(784, 300, 300, 10), black_pixel=-0.1307 / 0.3081,
    softmax_twice=nn.CrossEntropyLoss()(torch.eye(10)[:1], torch.tensor([0])),
    logit_gradient=0.7 - 1, matrix_accuracy=matrix.trace() / matrix.sum(),
)
