import { complain, listItems, type Piece } from './text.ts'

const LAST_PORT = 65_535

/** Ranges of ports, first and last of each in turn, ascending and apart from each other. */
export type Ports = readonly number[]

/** Reads `any`, ports, ranges (`1024:`, `:80`, `6000:6010`) and lists of these, negated or not; undefined: any. */
export function parsePorts(piece: Piece): Ports | undefined {
  const items = listItems(piece)
  if (items.length === 1 && items[0]?.item.text === 'any' && !items[0].negated) return undefined
  if (items.length === 1 && items[0] !== undefined && !items[0].negated) return parseRange(items[0].item)
  const ports = new Uint8Array(LAST_PORT + 1)
  if (items.every(({ negated }) => negated)) ports.fill(1)
  for (const wanted of [false, true]) {
    for (const { item, negated } of items) {
      if (negated !== wanted) continue
      const [from, to] = parseRange(item)
      ports.fill(negated ? 0 : 1, from, to + 1)
    }
  }
  return rangesOf(ports)
}

function rangesOf(ports: Uint8Array): Ports {
  const ranges: number[] = []
  for (let from = ports.indexOf(1); from >= 0; ) {
    const behind = ports.indexOf(0, from)
    ranges.push(from, behind < 0 ? LAST_PORT : behind - 1)
    from = behind < 0 ? -1 : ports.indexOf(1, behind)
  }
  return ranges
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
