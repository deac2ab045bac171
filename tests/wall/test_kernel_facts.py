"""Numbers and layouts that the wall writes down, against the kernel's own headers."""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

import pytest

from grader.runner.wall import identity, landlock, private_root, rules, seccomp
from grader.runner.wall.syscalls import NEWEST, NUMBERS, Arch

INCLUDE = Path("/usr/include")
HEADERS = {
    Arch.X86_64: INCLUDE / "x86_64-linux-gnu/asm/unistd_64.h",
    Arch.AARCH64: INCLUDE / "asm-generic/unistd.h",
}
DEFINED = re.compile(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", re.MULTILINE)
PRINTED = (
    ("linux/landlock.h", "sizeof(struct landlock_path_beneath_attr)", landlock.PATH_BENEATH.size),
    ("linux/landlock.h", "LANDLOCK_ACCESS_FS_MAKE_SYM", landlock.MAKE_SYM),
    ("linux/landlock.h", "LANDLOCK_ACCESS_FS_REMOVE_FILE", landlock.REMOVE_FILE),
    ("linux/landlock.h", "LANDLOCK_ACCESS_FS_READ_DIR", landlock.READ_DIR),
    ("linux/landlock.h", "LANDLOCK_CREATE_RULESET_VERSION", landlock.CREATE_RULESET_VERSION),
    ("linux/landlock.h", "LANDLOCK_RULE_PATH_BENEATH", landlock.RULE_PATH_BENEATH),
    ("linux/seccomp.h", "sizeof(struct seccomp_data)", 64),
    ("linux/seccomp.h", "SECCOMP_RET_KILL_PROCESS", int(rules.Answer.KILL)),
    ("linux/seccomp.h", "SECCOMP_RET_ALLOW", int(rules.Answer.ALLOW)),
    ("linux/seccomp.h", "SECCOMP_RET_ERRNO | EPERM", int(rules.Answer.REFUSE)),
    ("linux/seccomp.h", "SECCOMP_RET_ERRNO | ENOSYS", int(rules.Answer.NO_SUCH_CALL)),
    ("linux/seccomp.h", "SECCOMP_RET_ERRNO | EOPNOTSUPP", int(rules.Answer.UNSUPPORTED)),
    ("linux/filter.h", "sizeof(struct sock_filter)", seccomp.INSTRUCTION.size),
    ("linux/filter.h", "sizeof(struct sock_fprog)", struct.calcsize("@HP")),
    ("linux/filter.h", "BPF_LD | BPF_W | BPF_ABS", seccomp.LOAD),
    ("linux/filter.h", "BPF_ALU | BPF_AND | BPF_K", seccomp.AND),
    ("linux/filter.h", "BPF_JMP | BPF_JEQ | BPF_K", seccomp.JUMP_EQUAL),
    ("linux/filter.h", "BPF_JMP | BPF_JGT | BPF_K", seccomp.JUMP_GREATER),
    ("linux/filter.h", "BPF_RET | BPF_K", seccomp.RETURN),
    ("linux/audit.h", "AUDIT_ARCH_X86_64", Arch.X86_64.audit),
    ("linux/audit.h", "AUDIT_ARCH_AARCH64", Arch.AARCH64.audit),
    ("linux/prctl.h", "PR_SET_NO_NEW_PRIVS", identity.PR_SET_NO_NEW_PRIVS),
    ("linux/prctl.h", "PR_CAPBSET_DROP", identity.PR_CAPBSET_DROP),
    ("linux/prctl.h", "PR_SET_KEEPCAPS", identity.PR_SET_KEEPCAPS),
    ("linux/capability.h", "CAP_DAC_READ_SEARCH", identity.CAP_DAC_READ_SEARCH),
    ("linux/capability.h", "_LINUX_CAPABILITY_VERSION_3", identity.CAPABILITY_VERSION_3),
    ("linux/capability.h", "2 * sizeof(struct __user_cap_data_struct)",
     identity.CAPABILITY_SETS.size),
    ("linux/mount.h", "sizeof(struct mount_attr)", private_root.MOUNT_ATTRIBUTES.size),
    ("linux/mount.h", "OPEN_TREE_CLONE", private_root.OPEN_TREE_CLONE),
    ("linux/mount.h", "MOVE_MOUNT_F_EMPTY_PATH", private_root.MOVE_MOUNT_F_EMPTY_PATH),
    ("linux/sched.h",
     " | ".join(f"CLONE_NEW{name}" for name in
                ("CGROUP", "UTS", "IPC", "USER", "PID", "NET", "NS", "TIME")), rules.CLONE_NEW_ANY),
    ("linux/sched.h", "CLONE_THREAD", rules.CLONE_THREAD),
    ("linux/fcntl.h", "F_SETPIPE_SZ", rules.FCNTL_REFUSED["F_SETPIPE_SZ"]),
    ("linux/fcntl.h", "F_SETLEASE", rules.FCNTL_REFUSED["F_SETLEASE"]),
    ("linux/fcntl.h", "F_SETOWN_EX", rules.FCNTL_REFUSED["F_SETOWN_EX"]),
    ("asm/ioctls.h", "TIOCSTI", rules.IOCTL_REFUSED["TIOCSTI"]),
    ("asm/ioctls.h", "TIOCLINUX", rules.IOCTL_REFUSED["TIOCLINUX"]),
    ("asm/sockios.h", "FIOSETOWN", rules.IOCTL_REFUSED["FIOSETOWN"]),
)  # fmt: skip


@pytest.mark.parametrize("arch", list(Arch))
def test_call_numbers_are_those_of_the_kernel_headers(arch: Arch) -> None:
    """Every number that the header knows is the one in the table; the rest are newer calls."""
    if not HEADERS[arch].is_file():
        pytest.skip("the kernel's headers are not installed")
    known = dict(DEFINED.findall(HEADERS[arch].read_text(encoding="utf-8")))
    newest = max(map(int, known.values()))
    for name, numbers in NUMBERS.items():
        if name in known:
            assert numbers.get(arch) == int(known[name]), name
        else:
            assert arch not in numbers or numbers[arch] > newest, name
    assert all(number <= NEWEST for numbers in NUMBERS.values() for number in numbers.values())


def test_both_architectures_share_the_numbers_of_new_calls() -> None:
    """Since 424 the kernel gives a new call the same number everywhere."""
    for name, numbers in NUMBERS.items():
        if max(numbers.values()) >= 424:
            assert len(set(numbers.values())) == 1, name


def test_constants_and_layouts_are_those_of_the_kernel_headers(tmp_path: Path) -> None:
    """A C program that prints them agrees with each."""
    compiler = next((path for path in ("/usr/bin/cc", "/usr/bin/gcc") if Path(path).exists()), None)
    present = [row for row in PRINTED if _header(row[0]).is_file()]
    if compiler is None or not present:
        pytest.skip("there is no C compiler, or the kernel's headers are not installed")
    headers = dict.fromkeys(["linux/types.h", *(row[0] for row in present)])
    lines = [f"#include <{header}>" for header in headers]
    lines += ["#include <errno.h>", "#include <stdio.h>", "int main(void) {"]
    lines += [f'printf("%llu\\n", (unsigned long long)({row[1]}) & 0xffffffff);' for row in present]
    source, program = tmp_path / "facts.c", tmp_path / "facts"
    source.write_text("\n".join([*lines, "}"]), encoding="utf-8")
    built = subprocess.run(
        [compiler, "-o", program, source], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    for (_, what, value), said in zip(present, printed, strict=True):
        assert value == int(said), what


def _header(name: str) -> Path:
    places = (
        INCLUDE / name,
        INCLUDE / "x86_64-linux-gnu" / name,
        INCLUDE / "aarch64-linux-gnu" / name,
    )
    return next((place for place in places if place.is_file()), INCLUDE / name)
