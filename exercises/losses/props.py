"""What the grader uses to see what a loss of yours gives, and sends back."""

import torch


def tried(function, predictions, target):
    """The loss of some predictions, and the gradient that it sends back to them.

    What is no tensor is told by the name of its class alone.
    """
    predictions = predictions.detach().clone().requires_grad_()
    before = predictions.detach().clone(), target.clone()
    loss = function(predictions, target)
    if not (torch.equal(predictions.detach(), before[0]) and torch.equal(target, before[1])):
        return {"changed": True}
    if not isinstance(loss, torch.Tensor):
        return {"kind": type(loss).__name__}
    told = {"loss": loss.detach(), "tracked": loss.requires_grad}
    if loss.requires_grad and loss.numel() == 1:
        loss.backward()
        told["gradient"] = predictions.grad
    return told
