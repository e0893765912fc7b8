import { complain, listItems, type Piece } from './text.ts'

const LAST_PORT = 65_535

/** A bit for each port. */
export type Ports = Uint8Array

/** Reads `any`, ports, ranges (`1024:`, `:80`, `6000:6010`) and lists of these, negated or not; undefined: any. */
export function parsePorts(piece: Piece): Ports | undefined {
  const items = listItems(piece)
  if (items.length === 1 && items[0]?.item.text === 'any' && !items[0].negated) return undefined
  const ports = new Uint8Array((LAST_PORT + 1) / 8)
  if (items.every(({ negated }) => negated)) ports.fill(255)
  for (const wanted of [false, true]) {
    for (const { item, negated } of items) {
      if (negated !== wanted) continue
      const [from, to] = parseRange(item)
      for (let port = from; port <= to; port++) setPort(ports, port, !negated)
    }
  }
  return ports
}

/** Whether a port is one of them. */
export function hasPort(ports: Ports, port: number): boolean {
  return ((ports[port >> 3] ?? 0) & (1 << (port & 7))) !== 0
}

function setPort(ports: Ports, port: number, on: boolean): void {
  const bit = 1 << (port & 7)
  const byte = ports[port >> 3] ?? 0
  ports[port >> 3] = on ? byte | bit : byte & ~bit
}

function parseRange(item: Piece): [number, number] {
  if (item.text === 'any') throw complain(item, 'any port cannot be part of a list')
  const [low = '', high] = item.text.split(':')
  const from = low === '' && high !== undefined ? 0 : portNumber(item, low)
  const to = high === undefined ? from : high === '' ? LAST_PORT : portNumber(item, high)
  if (to < from) throw complain(item, `the range ${item.text} ends before it starts`)
  return [from, to]
}

function portNumber(item: Piece, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > LAST_PORT)
    throw complain(item, `${JSON.stringify(text)} is not a port number of 0 to ${LAST_PORT}`)
  return port
}
