"""Putting the wall up, layer by layer, in the student's process.

Theory of operation. The zygote forks; the child calls ``apply`` before it has read a byte of the
submission, reports the layers that stand, and waits for the supervisor's word. The order is
forced: namespaces want a single thread and the rights of root; folders are opened for Landlock
while they can be reached; the uid goes before the capabilities that change it; seccomp comes
last because it refuses what the others need. A layer that the machine does not give is listed
as missing, with the reason. A layer that half holds raises ``WallBroken``, and the process must
end. At the end the wall is tried: what the plan forbids must not open.

Everything happens in the one fork that the student's process is; the cost over that fork is a few
milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from grader.model import Isolation, IsolationLevel, IsolationPolicy, Limits
from grader.runner.wall import (
    descriptors,
    gpu,
    identity,
    landlock,
    levels,
    namespaces,
    places,
    private_root,
    rlimits,
    seccomp,
)
from grader.runner.wall.kernel import Missing, WallBroken
from grader.runner.wall.private_root import Writable
from grader.runner.wall.rules import Rule, rules

SHARED_MEMORY_PART = 4  # of the memory limit, for an exercise that may start processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the wall shall be for one submission; the supervisor makes it, as plain values.

    Attributes:
        workdir: a private, existing, empty folder; a new folder in it becomes cwd, HOME and
            TMPDIR, so that ``../models`` is in it too. The only writable place, but for a private
            root: there a tmpfs of limited size stands in its place, with /tmp and the like.
        readable: folders and files to be read besides the system's and Python's own.
        limits: what the process may use.
        policy: NONE asks for resource limits and closed descriptors only.
        uid: a user id that nothing else uses, when the supervisor is root.
        keep_fds: descriptors that stay open besides 0, 1 and 2; never folders.
        allow_processes: whether the exercise may start processes of its own.
        forbidden: existing places that must not open afterwards; ``apply`` tries them.
        gpu_files: the device files of one GPU, when the submission computes on it.
    """

    workdir: str
    readable: tuple[str, ...]
    limits: Limits
    policy: IsolationPolicy
    uid: int | None
    keep_fds: tuple[int, ...]
    allow_processes: bool = False
    forbidden: tuple[str, ...] = ()
    gpu_files: tuple[str, ...] = ()


@dataclass(slots=True)
class _Standing:
    """The layers in force and the missing ones, as they are found out."""

    layers: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ruleset: int | None = None

    @contextlib.contextmanager
    def layer(self, name: str) -> Iterator[None]:
        """In force if the body ends, missing if it raises Missing; anything else breaks the wall.

        Raises:
            WallBroken: the body failed in any other way.
        """
        try:
            yield
        except Missing as reason:
            self.missing.append(f"{name}: {reason}")
        except OSError as error:
            raise WallBroken(f"{name}: {error}") from error
        else:
            self.layers.append(name)


def apply(plan: Plan) -> Isolation:
    """Wall this process in, for good. Call it in the forked child, with one thread.

    Returns:
        The layers in force, the missing ones with the reason, and the level they amount to.

    Raises:
        WallBroken: a layer holds only by half; the process must end at once.
    """
    parent = os.getppid()
    with contextlib.suppress(PermissionError):  # already the leader of its session
        os.setsid()
    os.umask(0o022)
    standing = _Standing()
    if plan.policy is IsolationPolicy.NONE:
        standing.missing.append("all else: not asked for (policy none)")
        _limit(plan, standing)
        return Isolation(
            level=IsolationLevel.NONE,
            layers=tuple(standing.layers),
            missing=tuple(standing.missing),
        )
    _require_single_thread()
    needed = (*places.samples(), *plan.readable)
    _confine_files(plan, standing)
    _change_identity(plan, standing, needed)
    _limit(plan, standing)
    identity.be_dumpable(False)
    identity.die_with(parent)
    if standing.ruleset is not None:
        landlock.restrict(standing.ruleset)
    with standing.layer(levels.SECCOMP):
        seccomp.available()
        seccomp.install(_rules(plan, standing))
    _try_forbidden(plan, standing)
    if plan.allow_processes and levels.PRIVATE_ROOT not in standing.layers:
        standing.missing.append("sockets: processes are allowed, and Unix sockets with them")
    if plan.gpu_files:
        standing.missing.extend(gpu.MISSING)
    return Isolation(
        level=levels.level(
            standing.layers,
            allow_processes=plan.allow_processes,
            driver_is_open=bool(plan.gpu_files),
        ),
        layers=tuple(standing.layers),
        missing=tuple(standing.missing),
    )


def _require_single_thread() -> None:
    """Landlock and seccomp hold for the calling thread and what it starts later, no others."""
    with contextlib.suppress(FileNotFoundError):
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise WallBroken(f"{threads} threads run already; the wall would miss all but one")


def _confine_files(plan: Plan, standing: _Standing) -> None:
    """Namespaces, the private root, and a Landlock ruleset to be put on later."""
    readable = places.readable(
        (*plan.readable, *gpu.readable(plan.gpu_files)), programs=plan.allow_processes
    )
    rlimits.be_first_to_go()
    owner = _owner(plan)
    if owner != os.geteuid():
        identity.give_workdir(plan.workdir, owner)
    with standing.layer(levels.NAMESPACES):
        identity.be_dumpable(True)  # else /proc/self/uid_map is root's
        namespaces.enter()
    with standing.layer(levels.PRIVATE_ROOT):
        if levels.NAMESPACES not in standing.layers:
            raise Missing("it needs namespaces")
        private_root.enter(
            writable=_writable(plan, readable),
            readable=(*readable, *places.machine()),
            devices=(*places.devices(), *plan.gpu_files),
        )
    with standing.layer(levels.LANDLOCK):
        standing.ruleset = landlock.prepare(_allowed(plan, readable, standing))


