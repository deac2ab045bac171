# Twin axes with one legend for both, percentages, and the weights as meshes in a GridSpec.
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec


def plot_history(history):
    figure = Figure()
    loss = figure.add_subplot()
    accuracy = loss.twinx()
    epochs = list(range(1, len(history["train_loss"]) + 1))
    lines = loss.plot(epochs, history["train_loss"], "C0-", label="train loss")
    lines += accuracy.plot(epochs, [100 * a for a in history["train_acc"]], "C1-", label="train acc")
    if "val_loss" in history:
        lines += loss.plot(epochs, history["val_loss"], "C0--", label="val loss")
        lines += accuracy.plot(
            epochs, [100 * a for a in history["val_acc"]], "C1--", label="val acc"
        )
        best = min(range(len(epochs)), key=lambda i: history["val_loss"][i])
        loss.axvline(best + 1, color="C0", ls=":", label="best epoch")
    accuracy.legend(lines, [line.get_label() for line in lines])
    loss.set(xlabel="Epoch", ylabel="Loss", title="Loss and accuracy")
    accuracy.set_ylabel("Accuracy (%)")
    return figure


def plot_weights(model):
    figure = Figure(figsize=(8, 8), layout="constrained")
    grid = GridSpec(6, 6, figure=figure)
    weights = model.state_dict()["layer1.weight"][:32].reshape(32, 28, 28)
    for k, image in enumerate(weights):
        ax = figure.add_subplot(grid[k // 6, k % 6])
        mesh = ax.pcolormesh(image, cmap="RdBu")
        ax.invert_yaxis()
        ax.set_axis_off()
        ax.set_title(f"neuron {k}", fontsize=6)
    figure.colorbar(mesh, ax=figure.axes)
    return figure
