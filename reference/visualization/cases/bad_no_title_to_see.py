# Titles in white on white.
# failed: lines
import matplotlib.pyplot as plt

ROWS, COLUMNS = 4, 8


def plot_history(history):
    """The curves of a training: losses on the left, accuracies on the right."""
    figure, axes = plt.subplots(1, 2)
    epochs = range(1, len(history["train_loss"]) + 1)
    for index, (quantity, word) in enumerate({"loss": "Loss", "acc": "Accuracy"}.items()):
        ax = axes[index]
        ax.plot(epochs, history[f"train_{quantity}"], label="Train")
        if f"val_{quantity}" in history:
            ax.plot(epochs, history[f"val_{quantity}"], label="Validation")
            ax.legend()
        ax.set_xlabel("Epoch")
        ax.set_ylabel(word)
        ax.set_title(f"{word} Curves", color="white")
    return figure


def plot_weights(model):
    """The first 32 neurons: a row of the weight is what one neuron multiplies the pixels by."""
    weights = model.layer1.weight.detach()  # (n, 784), off the graph
    figure, axes = plt.subplots(ROWS, COLUMNS)
    for neuron, ax in enumerate(axes.flat):
        # Red pulls the neuron up, blue pushes it down.
        ax.imshow(weights[neuron].reshape(28, 28), cmap="RdBu_r")
        ax.axis("off")
    figure.suptitle(f"First layer: {ROWS * COLUMNS} of {len(weights)} neurons")
    return figure
