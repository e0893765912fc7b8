import { complain, type ListItem, type Piece, readList } from './text.ts'

export const LAST_PORT = 65_535
const ALL: Ports = [0, LAST_PORT]

/**
 * Ranges of ports, first and last of each alternately, ascending and disjoint; cut wherever the rule names an end of one, as Suricata
 * keeps its lists.
 */
export type Ports = readonly number[]

/**
 * Reads `any`, ports, ranges (`1024:`, `:80`, `6000:6010`) and lists of these, negated or not; undefined: any. Refuses what Suricata
 * refuses: a list that leaves no port, and a negation that it takes for the end of a range (Suricata 7, detect-engine-port.c).
 */
export function parsePorts(piece: Piece): Ports | undefined {
  checkNegations(piece)
  const list = readList(piece)
  if (list.items === undefined && !list.negated) {
    if (list.piece.text === 'any') return undefined
    return parseRange(list.piece)
  }
  const within = new Uint8Array(LAST_PORT + 1)
  const without = new Uint8Array(LAST_PORT + 1)
  const cuts = new Set<number>()
  name(list, false, within, without, cuts)
  if (!without.includes(0)) throw complain(piece, `${piece.text} takes out every port`)
  if (!within.includes(1)) within.fill(1)
  const ports = within.map((named, port) => (without[port] === 1 ? 0 : named))
  if (!ports.includes(1)) throw complain(piece, `no port is left of ${piece.text}`)
  return rangesOf(ports, cuts)
}

/** Whether Suricata takes both for the same: equal ranges, cut at the same places (`DetectPortListsAreEqual`). */
export function arePortsEqual(some: Ports = ALL, others: Ports = ALL): boolean {
  return some.length === others.length && some.every((port, at) => port === others[at])
}

/** Records the ports that an item names, those that it excludes, and where ranges begin. */
function name(
  item: ListItem,
  negated: boolean,
  within: Uint8Array,
  without: Uint8Array,
  cuts: Set<number>,
): void {
  // Suricata interprets it by its place in the list.
  if (negated && item.negated)
    throw complain(item.piece, 'this engine does not read a negation within a negated list of ports')
  const out = negated || item.negated
  if (item.items !== undefined) {
    for (const inner of item.items) name(inner, out, within, without, cuts)
    return
  }
  const [from, to] = parseRange(item.piece)
  const into = out ? without : within
  into.fill(1, from, to + 1)
  cuts.add(from).add(to + 1)
}

/** In nested lists Suricata takes a `!` after a range for part of that range. */
function checkNegations(piece: Piece): void {
  let depth = 0
  let inRange = false
  for (const [at, char] of [...piece.text].entries()) {
    if (char === '!' && inRange)
      throw complain(
        { ...piece, column: piece.column + at },
        'in a list within a list, a negation stands before every range',
      )
    if (char === '[') depth++
    if (char === ']') depth--
    if (char === ':') inRange = true
    else if (char === ']' || (char === ',' && depth < 2)) inRange = false
  }
}

function rangesOf(ports: Uint8Array, cuts: Set<number>): Ports {
  const starts = [...cuts.add(0)].filter((port) => port <= LAST_PORT).sort((a, b) => a - b)
  return starts.flatMap((start, at) =>
    ports[start] === 1 ? [start, (starts[at + 1] ?? LAST_PORT + 1) - 1] : [],
  )
}

function parseRange(item: Piece): [number, number] {
  if (item.text === 'any') return [0, LAST_PORT]
  const [low = '', high, more] = item.text.split(':')
  if (more !== undefined) throw complain(item, `the range ${item.text} has more than two ends`)
  const from = low === '' && high !== undefined ? 0 : portNumber(item, low)
  const to = high === undefined ? from : high === '' ? LAST_PORT : portNumber(item, high)
  if (to < from) throw complain(item, `the range ${item.text} ends before it starts`)
  return [from, to]
}

function portNumber(item: Piece, text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > LAST_PORT)
    throw complain(item, `${JSON.stringify(text)} is not a port number of 0 to ${LAST_PORT}`)
  return port
}
