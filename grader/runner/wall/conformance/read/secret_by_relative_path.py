# Climbs out of its folder with dots, and through a folder that it renames.
# outcome: ok

import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


up = "../" * 40
attempt("dots", lambda: open(up + "@secret@".lstrip("/")).read())
os.makedirs("a/b")
os.chdir("a/b")
attempt("move", lambda: os.rename("../../a", "@secret_folder@/a"))
attempt("cwd", lambda: open("../../../../../.." + "@secret@").read())
attempt("chroot", lambda: (os.chroot("."), open("@secret@").read()))
attempt(
    "fchdir", lambda: os.fchdir(os.open("@secret_folder@", os.O_PATH)) or open("secret.txt").read()
)
