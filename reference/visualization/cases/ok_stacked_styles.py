# Stacked axes that share the x axis, a smoothed line beside the raw one, a legend of the figure.
import matplotlib.pyplot as plt
import numpy as np


def running_mean(values, width=3):
    return [np.mean(values[max(0, i - width + 1) : i + 1]) for i in range(len(values))]


def plot_history(history):
    fig, axes = plt.subplots(2, 1, sharex=True, layout="constrained")
    looks = {"train": ("tab:blue", "-"), "val": ("tab:orange", "--")}
    for ax, key in zip(axes, ["loss", "acc"]):
        for part, (color, style) in looks.items():
            values = history.get(f"{part}_{key}")
            if values is None:
                continue
            epochs = np.arange(1, len(values) + 1)
            ax.plot(epochs, values, color=color, linestyle=style, marker="o", label=part)
            ax.plot(epochs, running_mean(values), color=color, alpha=0.3, linestyle="-.")
        ax.set_ylabel({"loss": "cross-entropy loss (log)", "acc": "accuracy"}[key])
    axes[0].set_yscale("log")
    axes[-1].set_xlabel("Epoch")
    fig.suptitle("Loss and accuracy")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside right upper")
    return (fig, axes)


def plot_weights(model):
    fig = plt.figure(figsize=(4, 8))
    w = model.layer1.weight.detach().numpy()
    for i in range(32):
        ax = fig.add_axes((i % 4 / 4, 0.9 - 0.11 * (i // 4 + 1), 0.2, 0.1))
        ax.imshow(w[i].reshape(28, 28)[::-1], origin="lower", cmap="coolwarm")
        ax.axis("off")
    fig.text(0.5, 0.95, "32 neurons", ha="center")
    return fig
