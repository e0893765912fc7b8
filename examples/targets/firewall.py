"""A small stateful firewall as a target: `kind: process`, `command: [python3, firewall.py]` (docs/writing-a-target.md)."""
import base64, json, struct, sys

FIN_RST, SYN, RST, ACK = 5, 2, 4, 16
CAPABILITIES = {
    "clock": "virtual", "clockScale": 1, "reactive": True, "hosts": 8, "folding": "isolated",
    "families": ["ipv4", "ipv6"], "policies": ["drop", "reject", "continue"], "sharing": ["none"],
    "events": ["drain", "crash", "unhealthy", "restore", "flush", "steer", "return"],
    "observes": ["verdict", "emitted", "counters"], "profiles": ["aws-nfw"], "features": [],
}

def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16: total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)

def reset(frame, ip, tcp, size):
    """The reset that the sender of a segment with ACK obeys: RFC 9293, 3.10.7.1."""
    a, b = (ip + 8, ip + 24) if size == 16 else (ip + 12, ip + 16)
    ends = frame[b:b + size] + frame[a:a + size]
    segment = frame[tcp + 2:tcp + 4] + frame[tcp:tcp + 2] + frame[tcp + 8:tcp + 12] + bytes(4) + b"\x50\x04" + bytes(6)
    segment = segment[:16] + checksum(ends + struct.pack(">HH", 6, 20) + segment) + bytes(2)
    header = (b"\x60" + bytes(4) + b"\x14\x06\x40" if size == 16 else b"\x45\0\0\x28\0\0\x40\0\x40\x06\0\0") + ends
    if size == 4: header = header[:10] + checksum(header) + header[12:]
    return frame[6:12] + frame[:6] + frame[12:14] + header + segment

def decide(step, host, setup):
    host["received"] += 1
    frame, ip = base64.b64decode(step["frame"]), 14
    size = {b"\x08\0": 4, b"\x86\xdd": 16}.get(frame[12:14])
    if step["link"] != "ethernet" or size is None: return {"verdict": "undecided"}
    tcp = ip + (40 if size == 16 else (frame[ip] & 15) * 4)
    if frame[ip + (6 if size == 16 else 9)] != 6: return {"verdict": "forward"}
    a = ip + (8 if size == 16 else 12)
    key = frozenset([frame[a:a + size] + frame[tcp:tcp + 2], frame[a + size:a + 2 * size] + frame[tcp + 2:tcp + 4]])
    idle = setup["policy"].get("tcpIdle") or setup["knobs"]["tcpEstablished"]
    flags, policy, seen = frame[tcp + 13], setup["policy"]["exception"], host["flows"].get(key)
    known = seen is not None and step["time"] - seen < idle
    if known or flags & (SYN | ACK) == SYN or (policy == "continue" and not flags & FIN_RST):
        host["flows"][key] = step["time"]
        return {"verdict": "forward"}
    if policy != "reject" or flags & RST or not flags & ACK: return {"verdict": "drop"}
    told = base64.b64encode(reset(frame, ip, tcp, size)).decode()
    return {"verdict": "reject", "emitted": [{"to": "sender", "frame": told}]}

setup, hosts = {}, {}
for line in sys.stdin:
    request = json.loads(line)
    answer = {"type": request["type"]}
    if request["type"] == "hello": answer |= {"protocol": 1, "name": "firewall.py", "version": "1", "capabilities": CAPABILITIES}
    if request["type"] == "prepare": setup = request["setup"]
    if request["type"] in ("prepare", "reset"): hosts = {name: {"flows": {}, "received": 0} for name in setup["hosts"]}
    if request["type"] == "counters": answer["counters"] = [{"ReceivedPackets": host["received"]} for host in hosts.values()]
    if request["type"] == "steps":
        answer["observations"] = []
        for step in request["steps"]:
            if step.get("event") == "crash": hosts[step["host"]]["flows"].clear()
            if "packet" in step: answer["observations"].append({"packet": step["packet"], **decide(step, hosts[step["host"]], setup)})
    print(json.dumps(answer), flush=True)
