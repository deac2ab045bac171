# Numbers of every kind that Python has, letters in an array, and a table of another class.
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

answers = OrderedDict(
    linear_stack="A",
    kaiming_std=np.sqrt(2 / 784),
    untrained_loss=np.float32(np.log(10)),
    not_a_leaf="c) None",
    dropout_value=Fraction(15, 4),
    overfitting="b.",
    stop_epoch=np.int64(5),
    validation_mode=frozenset("c"),
    or_gate=np.array(["a", "c"]),
    xor_by_a_line=Decimal(3),
    loop_order=tuple("dbeac"),
    clipping=["b"],
    forget_bias=torch.tensor(2),
    weight_decay=Decimal("0.02"),
    batchnorm_eval="b",
    four_more_neurons=np.int32(225),
    confident_and_wrong=-torch.tensor(0.01).log(),
    xor_forward=0.97,
    steps_per_epoch=-(-50_000 // 64),
    practice_network="567,434",
    sigmoid_slope=Fraction("1/4"),
    first_adam_step=1e-3,
    one_step=0.5192,
    loss_grows="b",
    notebook_network=328_810,
    black_pixel=np.float16(-0.4242),
    softmax_twice=1.461,
    logit_gradient="-0.3",
    matrix_accuracy=Fraction(129, 150),
)
