"""A network of the tests' own: the services and two worker hosts, each in a Linux namespace."""

import ctypes
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

CLONE_NEWNET = 0x40000000
NEEDED = ("ip", "nsenter", "unshare")
# Addresses that documentation uses; nothing of them leaves these namespaces.
POSTGRES, REDIS, N8N = "192.0.2.1", "192.0.2.2", "192.0.2.3"
SERVICES = (POSTGRES, REDIS, N8N)
FIRST_HOST = 11
SWITCH_MAC = "02:00:00:00:00:01"
NOBODYS_MAC = "02:00:00:00:00:ff"
# A host is away for seconds here and for minutes in life, so the services' own TCP gives up as
# early: whatever was in the air by then is gone for good, and does not come through in the end.
FORGETFUL = {"tcp_retries2": 4, "tcp_orphan_retries": 1}

_libc = ctypes.CDLL(None, use_errno=True)


class RefusedError(Exception):
    """This machine lets us make no namespaces."""


def missing_commands() -> list[str]:
    return [name for name in NEEDED if shutil.which(name) is None]


class Host:
    """A network and a host name, there for as long as the process that holds them.

    Raises
    ------
    RefusedError
        When the kernel does not allow it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        # It ends when its input does: with us, however we end.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "sh", "-c",
             'echo "$0" > /proc/sys/kernel/hostname && echo held && exec cat', name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self._holder.stdout
        assert self._holder.stderr
        if self._holder.stdout.readline() != b"held\n":
            reason = self._holder.stderr.read().decode().strip()
            self.close()
            raise RefusedError(reason)

    def close(self) -> None:
        self._holder.communicate()

    @property
    def pid(self) -> int:
        return self._holder.pid

    def command(self, line: str) -> str:
        """Return the shell command that runs a line there."""
        return f"exec nsenter --target {self.pid} --net --uts sh -c {shlex.quote(line)}"

    def ip(self, *commands: str) -> None:
        """Let `ip` carry out these commands there."""
        subprocess.run(
            ["nsenter", "--target", str(self.pid), "--net", "ip", "-batch", "-"],
            input="\n".join(commands),
            check=True,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread's new sockets, threads and processes are of this network in the block."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(own)
            os.close(there)
            os.close(own)


class Network:
    """The services on one host, with an address each, and worker hosts, all on one switch.

    Who has which address is written down everywhere beforehand, so that a cut is silent: nobody
    is told that somebody can not be reached, as behind a router.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._ends = ExitStack()
        self.hosts: dict[str, Host] = {}
        self.services: Host

    def __enter__(self) -> "Network":
        with ExitStack() as ends:
            self.services = self._made("services", ends)
            self.hosts = {name: self._made(name, ends) for name in self._names}
            self._lay_cables()
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_error: Any) -> None:
        self._ends.close()

    def _made(self, name: str, ends: ExitStack) -> Host:
        host = Host(name)
        ends.callback(host.close)
        return host

    def _lay_cables(self) -> None:
        self.services.ip(
            "link set lo up",
            f"link add switch address {SWITCH_MAC} type bridge",
            "link set switch up",
            *(f"addr add {address}/24 dev switch" for address in SERVICES),
        )
        with self.services.inside():
            for name, value in FORGETFUL.items():
                with open(f"/proc/sys/net/ipv4/{name}", "w") as setting:
                    setting.write(str(value))
        for number, host in enumerate(self.hosts.values(), FIRST_HOST):
            mac = f"02:00:00:00:00:{number:02x}"
            port = host.name
            self.services.ip(
                f"link add {port} type veth peer name eth0 address {mac} netns {host.pid}",
                f"link set {port} master switch up",
                f"neigh add 192.0.2.{number} lladdr {mac} nud permanent dev switch",
            )
            host.ip(
                "link set lo up",
                "link set eth0 up",
                f"addr add 192.0.2.{number}/24 dev eth0",
                *(_neighbour("add", address, SWITCH_MAC) for address in SERVICES),
            )

    def address(self, name: str) -> str:
        return f"192.0.2.{FIRST_HOST + list(self.hosts).index(name)}"

    def cut(self, name: str) -> None:
        """Pull a host's cable out of the switch."""
        self.services.ip(f"link set {name} nomaster")

    def heal(self, name: str) -> None:
        """Plug it in again."""
        self.services.ip(f"link set {name} master switch")

    def cut_way(self, name: str, service: str) -> None:
        """Let what a host sends to one service vanish."""
        self.hosts[name].ip(_neighbour("replace", service, NOBODYS_MAC))

    def heal_way(self, name: str, service: str) -> None:
        self.hosts[name].ip(_neighbour("replace", service, SWITCH_MAC))

    def heal_all(self) -> None:
        for name in self.hosts:
            self.heal(name)
            for service in SERVICES:
                self.heal_way(name, service)


def _neighbour(verb: str, address: str, mac: str) -> str:
    return f"neigh {verb} {address} lladdr {mac} nud permanent dev eth0"


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
