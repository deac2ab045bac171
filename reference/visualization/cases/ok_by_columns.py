# The grid is filled column by column; colour patches in the legend; axes closed before return.
import matplotlib.patches as patches
import matplotlib.pyplot as plt


def plot_history(history):
    fig = plt.figure()
    parts = {"train": "green", "val": "red"}
    for column, (quantity, label) in enumerate({"loss": "Loss", "acc": "Accuracy"}.items()):
        ax = fig.add_subplot(1, 2, column + 1)
        ax.set_title(label, loc="left")
        ax.set(xlabel="epoch", ylabel=label)
        for part, color in parts.items():
            if f"{part}_{quantity}" in history:
                ax.step(range(len(history[f"{part}_{quantity}"])), history[f"{part}_{quantity}"], c=color)
        ax.legend(handles=[patches.Patch(color=c, label=f"{p} set") for p, c in parts.items()])
    plt.close(fig)
    return fig


def plot_weights(model):
    fig, axes = plt.subplots(8, 4)
    for ax, row in zip(axes.T.flat, model.layer1.weight):
        image = ax.imshow(row.view(28, 28).detach().cpu())
        ax.set_axis_off()
    fig.colorbar(image, ax=axes)
    fig.suptitle("first layer")
    plt.close(fig)
    return fig
