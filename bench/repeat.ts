// Writes a capture over and over to standard output, as one: node --import tsx bench/repeat.ts IN.pcap TIMES
import { readFileSync } from 'node:fs'

/** Of a classic capture's head, of the head of a packet in it, and of an Ethernet header. */
const [FILE_HEAD, PACKET_HEAD, ETHERNET] = [24, 16, 14]
const IPV4 = 0x0800
/** Where the checksum of TCP stands; frames of generated captures are TCP over IPv4 without options. */
const [IP_CHECKSUM, TCP_CHECKSUM] = [ETHERNET + 10, ETHERNET + 20 + 16]

const [path = '', times = '1'] = process.argv.slice(2)
const bytes = readFileSync(path)
const packets = bytes.subarray(FILE_HEAD)
await put(bytes.subarray(0, FILE_HEAD))
const span = lastSecond(packets) - packets.readUInt32LE(0) + 1
for (let round = 0; round < Number(times); round++) {
  if (round > 0) shift(packets, span)
  await put(packets)
}

/** Moves all packets on in time, and their connections to the next network: the second byte of both addresses is raised by one. */
function shift(of: Buffer, seconds: number): void {
  for (let at = 0; at < of.length; at += PACKET_HEAD + of.readUInt32LE(at + 8)) {
    of.writeUInt32LE(of.readUInt32LE(at) + seconds, at)
    const frame = at + PACKET_HEAD
    if (of.readUInt16BE(frame + 12) !== IPV4) throw new Error('Only plain captures can be repeated.')
    for (const address of [frame + ETHERNET + 12, frame + ETHERNET + 16]) {
      const before = of.readUInt16BE(address)
      const after = (before & 0xff00) | ((before + 1) & 0xff)
      of.writeUInt16BE(after, address)
      for (const checksum of [frame + IP_CHECKSUM, frame + TCP_CHECKSUM])
        of.writeUInt16BE(updated(of.readUInt16BE(checksum), before, after), checksum)
    }
  }
}

/** An Internet checksum after one of its words has changed (RFC 1624). */
function updated(checksum: number, before: number, after: number): number {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function lastSecond(of: Buffer): number {
  let second = 0
  for (let at = 0; at < of.length; at += PACKET_HEAD + of.readUInt32LE(at + 8)) second = of.readUInt32LE(at)
  return second
}

/** Comes back when all of it is written: the packets change after that. */
function put(buffer: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    process.stdout.write(buffer, (error) => (error ? reject(error) : resolve())),
  )
}
