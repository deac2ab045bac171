# Raises its own limits again.
# outcome: ok

import os
import resource


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for number in (
    resource.RLIMIT_AS,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_CORE,
    resource.RLIMIT_CPU,
):
    hard = resource.getrlimit(number)[1]
    attempt(number, lambda: resource.setrlimit(number, (hard + 1, hard + 1)))
    attempt(
        number, lambda: resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    )
attempt("oom", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
attempt("oom 0", lambda: open("/proc/self/oom_score_adj", "w").write("0"))
attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
