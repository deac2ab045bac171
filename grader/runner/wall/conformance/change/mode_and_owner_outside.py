# Changes modes, owners and times outside; what is answered does not matter, what happens does.
# outcome: ok

import os


def state(path):
    try:
        got = os.stat(path)
    except OSError:
        return None
    return got.st_mode, got.st_uid, got.st_gid, got.st_mtime_ns, got.st_ctime_ns


paths = ("@outside@/precious.txt", "@outside@", os.__file__)
before = [state(path) for path in paths]
info = os.stat(os.__file__)
for path in paths:
    for action in (
        lambda: os.chmod(path, 0o644),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns)),
        lambda: os.setxattr(path, "user.x", b"1"),
        lambda: os.fchmod(os.open(path, os.O_RDONLY), 0o644),
        lambda: os.lchown(path, -1, -1),
    ):
        try:
            action()
        except OSError:
            pass
if [state(path) for path in paths] != before:
    print("REACHED", before)
