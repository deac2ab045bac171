"""Backpropagation by hand: one training step, every intermediate value written out."""

import math


def train_step(x, y, w1, b1, w2, b2, lr):
    """One step of gradient descent on one example; returns a dict of every value on the way."""
    # Forward: z1, h1 (ReLU), z2, y_pred (sigmoid)

    # Loss: binary cross-entropy

    # Backward: dz2, dw2, db2, dh1, dz1, dw1, db1

    # Update: w1_new, b1_new, w2_new, b2_new

    raise NotImplementedError("write train_step")
