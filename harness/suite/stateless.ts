import { Tcp } from '../model/codes.ts'
import type { Stateless, StatelessAction, StatelessMatch, StatelessRule } from '../model/setup.ts'
import { parseCidr } from '../support/cidr.ts'
import type { Path, Report } from './problems.ts'
import { asWord, notAWord, STATELESS_VERDICTS, TCP_FLAGS } from './words.ts'

/** A whole number as written; a placeholder makes it a text. */
type Digits = number | string

export interface StatelessMatchInput {
  readonly sources?: readonly string[] | undefined
  readonly destinations?: readonly string[] | undefined
  readonly 'source-ports'?: readonly Digits[] | undefined
  readonly 'destination-ports'?: readonly Digits[] | undefined
  readonly protocols?: readonly Digits[] | undefined
  readonly flags?:
    | readonly { readonly flags: readonly string[]; readonly masks?: readonly string[] | undefined }[]
    | undefined
}

/** The stateless engine as written. */
export interface StatelessInput {
  readonly default?: string | readonly string[] | undefined
  readonly 'fragment-default'?: string | readonly string[] | undefined
  readonly rules?:
    | readonly {
        readonly priority: Digits
        readonly action: string | readonly string[]
        readonly match?: StatelessMatchInput | undefined
      }[]
    | undefined
}

const FORWARD: StatelessAction = { verdict: 'aws:forward_to_sfe', customs: [] }
const PROTOCOLS: ReadonlyMap<Digits, number> = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['icmp6', 58],
])
/** AWS Network Firewall API reference, StatelessRule. */
const LAST_PRIORITY = 65_535
const LAST_PORT = 65_535
const LAST_PROTOCOL = 255

/** The stateless engine that `input` describes; reports every problem, by key below `path`. */
export function readStateless(input: StatelessInput, path: Path, report: Report): Stateless {
  const priorities = new Set<number>()
  const rules = (input.rules ?? []).map(({ priority: written, action, match = {} }, index): StatelessRule => {
    const at = [...path, 'rules', index]
    const priority = whole(written, 1, LAST_PRIORITY, 'a priority', [...at, 'priority'], report)
    if (priorities.has(priority))
      report([...at, 'priority'], `There are two rules of priority ${priority}: each needs its own.`)
    priorities.add(priority)
    return {
      priority,
      action: actionOf(action, [...at, 'action'], report),
      match: matchOf(match, [...at, 'match'], report),
    }
  })
  const fallback = (key: 'default' | 'fragment-default') => {
    const written = input[key]
    return written === undefined ? FORWARD : actionOf(written, [...path, key], report)
  }
  return {
    rules: rules.sort((a, b) => a.priority - b.priority),
    fallback: fallback('default'),
    fragmentFallback: fallback('fragment-default'),
  }
}

/** Exactly one of AWS's three actions, and any names of custom actions. */
function actionOf(written: string | readonly string[], path: Path, report: Report): StatelessAction {
  const words = [written].flat()
  const at = (index: number): Path => (typeof written === 'string' ? path : [...path, index])
  const verdicts = words.filter((word) => asWord(STATELESS_VERDICTS, word) !== undefined)
  const customs = words.filter((word, index) => {
    if (asWord(STATELESS_VERDICTS, word) !== undefined) return false
    const named = /^[a-zA-Z0-9]{1,128}$/.test(word) && typeof written !== 'string'
    if (!named) report(at(index), notAWord(word, 'a stateless action', STATELESS_VERDICTS))
    return named
  })
  if (verdicts.length !== 1 && customs.length + verdicts.length === words.length)
    report(
      path,
      `An action holds exactly one of ${STATELESS_VERDICTS.join(', ')}; this holds ${verdicts.length}.`,
    )
  const [verdict] = verdicts
  return { verdict: asWord(STATELESS_VERDICTS, verdict) ?? FORWARD.verdict, customs }
}

function matchOf(match: StatelessMatchInput, path: Path, report: Report): StatelessMatch {
  const addresses = (key: 'sources' | 'destinations') =>
    (match[key] ?? []).map((text, index) => {
      if (parseCidr(text) === undefined)
        report([...path, key, index], `"${text}" is neither an address nor a CIDR block: write 192.0.2.0/24.`)
      return text
    })
  const ports = (key: 'source-ports' | 'destination-ports') =>
    (match[key] ?? []).map((text, index) => portRange(text, [...path, key, index], report))
  return {
    sources: addresses('sources'),
    destinations: addresses('destinations'),
    sourcePorts: ports('source-ports'),
    destinationPorts: ports('destination-ports'),
    protocols: (match.protocols ?? []).map(
      (text, index) =>
        PROTOCOLS.get(text) ??
        whole(
          text,
          0,
          LAST_PROTOCOL,
          'a protocol (or tcp, udp, icmp, icmp6)',
          [...path, 'protocols', index],
          report,
        ),
    ),
    flags: (match.flags ?? []).map((field, index) => flagField(field, [...path, 'flags', index], report)),
  }
}

function portRange(text: Digits, path: Path, report: Report): readonly [number, number] {
  const [, low = '', high = low] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(String(text)) ?? []
  const from = Number(low)
  const to = Number(high)
  if (low === '' || from > LAST_PORT || to > LAST_PORT)
    report(path, `"${text}" is not a port or a range of ports: write 0 to ${LAST_PORT}, or 1990:1994.`)
  else if (to < from) report(path, `The range ${text} ends before it starts.`)
  return [from, to]
}

/** Without masks all flags are compared (API reference, TCPFlagField). */
function flagField(
  { flags, masks }: { readonly flags: readonly string[]; readonly masks?: readonly string[] | undefined },
  path: Path,
  report: Report,
): { readonly flags: number; readonly masks: number } {
  const set = flagBits(flags, [...path, 'flags'], report)
  const looked = masks === undefined ? 255 : flagBits(masks, [...path, 'masks'], report)
  if ((set & ~looked) !== 0) report([...path, 'flags'], 'Every flag here must be among the masks too.')
  return { flags: set, masks: looked }
}

function flagBits(names: readonly string[], path: Path, report: Report): number {
  return names.reduce((bits, text, index) => {
    const name = asWord(TCP_FLAGS, text.toUpperCase())
    if (name === undefined) report([...path, index], notAWord(text, 'a TCP flag', TCP_FLAGS))
    return bits | (name === undefined ? 0 : BIT[name])
  }, 0)
}

const BIT: Readonly<Record<(typeof TCP_FLAGS)[number], number>> = {
  FIN: Tcp.fin,
  SYN: Tcp.syn,
  RST: Tcp.rst,
  PSH: Tcp.psh,
  ACK: Tcp.ack,
  URG: Tcp.urg,
  ECE: Tcp.ece,
  CWR: Tcp.cwr,
}

/** A whole number in a range; anything else is reported, and the least number is used. */
function whole(text: Digits, least: number, most: number, noun: string, path: Path, report: Report): number {
  const value = /^\d{1,6}$/.test(String(text)) ? Number(text) : -1
  if (value >= least && value <= most) return value
  report(path, `"${text}" is not ${noun}: write ${least} to ${most}.`)
  return least
}
