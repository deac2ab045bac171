# Everything through pyplot's current figure and axes; weights drawn by matshow, scaled to 0..1.
import matplotlib.pyplot as plt
import numpy as np


def plot_history(history):
    plt.figure(figsize=(10, 4))
    for position, (key, name) in enumerate([("loss", "LOSS"), ("acc", "ACCURACY")], 1):
        plt.subplot(1, 2, position)
        for part in ("train", "val"):
            if part + "_" + key in history:
                values = np.array(history[part + "_" + key])
                plt.plot(np.arange(len(values)), values, ".-")
        if "val_" + key in history:
            plt.legend(["training", "validation"])
        plt.title("Training and validation " + name)
        plt.xlabel("epochs")
        plt.ylabel(name)
        plt.grid(True)
    return plt.gcf()


def plot_weights(model):
    rows = next(model.parameters()).detach().cpu().numpy()
    fig = plt.figure()
    for i in range(32):
        image = rows[i].reshape(28, 28)
        image = (image - image.min()) / (image.max() - image.min())
        plt.subplot(8, 4, i + 1)
        plt.matshow(image, fignum=0, cmap="gray")
        plt.xticks([])
        plt.yticks([])
    plt.suptitle("What the first layer looks for")
    return fig, fig.axes
