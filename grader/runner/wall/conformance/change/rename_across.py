# Moves files out of its folder and into it.
# outcome: ok

import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


open("mine.txt", "w").write("mine")
attempt("out", lambda: os.rename("mine.txt", "@outside@/mine.txt"))
attempt("over", lambda: os.replace("mine.txt", "@outside@/precious.txt"))
attempt("in", lambda: os.rename("@outside@/precious.txt", "taken.txt"))
attempt("link out", lambda: os.link("mine.txt", "@outside@/linked.txt"))
attempt("link in", lambda: os.link("@outside@/precious.txt", "linked.txt"))
