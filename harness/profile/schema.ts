import type { Knobs } from './knobs.ts'

/** The groups of knobs, in the order in which they are shown. */
export const GROUPS = {
  miss: 'Packets without session',
  resets: 'Resets',
  session: 'Sessions',
  timeouts: 'Time-outs (seconds)',
  reading: 'Tunnels and fragments',
  marks: 'Marks and replication',
  rules: 'Rules',
  loadBalancer: 'Load balancer (defaults of a setup)',
  conntrack: 'Linux connection tracking alone',
} as const

/** The permitted values of a knob: one of some words, yes or no, a number in a range (or a word), or a list of words. */
export interface KnobKind {
  readonly group: keyof typeof GROUPS
  readonly words?: readonly string[]
  readonly boolean?: true
  readonly number?: { readonly least: number; readonly most: number }
  readonly list?: readonly string[]
}

const DAYS_30 = 2_592_000
const seconds = { number: { least: 0, most: DAYS_30 } }
const timeout: KnobKind = { group: 'timeouts', ...seconds }
const yesNo = { boolean: true } as const

/** The kind of each knob, in the order in which they are shown. */
export const KNOBS: { readonly [K in keyof Knobs]-?: KnobKind } = {
  policies: { group: 'miss', list: ['drop', 'reject', 'continue'] },
  missScope: { group: 'miss', words: ['flow', 'packet'] },
  rstOnMiss: { group: 'miss', words: ['streamError', 'policy', 'rules'] },
  finOnMiss: { group: 'miss', words: ['policyThenStreamError', 'policyThenRules'] },
  flaglessOnMiss: { group: 'miss', words: ['rules', 'policy'] },
  missAfterExpiry: { group: 'miss', words: ['policy', 'drop'] },
  continueMode: { group: 'miss', words: ['untracked', 'pickup', 'pickupData', 'bypass'] },
  asyncOneside: { group: 'session', ...yesNo },
  dropInvalid: { group: 'session', ...yesNo },
  rejectTarget: { group: 'resets', words: ['source', 'client', 'both'] },
  rstStyle: { group: 'resets', words: ['suricata', 'rfc'] },
  resetOnExpiry: { group: 'resets', words: ['none', 'client', 'both'] },
  tracker: { group: 'session', words: ['suricata', 'windows', 'conntrack'] },
  windowCheck: { group: 'session', words: ['eventOnly', 'strict', 'liberal'] },
  ackWindow: { group: 'session', number: { least: 1, most: 131_071 } },
  rstValidation: { group: 'session', words: ['exact', 'near', 'window', 'pending'] },
  synReuseOnNullSession: { group: 'session', ...yesNo },
  synOnLiveSession: { group: 'session', words: ['drop', 'ignore', 'reset'] },
  synOnClosedSession: { group: 'session', words: ['open', 'removeAndDrop'] },
  tcpNew: timeout,
  tcpSynReceived: timeout,
  tcpEstablished: timeout,
  tcpHalfClosed: { ...timeout, words: ['established'] },
  tcpLastAck: timeout,
  tcpTimeWait: timeout,
  tcpClosed: timeout,
  tcpUnverifiedReset: timeout,
  udpNew: timeout,
  udpEstablished: timeout,
  icmpNew: timeout,
  icmpEstablished: timeout,
  other: timeout,
  otherEstablished: timeout,
  otherFlows: { group: 'session', words: ['few', 'all'] },
  onTimeoutChange: { group: 'session', words: ['exception', 'keep', 'refresh'] },
  maxFlows: { group: 'session', number: { least: 1, most: 1_048_576 } },
  onTableFull: { group: 'session', words: ['evictOldest', 'refuse'] },
  tunnels: { group: 'reading', words: ['inner', 'outer'] },
  ipv4InIpv4: { group: 'reading', ...yesNo },
  carrier: { group: 'reading', words: ['judged', 'stripped'] },
  rejectRebuilt: { group: 'resets', ...yesNo },
  fragmentOverlap: { group: 'reading', words: ['bsd', 'drop'] },
  fragmentTimeout4: { group: 'reading', ...seconds },
  fragmentTimeout6: { group: 'reading', ...seconds },
  fragmentTimer: { group: 'reading', words: ['first', 'last'] },
  fragmentBothWays: { group: 'reading', ...yesNo },
  discardTcp: { ...timeout, words: ['state'] },
  discardUdp: { ...timeout, words: ['state'] },
  discardOther: { ...timeout, words: ['state'] },
  expiry: { group: 'timeouts', words: ['integerSecondStrict', 'continuous'] },
  dropMarkRefreshesIdle: { group: 'marks', ...yesNo },
  dropMarkReplicated: { group: 'marks', ...yesNo },
  importLiberal: { group: 'marks', ...yesNo },
  appStateReplicated: { group: 'marks', ...yesNo },
  passScope: { group: 'rules', words: ['flow', 'packet'] },
  dropBesideReject: { group: 'rules', words: ['first', 'reject'] },
  rejectNonTcp: { group: 'rules', words: ['icmp', 'drop'] },
  lbPlacement: { group: 'loadBalancer', words: ['first', 'hash'] },
  lbTcpIdle: { group: 'loadBalancer', number: { least: 60, most: 6000 } },
  lbOtherIdle: { group: 'loadBalancer', number: { least: 1, most: 86_400 } },
  lbNonSynMiss: { group: 'loadBalancer', words: ['forward', 'drop', 'reset'] },
  lbFailover: { group: 'loadBalancer', words: ['rebalance', 'no_rebalance'] },
  lbResetOn: { group: 'loadBalancer', list: ['idle', 'unhealthy', 'deregistration'] },
  lbStickiness: { group: 'loadBalancer', words: ['5-tuple', '3-tuple', '2-tuple'] },
  lbDeregistrationDelay: { group: 'loadBalancer', number: { least: 0, most: 3600 } },
  lbHealthInterval: { group: 'loadBalancer', number: { least: 5, most: 300 } },
  lbUnhealthyThreshold: { group: 'loadBalancer', number: { least: 2, most: 10 } },
  lbHealthyThreshold: { group: 'loadBalancer', number: { least: 2, most: 10 } },
  lbCrossZone: { group: 'loadBalancer', ...yesNo },
  lbAllUnhealthy: { group: 'loadBalancer', words: ['open', 'closed'] },
  lbHostTcpEstablished: { group: 'loadBalancer', number: { least: 60, most: 432_000 } },
  invalid: { group: 'conntrack', words: ['policy', 'drop'] },
  ignoreInvalidReset: { group: 'conntrack', ...yesNo },
  ftpHelper: { group: 'conntrack', ...yesNo },
  badChecksum: { group: 'conntrack', words: ['ignore', 'noReset', 'invalid'] },
  tcpSynSent2: { group: 'conntrack', ...seconds },
  tcpFinWait: { group: 'conntrack', ...seconds },
  tcpCloseWait: { group: 'conntrack', ...seconds },
  tcpMostRetransmissions: { group: 'conntrack', number: { least: 1, most: 255 } },
  tcpRetransmitting: { group: 'conntrack', ...seconds },
  tcpUnacknowledged: { group: 'conntrack', ...seconds },
  greNew: { group: 'conntrack', ...seconds },
  greEstablished: { group: 'conntrack', ...seconds },
  sctpClosed: { group: 'conntrack', ...seconds },
  sctpCookieWait: { group: 'conntrack', ...seconds },
  sctpCookieEchoed: { group: 'conntrack', ...seconds },
  sctpEstablished: { group: 'conntrack', ...seconds },
  sctpShutdownSent: { group: 'conntrack', ...seconds },
  sctpShutdownReceived: { group: 'conntrack', ...seconds },
  sctpShutdownAckSent: { group: 'conntrack', ...seconds },
  sctpHeartbeatSent: { group: 'conntrack', ...seconds },
}

/** Whether there is a knob with that name. */
export function isKnob(name: string): name is keyof Knobs {
  return Object.hasOwn(KNOBS, name)
}

/** What is wrong with a knob's value, as the end of a sentence (`write drop or strict`); undefined: nothing. */
export function wrongValue(name: keyof Knobs, value: unknown): string | undefined {
  const { words = [], boolean, number, list } = KNOBS[name]
  if (list !== undefined) {
    const known = Array.isArray(value) && value.every((item) => list.includes(item))
    const twice = known && new Set(value).size < value.length
    if (known && !twice && (value.length > 0 || name !== 'policies')) return undefined
    return `write a list of ${list.join(', ')}${twice ? ', each once' : ''}`
  }
  if (boolean) return typeof value === 'boolean' ? undefined : 'write true or false'
  if (typeof value === 'string' && words.includes(value)) return undefined
  if (number === undefined) return `write ${words.join(' or ')}`
  if (typeof value === 'number' && value >= number.least && value <= number.most) return undefined
  return [`write a number from ${number.least} to ${number.most}`, ...words].join(' or ')
}
