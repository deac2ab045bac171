# Lists the folder of the secret, and all folders on the way.
# outcome: ok

import os
import glob


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


folder = "@secret_folder@"
while True:
    attempt(folder, lambda: os.listdir(folder))
    if folder == "/":
        break
    folder = os.path.dirname(folder)
for pattern in ("@secret_folder@/*", "/home/*", "/root/*", "/tmp/*", "/var/*", "/etc/*", "/run/*"):
    found = glob.glob(pattern)
    print("REACHED" if found else "refused", pattern, found)
