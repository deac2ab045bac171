# Both functions draw into the figure that is open, so calls pile up in it.
# failed: own_figure
import matplotlib.pyplot as plt


def plot_history(history):
    for place, key, word in [(1, "loss", "Loss"), (2, "acc", "Accuracy")]:
        plt.subplot(1, 2, place)
        plt.plot(history["train_" + key], label="Train")
        if "val_" + key in history:
            plt.plot(history["val_" + key], label="Validation")
        plt.xlabel("Epoch")
        plt.ylabel(word)
        plt.title(word)
        plt.legend()
    return plt.gcf()


def plot_weights(model):
    weights = model.layer1.weight.detach()
    fig, axes = plt.subplots(4, 8)
    for i, ax in enumerate(axes.flat):
        ax.imshow(weights[i].reshape(28, 28), cmap="RdBu_r")
        ax.axis("off")
    fig.suptitle("First layer")
    return fig
