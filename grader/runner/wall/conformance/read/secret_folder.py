# Lists the folder of the secret, and all folders on the way.
# outcome: ok

import os
import glob


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


def others(folder):
    """The names in a folder but those on the way to its own."""
    found = [name for name in os.listdir(folder) if name not in os.getcwd().split("/")]
    return found or 1 / 0


folder = "@secret_folder@"
while True:
    attempt(folder, lambda: others(folder))
    if folder == "/":
        break
    folder = os.path.dirname(folder)
for pattern in ("@secret_folder@/*", "/home/*", "/root/*", "/tmp/*", "/var/*", "/etc/*", "/run/*"):
    found = [path for path in glob.glob(pattern) if not os.getcwd().startswith(path)]
    print("REACHED" if found else "refused", pattern, found)
