# Changes modes, owners and times outside; what is answered does not matter, what happens does.
# outcome: ok

import os

def info():
    try:
        got = os.stat("@outside@/precious.txt")
    except OSError:
        return None
    return got.st_mode, got.st_uid, got.st_gid, got.st_mtime_ns
before = info()
for action in (lambda: os.chmod("@outside@/precious.txt", 0), lambda: os.chmod("@outside@", 0),
               lambda: os.chown("@outside@/precious.txt", os.getuid(), os.getgid()), lambda: os.utime("@outside@/precious.txt", (0, 0)),
               lambda: os.setxattr("@outside@/precious.txt", "user.x", b"1"), lambda: os.chmod(os.__file__, 0o777),
               lambda: os.fchmod(os.open(os.__file__, os.O_RDONLY), 0), lambda: os.utime(os.__file__, (0, 0))):
    try:
        action()
    except OSError:
        pass
assert open(os.__file__).read(), "the library is unreadable now"
if os.stat(os.__file__).st_mtime_ns == 0 or info() != before:
    print("REACHED", before, info())
