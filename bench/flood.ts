import { ClassicWriter } from '../harness/capture/writer.ts'
import { Link, Tcp } from '../harness/model/codes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../harness/wire/checksum.ts'

/** 2026-01-01T00:00:00Z. */
const EPOCH = 1_767_225_600_000_000_000n
const ETHERNET = 14
const LENGTH = ETHERNET + 20 + 20
const TCP = 6
/** Nanoseconds between two frames: a million in two seconds, so that none is idle for too long. */
const STEP = 2000
const FIRST_PORT = 1024
const PORTS = 65_536 - FIRST_PORT

/** Writes `packets` SYNs over IPv4, each of another 5-tuple: what a table of flows must not grow by. ERR_CAPTURE_WRITE where it cannot. */
export function generateFlood(path: string, packets: number): void {
  const frame = new Uint8Array(LENGTH)
  const view = new DataView(frame.buffer)
  view.setUint16(12, 0x0800)
  frame[ETHERNET] = 0x45
  view.setUint16(ETHERNET + 2, 40)
  frame[ETHERNET + 8] = 64
  frame[ETHERNET + 9] = TCP
  view.setUint32(ETHERNET + 16, 0xc6336401)
  view.setUint16(ETHERNET + 22, 80)
  frame[ETHERNET + 32] = 0x50
  frame[ETHERNET + 33] = Tcp.syn
  view.setUint16(ETHERNET + 34, 64_240)
  using writer = new ClassicWriter(path, Link.ethernet, EPOCH)
  for (let n = 0; n < packets; n++) {
    view.setUint32(ETHERNET + 12, 0x0a000000 + Math.floor(n / PORTS))
    view.setUint16(ETHERNET + 20, FIRST_PORT + (n % PORTS))
    view.setUint32(ETHERNET + 24, n)
    writeIpv4Checksum(frame, ETHERNET)
    writeTransportChecksum(frame, ETHERNET, ETHERNET + 20, LENGTH, TCP)
    writer.write(n * STEP, frame, 0, LENGTH)
  }
  writer.close()
}
