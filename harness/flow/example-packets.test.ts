import type { PacketBatch } from '../model/batch.ts'
import { Direction, nameOf, Tcp } from '../model/codes.ts'
import { putU16, putU32 } from '../wire/bytes.ts'
import { decodeBatch } from '../wire/decode.ts'
import { batchOf, type ExampleFrame, ethernet, ipv4, tcp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import type { TcpHeader } from '../wire/tcp.ts'
import { FlowTable } from './table.ts'

/** Example frames of TCP from 192.0.2.10 to 198.51.100.80, or back. */
export function segment(direction: 0 | 1, change: Partial<TcpHeader> = {}, payload = 0): ExampleFrame {
  const ports = direction === 0 ? [40_000, 80] : [80, 40_000]
  const [sourcePort = 0, destinationPort = 0] = ports
  const frame = ethernet(ipv4(Protocol.tcp, tcp({ sourcePort, destinationPort, ...change }, payload)))
  return direction === 0 ? frame : { ...frame, bytes: withAddressesSwapped(frame.bytes) }
}

/** An IPv4 Ethernet frame with source and destination address exchanged. */
export function withAddressesSwapped(frame: Uint8Array): Uint8Array {
  const swapped = frame.slice()
  swapped.set(frame.subarray(30, 34), 26)
  swapped.set(frame.subarray(26, 30), 30)
  return swapped
}

/** The same with ports exchanged too. */
export function reversed(frame: Uint8Array): Uint8Array {
  const swapped = withAddressesSwapped(frame)
  swapped.set(frame.subarray(36, 38), 34)
  swapped.set(frame.subarray(34, 36), 36)
  return swapped
}

/** A frame with one 32-bit address written over. */
export function withAddress(frame: Uint8Array, at: number, address: number): Uint8Array {
  const changed = frame.slice()
  putU32(changed, at, address)
  return changed
}

/** A decoded batch of the frames, `apart` nanoseconds from one to the next, with its flows from `table`. */
export function assigned(frames: readonly ExampleFrame[], table = new FlowTable(), apart = 1e9): PacketBatch {
  const batch = batchOf(...frames)
  for (let i = 0; i < batch.count; i++) batch.time[i] = i * apart
  decodeBatch(batch)
  table.assign(batch)
  return batch
}

/** `0 c2s`, `-1 c2s`, …: flow and direction of each packet. */
export function placesOf(batch: PacketBatch): string[] {
  return Array.from(
    { length: batch.count },
    (_, i) => `${batch.flow[i]} ${nameOf(Direction, batch.direction[i] ?? 9)}`,
  )
}

export const SYN = { flags: Tcp.syn, ack: 0 }
export const SYN_ACK = { flags: Tcp.syn | Tcp.ack }

/** IPv4 fragments of a packet (without link header), their data cut at these offsets, multiples of 8. */
export function fragments4(packet: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const starts = [0, ...cuts]
  return starts.map((start, n) => {
    const stop = starts[n + 1] ?? packet.length - 20
    const bytes = new Uint8Array(20 + stop - start)
    bytes.set(packet.subarray(0, 20))
    bytes.set(packet.subarray(20 + start, 20 + stop), 20)
    putU16(bytes, 2, bytes.length)
    putU16(bytes, 6, (start >> 3) | (stop < packet.length - 20 ? 0x2000 : 0))
    return bytes
  })
}

/** The same for an IPv6 packet whose unfragmentable part is its header alone. */
export function fragments6(packet: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const starts = [0, ...cuts]
  return starts.map((start, n) => {
    const stop = starts[n + 1] ?? packet.length - 40
    const bytes = new Uint8Array(48 + stop - start)
    bytes.set(packet.subarray(0, 40))
    bytes.set(packet.subarray(40 + start, 40 + stop), 48)
    putU16(bytes, 4, bytes.length - 40)
    bytes[6] = Protocol.fragment
    bytes[40] = packet[6] ?? 0
    putU16(bytes, 42, start | (stop < packet.length - 40 ? 1 : 0))
    putU32(bytes, 44, 99)
    return bytes
  })
}
