"""The numbers of the system calls that the wall makes or judges, for both architectures.

Theory of operation. A seccomp filter sees numbers, not names, and the numbers are part of the
kernel's promise to programs: they never change. The table holds what the wall needs and nothing
else. ``-`` means that the architecture never had the call (aarch64 has no ``open``, only
``openat``). The tests compare each number with the kernel's own headers where these are
installed.

Calls that are newer than ``NEWEST`` are answered by "no such call": a kernel of next year must
not open a way around a filter of this year.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Arch(Enum):
    """The architectures whose calls are known; the value is what ``uname -m`` says."""

    X86_64 = "x86_64"
    AARCH64 = "aarch64"

    @property
    def audit(self) -> int:
        """The kernel's token for it in ``seccomp_data.arch`` (AUDIT_ARCH_*)."""
        return 0xC000003E if self is Arch.X86_64 else 0xC00000B7


NEWEST = 470
"""The highest call number that was known when this table was written (Linux 6.18)."""

_TABLE = """
fork                      57    -
vfork                     58    -
clone                     56  220
clone3                   435  435
execve                    59  221
execveat                 322  281

kill                      62  129
tkill                    200  130
tgkill                   234  131
rt_sigqueueinfo          129  138
rt_tgsigqueueinfo        297  240
pidfd_open               434  434
pidfd_getfd              438  438
pidfd_send_signal        424  424

ptrace                   101  117
process_vm_readv         310  270
process_vm_writev        311  271
process_madvise          440  440
process_mrelease         448  448
kcmp                     312  272
get_robust_list          274  100
move_pages               279  239
migrate_pages            256  238

prlimit64                302  261
sched_setaffinity        203  122
sched_setscheduler       144  119
sched_setparam           142  118
sched_setattr            314  274
setpriority              141  140
ioprio_set               251   30

socket                    41  198
socketpair                53  199
connect                   42  203
bind                      49  200
listen                    50  201
accept                    43  202
accept4                  288  242
sendto                    44  206
sendmsg                   46  211
sendmmsg                 307  269
setsockopt                54  208

memfd_create             319  279
memfd_secret             447  447
shmget                    29  194
shmat                     30  196
shmctl                    31  195
shmdt                     67  197
semget                    64  190
semop                     65  193
semctl                    66  191
semtimedop               220  192
msgget                    68  186
msgsnd                    69  189
msgrcv                    70  188
msgctl                    71  187
mq_open                  240  180
mq_unlink                241  181
mq_timedsend             242  182
mq_timedreceive          243  183
mq_notify                244  184
mq_getsetattr            245  185
remap_file_pages         216  234
splice                   275   76
tee                      276   77
vmsplice                 278   75

chmod                     90    -
fchmod                    91   52
fchmodat                 268   53
chown                     92    -
fchown                    93   55
lchown                    94    -
fchownat                 260   54
utime                    132    -
utimes                   235    -
futimesat                261    -
utimensat                280   88
setxattr                 188    5
lsetxattr                189    6
fsetxattr                190    7
removexattr              197   14
lremovexattr             198   15
fremovexattr             199   16

open                       2    -
openat                   257   56
openat2                  437  437
truncate                  76   45
mknod                    133    -
mknodat                  259   33
name_to_handle_at        303  264
open_by_handle_at        304  265
inotify_init             253    -
inotify_init1            294   26
inotify_add_watch        254   27
fanotify_init            300  262
fanotify_mark            301  263

mount                    165   40
umount2                  166   39
pivot_root               155   41
chroot                   161   51
move_mount               429  429
open_tree                428  428
mount_setattr            442  442
fsopen                   430  430
fsconfig                 431  431
fsmount                  432  432
fspick                   433  433
unshare                  272   97
setns                    308  268

bpf                      321  280
perf_event_open          298  241
userfaultfd              323  282
io_uring_setup           425  425
io_uring_enter           426  426
io_uring_register        427  427
io_setup                 206    0
io_submit                209    2
keyctl                   250  219
add_key                  248  217
request_key              249  218
seccomp                  317  277
landlock_create_ruleset  444  444
landlock_add_rule        445  445
landlock_restrict_self   446  446

ioctl                     16   29
fcntl                     72   25
prctl                    157  167
personality              135   92
modify_ldt               154    -
iopl                     172    -
ioperm                   173    -

reboot                   169  142
kexec_load               246  104
kexec_file_load          320  294
init_module              175  105
finit_module             313  273
delete_module            176  106
swapon                   167  224
swapoff                  168  225
acct                     163   89
syslog                   103  116
vhangup                  153   58
quotactl                 179   60
quotactl_fd              443  443
lookup_dcookie           212   18
uselib                   134    -
sysfs                    139    -
nfsservctl               180   42
sethostname              170  161
setdomainname            171  162
settimeofday             164  170
clock_settime            227  112
clock_adjtime            305  266
adjtimex                 159  171

capget                   125   90
capset                   126   91
close_range              436  436
setresuid                117  147

fchmodat2                452  452
setxattrat               463  463
removexattrat            466  466
file_setattr             469  469
statmount                457  457
listmount                458  458
open_tree_attr           467  467
lsm_set_self_attr        460  460
"""


def _read() -> Mapping[str, Mapping[Arch, int]]:
    numbers: dict[str, Mapping[Arch, int]] = {}
    for line in filter(None, _TABLE.splitlines()):
        name, *columns = line.split()
        pairs = zip(Arch, columns, strict=True)
        numbers[name] = {arch: int(column) for arch, column in pairs if column != "-"}
    return MappingProxyType(numbers)


NUMBERS = _read()
"""Number of each call by name and architecture."""
