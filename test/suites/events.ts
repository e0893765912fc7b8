import type { Case } from '../../harness/index.ts'

/** Something that befalls a flow, which cases show under every sharing, policy and family. */
export interface Event {
  readonly name: string
  /** Whether a case shows it. */
  readonly isShown: (test: Case) => boolean
}

/** An event that has a row in the decision tables. */
export interface RowEvent extends Event {
  /** What a case must hold that names the row. */
  readonly happens: (test: Case) => boolean
}

type Injection = Case['injections'][number]

/** Rows of table 10.5, by what they are about. */
const TCP: readonly (readonly [rows: readonly number[], happens: (test: Case) => boolean])[] = [
  [[1, 2, 4, 5, 6, 7, 8], moves],
  [[3], (test) => has(test, 'host-swap') && test.setup.topology.loadBalancer.failover === 'no_rebalance'],
  [[9, 10, 11, 12, 13, 14, 15], (test) => has(test, 'idle-gap')],
  [[16, 19], goesElsewhere],
  [[17], (test) => goesRound(test, 's2c')],
  [[18], (test) => goesRound(test, 'c2s')],
  [[20], (test) => test.setup.stateless !== undefined],
  [[21, 22], (test) => has(test, 'path-return')],
]

/** Recordings of what table 10.7 is about. */
const DATAGRAMS = [
  ['udp', /udp[^/]*$/],
  ['icmp', /icmp[^/]*$/],
] as const

/** The events of tables 10.5 and 10.7. */
export const ROW_EVENTS: readonly RowEvent[] = [
  ...TCP.flatMap(([rows, happens]) => rows.map((row) => ofRow(`10.5/${row}`, happens))),
  ...DATAGRAMS.flatMap(([protocol, captures]) => [
    ofRow(`10.7/${protocol}-swap`, (test) => moves(test) || has(test, 'idle-gap'), captures),
    ofRow(`10.7/${protocol}-asymmetric`, goesElsewhere, captures),
  ]),
]

/** Those, and the causes for which a host is replaced. */
export const EVENTS: readonly Event[] = [
  ...ROW_EVENTS,
  ...(['drain', 'crash', 'unhealthy'] as const).map((cause) => ({
    name: `host-swap by ${cause}`,
    isShown: ({ injections }: Case) =>
      injections.some((injection) => injection.kind === 'host-swap' && injection.cause === cause),
  })),
]

/** `captures`: which recordings show it, of those whose case names the row; a matrix may be over several. */
function ofRow(row: string, happens: RowEvent['happens'], captures = /./): RowEvent {
  const isShown = (test: Case) => test.rows.includes(row) && happens(test) && captures.test(test.capture)
  return { name: row, isShown, happens }
}

function has({ injections }: Case, kind: Injection['kind']): boolean {
  return injections.some((injection) => injection.kind === kind)
}

/** The host of the flow leaves. */
function moves(test: Case): boolean {
  return has(test, 'host-swap')
}

/** A direction goes by another host. */
function goesElsewhere({ injections }: Case): boolean {
  return injections.some((injection) => injection.kind === 'asymmetric-path' && injection.to !== 'bypass')
}

/** A direction is not seen by the stateful engine of any host. */
function goesRound({ injections, setup }: Case, direction: 'c2s' | 's2c'): boolean {
  if (setup.stateless !== undefined) return true
  return injections.some(
    (injection) =>
      injection.kind === 'asymmetric-path' && injection.to === 'bypass' && injection.direction === direction,
  )
}
