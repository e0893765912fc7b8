import { readInjectionText, type WrittenInjection } from '../../suite/injection-text.ts'

const CAUSES: Readonly<Record<string, string>> = {
  crash: 'its host crashes',
  drain: 'its host is drained',
  unhealthy: 'its host fails its health checks',
}

/** What an injection does, in words that come before its packet: `its host crashes before`. */
const WORDS: {
  readonly [K in WrittenInjection['kind']]: (fields: Readonly<Record<string, unknown>>) => string
} = {
  'host-swap': ({ cause = 'drain' }) => `${CAUSES[String(cause)]} before`,
  'idle-gap': ({ gap }) => `nothing is sent for ${gap} before`,
  'asymmetric-path': ({ direction, to }) =>
    `${direction} packets go ${to === 'bypass' ? 'round the firewalls' : `by ${to}`} from`,
  'path-return': () => 'all paths are as they were at first from',
  'store-outage': ({ state = 'down' }) => `the store of sessions is ${state} from`,
  reconnect: ({ tuple = 'new-port' }) =>
    `the client connects again, ${tuple === 'same' ? 'from the same port' : 'from a new port'}, before`,
  'timeout-change': ({ 'tcp-idle': idle, scope = 'lb' }) =>
    `the idle time-out of ${scope === 'lb' ? 'the load balancer' : 'all hosts'} becomes ${idle} before`,
  'table-full': ({ scope = 'lb' }) =>
    `the flow table of ${scope === 'lb' ? 'the load balancer' : 'every host'} is full from`,
  'replication-loss': () => 'sessions do not reach other hosts any more from',
  duplicate: ({ direction }) => `the last ${direction} packet comes once more before`,
}

/** An injection in words, `its host crashes before`, which a packet is to follow. */
export function breakWords(text: string): string {
  const { kind, fields } = readInjectionText(text)
  return WORDS[kind]({ ...fields })
}

/** An injection as a suite has it: the kind, and a position alone or a mapping of its keys. */
export function breakYaml(text: string): { readonly kind: string; readonly value: unknown } {
  const { kind, fields } = readInjectionText(text)
  const { at, ...rest } = fields
  const position = /^\d+$/.test(String(at)) ? Number(at) : at
  const keys = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const isShort = Object.keys(keys).length === 0 && kind !== 'table-full'
  return { kind, value: isShort ? position : { at: position, ...keys } }
}
