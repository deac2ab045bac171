"""Reference solution of `quick_checks`: the answers, as they follow."""

import itertools
import math


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + math.exp(-z))


def parameters(*widths):
    """Weights and biases of linear layers between these widths."""
    return sum(before * after + after for before, after in itertools.pairwise(widths))


def one_step(x=0.5, y=1.0, w1=0.5, b1=0.1, w2=0.8, b2=-0.2, lr=0.1):
    """w1 after one step of SGD on the binary cross-entropy; the hidden neuron is active."""
    h = w1 * x + b1
    dz2 = sigmoid(w2 * h + b2) - y
    return w1 - lr * dz2 * w2 * x


def xor_forward(x1, x2):
    """The lesson's network for XOR."""
    h1, h2 = sigmoid(5 * x1 + 5 * x2 - 2.5), sigmoid(5 * x1 + 5 * x2 - 7.5)
    return sigmoid(10 * h1 - 10 * h2 - 5)


answers = {
    # 1.3
    "linear_stack": "a",
    "kaiming_std": math.sqrt(2 / 784),
    "untrained_loss": math.log(10),
    "not_a_leaf": "c",
    "dropout_value": 3.0 / (1 - 0.2),
    "overfitting": "b",
    "stop_epoch": 5,
    "validation_mode": ["c"],
    # 001
    "or_gate": ["a", "c"],
    "xor_by_a_line": 3,
    "loop_order": ["d", "b", "e", "a", "c"],
    "clipping": "b",
    "forget_bias": 1 + 1,
    "weight_decay": 2 * 0.01,
    "batchnorm_eval": "b",
    # 002
    "four_more_neurons": parameters(2, 16, 8, 4, 1),
    "confident_and_wrong": -math.log(0.01),
    "xor_forward": xor_forward(0, 1),
    "steps_per_epoch": math.ceil(50_000 / 64),
    # 003
    "practice_network": parameters(784, 512, 256, 128, 10),
    "sigmoid_slope": 0.25,
    "first_adam_step": 0.001,
    "one_step": one_step(),
    "loss_grows": "b",
    # 004
    "notebook_network": parameters(784, 300, 300, 10),
    "black_pixel": (0 - 0.1307) / 0.3081,
    "softmax_twice": math.log(math.e + 9) - 1,
    "logit_gradient": 0.7 - 1,
    "matrix_accuracy": 100 * (50 + 40 + 39) / 150,
}
