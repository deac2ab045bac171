# A function of their own for autograd, which bears the name of the built-in.
import torch


class CrossEntropyLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        z = logits - logits.amax(1, keepdim=True)
        p = z.exp() / z.exp().sum(1, keepdim=True)
        ctx.save_for_backward(p, targets)
        picked = z.gather(1, targets[:, None]).squeeze(1)
        return (z.exp().sum(1).log() - picked).mean()

    @staticmethod
    def backward(ctx, grad):
        p, targets = ctx.saved_tensors
        one_hot = torch.eye(p.shape[1], dtype=p.dtype)[targets]
        return grad * (p - one_hot) / len(p), None


def manual_cross_entropy(logits, targets):
    return CrossEntropyLoss.apply(logits, targets)
