"""One Linux firewall between two veth pairs, in network namespaces without names that end with this process.

Standard input: a line of JSON with the set-up ({"nft": ..., "sysctls": {...}}), answered by the line "ready". Then any number
of jobs: a line with the number of bytes that follow, which are records: one byte (0: send on the client's side, 1: on the
server's, 2: wait), two bytes of length, and the frame, or the seconds since the job began as a double. Answered by a line with
a number of bytes, and that many: one byte of side, two of length, the first bytes of the frame that came out there.
"""

import ctypes
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
CHUNK = 256
# All of a marker and of a reset; more of other frames is not looked at.
HEAD = 128
MARKER = b'conntrack-oracle-marker'
OUTER = ['02:00:00:00:00:01', '02:00:00:00:00:02']
INNER = ['02:00:00:00:01:01', '02:00:00:00:01:02']

libc = ctypes.CDLL(None, use_errno=True)


def leave_network():
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')


def run(text, pid=None, data=None):
    command = ['sh', '-ec', text]
    if pid is not None:
        command = ['nsenter', '-t', str(pid), '-n'] + command
    subprocess.run(command, check=True, input=data, stdout=subprocess.DEVNULL)


def firewall():
    """A process in a namespace of its own, which dies with this one."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        leave_network()
        os.write(writing, b'x')
        while True:
            signal.pause()
    os.read(reading, 1)
    return pid


def build(setup):
    leave_network()
    pid = firewall()
    outside = ''
    for side, name in enumerate(['c', 's']):
        outside += f'''
ip link add {name} mtu 65535 address {OUTER[side]} type veth peer name {name} address {INNER[side]} netns {pid}
echo 1 > /proc/sys/net/ipv6/conf/{name}/disable_ipv6
ip link set {name} up'''
    run(outside)
    inside = 'ip link set lo up\n'
    for side, name in enumerate(['c', 's']):
        inside += f'''
ethtool -K {name} tx off rx off gso off tso off gro off >/dev/null 2>&1
ip link set {name} mtu 65535 up
ip addr add 192.168.{side}.1/24 dev {name}
ip -6 addr add fd00:{side}::1/64 dev {name} nodad
ip neigh add 192.168.{side}.2 lladdr {OUTER[side]} dev {name} nud permanent
ip -6 neigh add fd00:{side}::2 lladdr {OUTER[side]} dev {name} nud permanent
ip route add 1{side}.0.0.0/8 via 192.168.{side}.2 dev {name}
ip -6 route add fd1{side}::/16 via fd00:{side}::2 dev {name}
for f in all default {name}; do echo 0 > /proc/sys/net/ipv4/conf/$f/rp_filter; done'''
    inside += '''
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratemask
nft -f -
'''
    run(inside, pid, setup['nft'].encode())
    settings = ''.join(f'echo {value} > /proc/sys/net/netfilter/{name}\n' for name, value in setup['sysctls'].items())
    run(settings, pid)


def listen(name):
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    port.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    port.bind((name, 0))
    port.setblocking(False)
    return port


def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def marker(side, number):
    """A datagram that the firewall lets through, from its own flow each time."""
    addresses = [socket.inet_aton('10.255.255.254'), socket.inet_aton('11.255.255.254')]
    data = MARKER + struct.pack('!I', number)
    ports = struct.pack('!HH', 1024 + number % 60000, 9)
    udp = ports + struct.pack('!HH', 8 + len(data), 0) + data
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses[side] + addresses[1 - side]
    head = head[:10] + struct.pack('!H', checksum(head)) + head[12:]
    link = bytes.fromhex((INNER[side] + OUTER[side]).replace(':', ''))
    return link + b'\x08\x00' + head + udp


class Ports:
    def __init__(self):
        self.ports = [listen('c'), listen('s')]
        self.number = 0
        self.seen = []

    def send(self, side, frame):
        self.ports[side].send(frame)

    def read(self):
        marks = 0
        for side, port in enumerate(self.ports):
            while True:
                try:
                    frame, source = port.recvfrom(HEAD)
                except BlockingIOError:
                    break
                if source[2] == PACKET_OUTGOING:
                    continue
                if MARKER in frame:
                    if frame.endswith(struct.pack('!I', self.number)):
                        marks += 1
                    continue
                self.seen.append(struct.pack('!BH', side, len(frame)) + frame)
        return marks

    def begin(self):
        """Waits until both ways are open: an interface that is up may carry nothing for a moment yet, and loses a marker."""
        if not any(self.carries(1) for _ in range(20)):
            raise RuntimeError('the firewall let no marker through within 20 s')

    def settle(self):
        """Everything sent before has come out, or never will."""
        if not self.carries(10):
            raise RuntimeError('the firewall let no marker through within 10 s')

    def carries(self, seconds):
        """Sends a marker each way; whether both come out in that time."""
        self.number += 1
        for side in (0, 1):
            self.send(side, marker(side, self.number))
        marks = 0
        end = time.monotonic() + seconds
        while True:
            marks += self.read()
            if marks == 2:
                return True
            if not select.select(self.ports, [], [], max(0, end - time.monotonic()))[0]:
                return False


def play(ports, job):
    ports.seen = []
    began = time.monotonic()
    at = sent = 0
    while at < len(job):
        kind, length = struct.unpack_from('!BH', job, at)
        body = job[at + 3 : at + 3 + length]
        at += 3 + length
        if kind == 2:
            ports.settle()
            time.sleep(max(0, began + struct.unpack('!d', body)[0] - time.monotonic()))
            continue
        ports.send(kind, body)
        sent += 1
        if sent % CHUNK == 0:
            ports.settle()
    ports.settle()
    return b''.join(ports.seen)


def main():
    # Packets handed over on one processor are processed in the order in which they are sent.
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, [processors[os.getpid() % len(processors)]])
    commands = sys.stdin.buffer
    answers = sys.stdout.buffer
    build(json.loads(commands.readline()))
    ports = Ports()
    ports.begin()
    answers.write(b'ready\n')
    answers.flush()
    for line in commands:
        seen = play(ports, commands.read(int(line)))
        answers.write(b'%d\n' % len(seen) + seen)
        answers.flush()


main()
