# An autograd.Function with the gradient written by hand; softmax itself is no shortcut.
import torch


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        ctx.save_for_backward(logits, targets)
        m = logits.max(1, keepdim=True)[0]
        log_probs = logits - m - (logits - m).exp().sum(1, keepdim=True).log()
        return -log_probs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, grad_output):
        logits, targets = ctx.saved_tensors
        grad = torch.softmax(logits, 1)
        grad[range(len(targets)), targets] -= 1
        return grad_output * grad / len(targets), None


def manual_cross_entropy(logits, targets):
    return CrossEntropy.apply(logits, targets)
