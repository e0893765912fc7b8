import { Tcp } from '../../model/codes.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'

const CLIENT = [192, 0, 2, 10] as const
const SERVER = [198, 51, 100, 20] as const
const HEADERS = 54

/** Text as bytes, one a character. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** One packet of a TCP or UDP conversation with the server's `port`. */
function frame(
  number: number,
  toServer: boolean,
  port: number,
  header: (view: DataView) => void,
  payload: Uint8Array,
  udp = false,
): OracleFrame {
  const headers = udp ? HEADERS - 12 : HEADERS
  const bytes = new Uint8Array(headers + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(12, 0x0800)
  view.setUint16(14, 0x4500)
  view.setUint16(16, bytes.length - 14)
  view.setUint16(22, (64 << 8) | (udp ? 17 : 6))
  bytes.set(toServer ? CLIENT : SERVER, 26)
  bytes.set(toServer ? SERVER : CLIENT, 30)
  view.setUint16(34, toServer ? 40_000 : port)
  view.setUint16(36, toServer ? port : 40_000)
  header(view)
  bytes.set(payload, headers)
  return { time: (number + 1) * 1e6, bytes }
}

/**
 * A TCP conversation: handshake, then one segment for each line, ">" or "<" before its payload; each acknowledges all that came
 * before it. "-" before that: the segment is lost, and its peer acknowledges it all the same.
 */
export function tcpExchange(port: number, lines: readonly string[]): OracleFrame[] {
  const next = { '>': 1000, '<': 5000 }
  const frames: OracleFrame[] = []
  const send = (way: '>' | '<', flags: number, payload: Uint8Array, lost: boolean) => {
    const peer = way === '>' ? '<' : '>'
    const write = (view: DataView) => {
      view.setUint32(38, next[way])
      view.setUint32(42, (flags & Tcp.ack) === 0 ? 0 : next[peer])
      view.setUint16(46, 0x5000 | flags)
      view.setUint16(48, 60_000)
    }
    if (!lost) frames.push(frame(frames.length, way === '>', port, write, payload))
    next[way] += payload.length + ((flags & Tcp.syn) === 0 ? 0 : 1)
  }
  const none = new Uint8Array(0)
  send('>', Tcp.syn, none, false)
  send('<', Tcp.syn | Tcp.ack, none, false)
  send('>', Tcp.ack, none, false)
  for (const line of lines) {
    const lost = line.startsWith('-')
    const text = lost ? line.slice(1) : line
    send(text.startsWith('>') ? '>' : '<', Tcp.ack | Tcp.psh, bytesOf(text.slice(1)), lost)
  }
  return frames
}

/** A UDP conversation, a datagram for each line as in `tcpExchange`. */
export function udpExchange(port: number, lines: readonly string[]): OracleFrame[] {
  return lines.map((line, number) => {
    const payload = bytesOf(line.slice(1))
    const write = (view: DataView) => view.setUint16(38, 8 + payload.length)
    return frame(number, line.startsWith('>'), port, write, payload, true)
  })
}
