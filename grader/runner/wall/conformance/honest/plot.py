# Draws and saves a figure.
# outcome: ok
# needs: torch
# limits: {"wall_s": 60}

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.plot([1, 2, 3], label="loss")
plt.legend()
plt.title("Training")
plt.savefig("loss.png")
plt.show()
print("fine")
