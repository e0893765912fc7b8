import { Tcp } from '../../model/codes.ts'

/**
 * States of a TCP entry, in the low four bits of its record's head word. The numbers avoid those with a meaning to other readers of
 * a record: 0 is no entry, 1 an entry of a protocol without states, 4 a session whose packets may take the
 * fast path of Suricata's tracker.
 */
export const CtState = {
  none: 0,
  synSent: 2,
  synReceived: 3,
  established: 5,
  finWait: 6,
  closeWait: 7,
  lastAck: 8,
  timeWait: 9,
  close: 10,
  /** Both sides sent a SYN. */
  synSent2: 11,
} as const

/** Table values besides the states: the packet is let through without effect, or it is invalid. */
export const Move = { ignore: 14, invalid: 15 } as const

/** The class of a segment: RST takes precedence over SYN, SYN over FIN, FIN over ACK. */
export const Class = { syn: 0, synAck: 1, fin: 2, ack: 3, rst: 4, none: 5 } as const

const NAMES: Readonly<Record<string, number>> = {
  SS: CtState.synSent,
  SR: CtState.synReceived,
  ES: CtState.established,
  FW: CtState.finWait,
  CW: CtState.closeWait,
  LA: CtState.lastAck,
  TW: CtState.timeWait,
  CL: CtState.close,
  S2: CtState.synSent2,
  ig: Move.ignore,
  iv: Move.invalid,
}
const COLUMNS = [
  CtState.none,
  CtState.synSent,
  CtState.synReceived,
  CtState.established,
  CtState.finWait,
  CtState.closeWait,
  CtState.lastAck,
  CtState.timeWait,
  CtState.close,
  CtState.synSent2,
]

/**
 * For each direction (original, reply) and class: the next state from each state (Linux nf_conntrack_proto_tcp.c;
 * docs/decision-tables.md).
 */
const ROWS = [
  // no SS SR ES FW CW LA TW CL S2
  'SS SS ig ig ig ig ig SS SS S2',
  'iv iv SR iv iv iv iv iv iv SR',
  'iv iv FW FW LA LA LA TW CL iv',
  'ES iv ES ES CW CW TW TW CL iv',
  'iv CL CL CL CL CL CL CL CL CL',
  'iv iv iv iv iv iv iv iv iv iv',

  'iv S2 iv iv iv iv iv SS iv S2',
  'iv SR ig ig ig ig ig ig ig SR',
  'iv iv FW FW LA LA LA TW CL iv',
  'iv ig SR ES CW CW TW TW CL ig',
  'iv CL CL CL CL CL CL CL CL CL',
  'iv iv iv iv iv iv iv iv iv iv',
]
const CLASSES = 6
const STATES = 16

function tableOf(rows: readonly string[]): Uint8Array {
  const table = new Uint8Array(rows.length * STATES).fill(Move.invalid)
  for (const [row, cells] of rows.entries())
    for (const [column, name] of cells.split(' ').entries())
      table[row * STATES + (COLUMNS[column] ?? 0)] = NAMES[name] ?? Move.invalid
  return table
}

const TABLE = tableOf(ROWS)

/** The next state after a segment of that `Class`, or a `Move`. */
export function nextState(original: boolean, segmentClass: number, state: number): number {
  return TABLE[((original ? 0 : CLASSES) + segmentClass) * STATES + state] ?? Move.invalid
}

/** The `Class` of TCP flags. */
export function classOf(flags: number): number {
  if ((flags & Tcp.rst) !== 0) return Class.rst
  if ((flags & Tcp.syn) !== 0) return (flags & Tcp.ack) !== 0 ? Class.synAck : Class.syn
  if ((flags & Tcp.fin) !== 0) return Class.fin
  return (flags & Tcp.ack) !== 0 ? Class.ack : Class.none
}

const ANY_WAY = Tcp.psh | Tcp.ece | Tcp.cwr
const VALID: ReadonlySet<number> = new Set([
  Tcp.syn,
  Tcp.syn | Tcp.urg,
  Tcp.syn | Tcp.ack,
  Tcp.rst,
  Tcp.rst | Tcp.ack,
  Tcp.fin | Tcp.ack,
  Tcp.fin | Tcp.ack | Tcp.urg,
  Tcp.ack,
  Tcp.ack | Tcp.urg,
])

/** Indexed by flags byte; 1: a combination that a TCP endpoint may send. */
const VALID_FLAGS = Uint8Array.from({ length: 256 }, (_, flags) => (VALID.has(flags & ~ANY_WAY) ? 1 : 0))

/** Whether this combination of flags is valid; PSH, ECE and CWR may always be set. */
export function areValidFlags(flags: number): boolean {
  return VALID_FLAGS[flags] === 1
}

/** Whether an entry in this state is closing: a RST is believed whatever its sequence number. */
export function isClosing(state: number): boolean {
  return state >= CtState.finWait && state <= CtState.close
}
