"""A gateway load balancer's appliance whose firewall is this machine's kernel: GENEVE (RFC 8926) in by UDP, the packet in it through a
tun device of a network namespace, where conntrack and nftables decide, and what the kernel sends back by GENEVE with the same header.

    python3 kernel.py NAMESPACE [PORT]

Prints the UDP port of 127.0.0.1 at which it listens; ends when its input does.
"""

import ctypes
import fcntl
import os
import select
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
PORTS = (TCP, UDP)
EXTENSIONS = (0, 43, 60)  # hop-by-hop, routing, destination options


def enter(namespace):
    """Sockets that were opened stay where they are; devices are opened in there from now on."""
    with open(f"/run/netns/{namespace}") as handle:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def upper(packet):
    """Source, destination, protocol, and the transport header; none where it is not in there, as in a later fragment."""
    if packet[0] >> 4 == 4:
        size = (packet[0] & 15) * 4
        later = struct.unpack_from("!H", packet, 6)[0] & 0x1FFF
        return packet[12:16], packet[16:20], packet[9], None if later else packet[size:]
    protocol, at = packet[6], 40
    while protocol in EXTENSIONS and len(packet) > at + 1:
        protocol, at = packet[at], at + 8 + packet[at + 1] * 8
    if protocol == 44 and len(packet) >= at + 8:
        later = struct.unpack_from("!H", packet, at + 2)[0] & 0xFFF8
        protocol, at = packet[at], at + 8
        if later:
            return packet[8:24], packet[24:40], protocol, None
    return packet[8:24], packet[24:40], protocol, packet[at:]


def flow_of(packet):
    """The same for both directions, and for an ICMP error that of the packet in it."""
    source, destination, protocol, body = upper(packet)
    ends = [source, destination]
    if body is not None and len(body) >= 4:
        if protocol in PORTS:
            ends = [source + body[:2], destination + body[2:4]]
        elif (protocol == ICMP and body[0] in (3, 4, 5, 11, 12)) or (protocol == ICMP6 and body[0] < 128):
            return flow_of(body[8:]) if len(body) >= 28 else None
    return protocol, *sorted(ends)


def pair_of(packet):
    """What a fragment without ports is told by."""
    source, destination, protocol, _ = upper(packet)
    return protocol, *sorted([source, destination])


def main():
    namespace = sys.argv[1]
    gate = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    gate.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    gate.bind(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0))
    enter(namespace)
    tun = open_tun("tunnel")
    print(gate.getsockname()[1], flush=True)
    headers = {}
    while True:
        ready, _, _ = select.select([gate, tun, sys.stdin], [], [])
        if sys.stdin in ready and not sys.stdin.buffer.read1(1):
            return
        if gate in ready:
            payload, sender = gate.recvfrom(65535)
            inner = 8 + (payload[0] & 0x3F) * 4
            packet = payload[inner:]
            # Version 0, no control message, and a whole IP header.
            if payload[0] >> 6 != 0 or payload[1] & 0x80 or len(packet) < 20:
                continue
            headers[flow_of(packet)] = headers[pair_of(packet)] = payload[:inner], sender
            try:
                os.write(tun, packet)
            except OSError:
                pass  # The device is down, or no such packet can be.
        if tun in ready:
            packet = os.read(tun, 65535)
            known = headers.get(flow_of(packet)) or headers.get(pair_of(packet))
            if known is not None:
                header, sender = known
                gate.sendto(header + packet, sender)


main()
