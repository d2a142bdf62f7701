"""Ports for sites that tests start."""

import random
import socket
from pathlib import Path

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port():
    """Return a free port below those that the system hands out.

    Between asking for a port and serving at it lie many seconds; a port that the system hands
    out by itself may then belong to a browser, or to another test's server.
    """
    first, _ = (int(each) for each in EPHEMERAL.read_text().split())
    while True:
        port = random.SystemRandom().randrange(first - 12_000, first)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
