# Hands the secret's path to torch.load and torch.from_file.
# outcome: ok
# needs: torch

import torch


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("load", lambda: torch.load("@secret@", weights_only=False))
attempt(
    "from_file", lambda: bytes(torch.from_file("@secret@", size=20, dtype=torch.uint8).tolist())
)
attempt("storage", lambda: torch.UntypedStorage.from_file("@secret@", False, 20).tolist())
attempt("jit", lambda: torch.jit.load("@secret@"))