def _owner(plan: Plan) -> int:
    """The user id that the submission will run under."""
    if plan.uid is None or identity.why_not(plan.uid) is not None:
        return os.geteuid()
    return plan.uid


def _writable(plan: Plan, readable: tuple[str, ...]) -> list[Writable]:
    """What the private root shall have for writing: the working folder, rarely shared memory."""
    owner = _owner(plan)
    own = Writable(
        path=plan.workdir,
        owner=owner,
        group=os.getegid() if owner == os.geteuid() else owner,
        size=plan.limits.disk_bytes,
        files=plan.limits.disk_files,
        beside=places.elsewhere(readable),
    )
    if not plan.allow_processes:
        return [own]
    size = plan.limits.memory_bytes // SHARED_MEMORY_PART
    return [own, replace(own, path=places.SHARED_MEMORY, size=size, beside=())]


def _allowed(
    plan: Plan, readable: tuple[str, ...], standing: _Standing
) -> Iterator[tuple[str, int]]:
    """What Landlock shall allow: pairs of a path and the kinds of access."""
    processes = plan.allow_processes
    yield plan.workdir, landlock.OWN | (landlock.FOR_PROCESSES if processes else 0)
    for path in readable:
        yield path, landlock.RUN if processes else landlock.READ
    for path in places.machine():
        yield path, landlock.READ
    own = f"/proc/{os.getpid()}"
    yield from ((f"{own}/{name}", landlock.READ) for name in places.OWN_FACTS)
    yield from ((f"{own}/{name}", landlock.READ_DIR) for name in places.OWN_LISTS)
    for path in places.devices():
        yield path, landlock.USE_DEVICE
    for path in plan.gpu_files:
        yield path, landlock.USE_DRIVER
    if levels.PRIVATE_ROOT in standing.layers:
        yield from ((path, landlock.OWN) for path in places.elsewhere(readable))
    if processes and levels.PRIVATE_ROOT in standing.layers:
        yield places.SHARED_MEMORY, landlock.OWN


def _change_identity(plan: Plan, standing: _Standing, needed: Iterable[str]) -> None:
    """The uid, what its file modes are worth, and the end of all capabilities."""
    with standing.layer(levels.UID):
        if plan.uid is None:
            raise Missing("the plan names none; only root can give one")
        identity.become(plan.uid)
    blocked = identity.unreadable(needed)
    if levels.UID in standing.layers:
        with standing.layer(levels.FILE_MODES):
            if blocked is not None:
                raise Missing(
                    f"{blocked} can't be read by every user, so the right to read regardless "
                    "of modes is kept; make it readable (chmod -R a+rX, and its parents a+x)"
                )
    bounded = not levels.ALLOW_LISTS.isdisjoint(standing.layers)
    if blocked is not None and not (bounded and identity.can_keep_reading()):
        raise WallBroken(
            f"{blocked} can't be read by the submission's user id, and nothing bounds the right "
            "to read everything; make it readable (chmod -R a+rX, and its parents a+x)"
        )
    with standing.layer(levels.CAPABILITIES):
        identity.drop_capabilities(keep_reading=blocked is not None)


def _limit(plan: Plan, standing: _Standing) -> None:
    """Resource limits, descriptors, and the surroundings that a program sees."""
    own_namespace = levels.NAMESPACES in standing.layers and os.geteuid() != 0
    own_user = levels.UID in standing.layers or own_namespace
    with standing.layer(levels.RLIMITS):
        rlimits.apply(plan.limits, own_user=own_user, bound_addresses=not plan.gpu_files)
    if plan.policy is not IsolationPolicy.NONE:
        with standing.layer(levels.NO_NEW_PRIVS):
            identity.no_new_privileges()
    with standing.layer(levels.DESCRIPTORS):
        ruleset = () if standing.ruleset is None else (standing.ruleset,)
        descriptors.close_others((*plan.keep_fds, *ruleset))
    home = places.home(plan.workdir)
    os.makedirs(home, exist_ok=True)
    os.chdir(home)
    os.environ.update(places.surroundings(home))
    tempfile.tempdir = None  # forget a folder found before
    os.umask(0o077)


def _rules(plan: Plan, standing: _Standing) -> Iterator[Rule]:
    scoped = levels.LANDLOCK in standing.layers and landlock.scopes_signals()
    return rules(
        own_pid=os.getpid(),
        allow_processes=plan.allow_processes,
        signals_scoped=scoped or levels.UID in standing.layers,
    )


def _try_forbidden(plan: Plan, standing: _Standing) -> None:
    """The last word: what must stay unread is tried, and must not open.

    Raises:
        WallBroken: it opens behind an allow-list, which is a mistake of the list. Where file
            modes alone would have to hide it, it is a fact to report: they don't.
    """
    opened = next((path for path in plan.forbidden if _opens(path)), None)
    if opened is None:
        return
    if not levels.ALLOW_LISTS.isdisjoint(standing.layers):
        raise WallBroken(f"{opened} can be opened from behind the wall")
    if levels.FILE_MODES in standing.layers:
        standing.layers.remove(levels.FILE_MODES)
    standing.missing.append(
        f"{levels.FILE_MODES}: every user can read {opened}; hide it (chmod -R go-rwx)"
    )


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
