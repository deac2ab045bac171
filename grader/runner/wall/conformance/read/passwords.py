# Reads the system's accounts and the grader's home.
# outcome: ok


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for path in (
    "/etc/passwd",
    "/etc/shadow",
    "/root/.bashrc",
    "/root/.ssh/id_rsa",
    "/root/.netrc",
    "/var/run/secrets",
    "/etc/hostname",
    "/proc/sys/kernel/random/boot_id",
    "/proc/net/tcp",
    "/proc/mounts",
    "/proc/kcore",
    "/proc/kallsyms",
    "/dev/mem",
    "/dev/kmsg",
    "/sys/kernel/notes",
    "/var/log/dpkg.log",
):
    attempt(path, lambda: open(path, "rb").read(20))
