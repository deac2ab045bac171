# The losses are sorted, so every training looks like a good one.
# failed: lines
# says: its values sorted, the largest first
import matplotlib.pyplot as plt


def plot_history(history):
    fig, axes = plt.subplots(1, 2)
    for ax, key, word in zip(axes, ["loss", "acc"], ["Loss", "Accuracy"]):
        ax.plot(sorted(history["train_" + key], reverse=key == "loss"), label="Train")
        if "val_" + key in history:
            ax.plot(history["val_" + key], label="Validation")
        ax.set_xlabel("Epoch")
        ax.set_ylabel(word)
        ax.set_title(word)
        ax.legend()
    return fig


def plot_weights(model):
    weights = model.layer1.weight.detach()
    fig, axes = plt.subplots(4, 8)
    for i, ax in enumerate(axes.flat):
        ax.imshow(weights[i].reshape(28, 28), cmap="RdBu_r")
        ax.axis("off")
    fig.suptitle("First layer")
    return fig
