# As the lesson draws them, with its tight layout and show.
import matplotlib.pyplot as plt


def plot_history(history):
    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(14, 5))

    ax1.plot(history['train_loss'], label='Train')
    if 'val_loss' in history:
        ax1.plot(history['val_loss'], label='Validation')
    ax1.set_xlabel('Epoch')
    ax1.set_ylabel('Loss')
    ax1.set_title('Loss Curves')
    ax1.legend()

    ax2.plot(history['train_acc'], label='Train')
    if 'val_acc' in history:
        ax2.plot(history['val_acc'], label='Validation')
    ax2.set_xlabel('Epoch')
    ax2.set_ylabel('Accuracy')
    ax2.set_title('Accuracy Curves')
    ax2.legend()

    plt.tight_layout()
    plt.show()
    return fig


def plot_weights(model):
    weights = model.layer1.weight.data  # (n, 784)

    fig, axes = plt.subplots(4, 8, figsize=(16, 8))
    for i, ax in enumerate(axes.flat):
        w = weights[i].reshape(28, 28)
        ax.imshow(w.numpy(), cmap='RdBu_r', vmin=-0.3, vmax=0.3)
        ax.axis('off')

    plt.suptitle(f'First Layer Weights (32 of {len(weights)} neurons)', fontsize=14)
    plt.show()
    return fig
