# Writes, appends, creates and deletes in a folder that all may write to.
# outcome: ok

import os
import shutil


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("write", lambda: open("@outside@/precious.txt", "w").write("gone"))
attempt("append", lambda: open("@outside@/precious.txt", "a").write("more"))
attempt("create", lambda: open("@outside@/new.txt", "w").write("new"))
attempt("unlink", lambda: os.unlink("@outside@/precious.txt"))
attempt("rmtree", lambda: shutil.rmtree("@outside@"))
attempt("mkdir", lambda: os.mkdir("@outside@/folder"))
attempt("symlink", lambda: os.symlink("/etc", "@outside@/link"))
attempt("mkfifo", lambda: os.mkfifo("@outside@/fifo"))
attempt("mknod", lambda: os.mknod("@outside@/node"))
attempt("tmpfile", lambda: os.open("@outside@", os.O_TMPFILE | os.O_RDWR))
