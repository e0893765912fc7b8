import { expect } from 'chai'
import { Verdict } from '../../model/codes.ts'
import type { ExceptionPolicy } from '../../model/setup.ts'
import { fold, type OracleCase } from '../oracle-cases.test.ts'
import { type OracleRun, runSuricata } from '../oracle-suricata.test.ts'
import { AppProtocol, Buffer } from './app-view.ts'
import { type Watched, watch } from './watch.test.ts'

/** By `AppProtocol` code: a rule about the protocol alone. */
const PROTOCOL_RULES = ['http', 'tls', 'ssh', 'dns'].map(
  (name, i) => `alert ${name} any any -> any any (sid:${i + 1};)`,
)
const KEYWORDS: readonly (readonly [protocol: string, keyword: string])[] = [
  ['http', 'http.method'],
  ['http', 'http.uri'],
  ['http', 'http.host'],
  ['tls', 'tls.sni'],
  ['dns', 'dns.query'],
  ['ssh', 'ssh.proto'],
]
const ANY_SID = 100
const FIRST_EXACT_SID = 1000

/** "kind text" of every buffer that the engine showed, and a rule for exactly that. */
function exactRules(watched: readonly (Watched | undefined)[]): Map<string, string> {
  const rules = new Map<string, string>()
  for (const { kind, text } of watched.flatMap((seen) => seen?.buffers ?? [])) {
    const key = `${kind} ${text}`
    if (text === '' || rules.has(key)) continue
    const [protocol, keyword] = KEYWORDS[kind] ?? ['', '']
    const hex = [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    const sid = FIRST_EXACT_SID + rules.size
    // Suricata refuses upper case in contents for http.host.
    const exactly =
      kind === Buffer.httpHost ? `pcre:"/^\\x${hex.join('\\x')}$/"` : `content:"|${hex.join(' ')}|"`
    rules.set(
      key,
      `alert ${protocol} any any -> any any (${keyword}; ${exactly}; bsize:${text.length}; sid:${sid};)`,
    )
  }
  return rules
}

/** "sid@packet" of every alert that the engine's view would give, in any order. */
function alertsOf(
  watched: readonly (Watched | undefined)[],
  exact: ReadonlyMap<string, string>,
): Set<string> {
  const sids = new Map([...exact.keys()].map((key, i) => [key, FIRST_EXACT_SID + i]))
  const alerts = new Set<string>()
  for (const [packet, seen] of watched.entries()) {
    if (seen === undefined) continue
    if (seen.protocol > AppProtocol.unknown && seen.protocol < AppProtocol.failed)
      alerts.add(`${seen.protocol}@${packet}`)
    for (const { kind, text, fresh } of seen.buffers) {
      if (!fresh || text === '') continue
      alerts.add(`${ANY_SID + kind}@${packet}`)
      alerts.add(`${sids.get(`${kind} ${text}`)}@${packet}`)
    }
  }
  return alerts
}

/** Tells whether Suricata still has the session that we have. */
const SESSION_SID = 50
const SESSION_RULE = `alert tcp any any -> any any (flow:established; sid:${SESSION_SID};)`

/**
 * By case: the first packet that one of both forwards and the other does not, or of whose session Suricata knows nothing. From there on
 * they no longer speak of the same flow: in a large file Suricata now and then takes a flow for a new one. That verdicts agree is
 * for other tests to show.
 */
function partings(
  run: OracleRun,
  watched: readonly (Watched | undefined)[],
  owner: readonly number[],
): Map<number, number> {
  const inSession = new Set(run.alerts.filter(({ sid }) => sid === SESSION_SID).map(({ packet }) => packet))
  const apart = new Map<number, number>()
  for (const [packet, { verdict }] of run.verdicts.entries()) {
    const of = owner[packet] ?? -1
    const seen = watched[packet]
    const isSame =
      verdict === Verdict.forward
        ? seen !== undefined && (!seen.established || inSession.has(packet))
        : seen === undefined
    if (!isSame && !apart.has(of)) apart.set(of, packet)
  }
  return apart
}

/** Plays all cases through real Suricata and the engine; answers with the alerts that one has and the other has not. */
export async function compare(cases: readonly OracleCase[], exception: ExceptionPolicy, pickUp = false) {
  const { frames, owner } = fold(cases)
  const watched = watch(frames, { exception, pickUp })
  const exact = exactRules(watched)
  const any = KEYWORDS.map(
    ([protocol, keyword], kind) =>
      `alert ${protocol} any any -> any any (${keyword}; bsize:>0; sid:${ANY_SID + kind};)`,
  )
  const rules = [SESSION_RULE, ...PROTOCOL_RULES, ...any, ...exact.values()]
  const run = await runSuricata(frames, { exception, midstream: pickUp, rules })
  const apart = partings(run, watched, owner)
  const isCompared = (packet: number) =>
    packet >= 0 && packet < (apart.get(owner[packet] ?? -1) ?? Number.POSITIVE_INFINITY)
  const truth = new Set(
    run.alerts
      .filter(({ sid, packet }) => sid !== SESSION_SID && isCompared(packet))
      .map(({ sid, packet }) => `${sid}@${packet}`),
  )
  const ours = alertsOf(
    watched.map((seen, packet) => (isCompared(packet) ? seen : undefined)),
    exact,
  )
  const nameOf = (alert: string) => {
    const [sid = '', packet = ''] = alert.split('@')
    const index = Number(packet)
    const key = [...exact.keys()][Number(sid) - FIRST_EXACT_SID] ?? sid
    const name = cases[owner[index] ?? 0]?.name
    const place = owner.slice(0, index + 1).filter((other) => other === owner[index]).length
    return `${name}: ${key} at packet ${place}`
  }
  const differences = [
    ...[...truth].filter((alert) => !ours.has(alert)).map((alert) => `missing ${nameOf(alert)}`),
    ...[...ours].filter((alert) => !truth.has(alert)).map((alert) => `too much ${nameOf(alert)}`),
  ]
  console.info(
    `      ${truth.size} alerts in ${frames.length} packets of ${cases.length} cases, ${apart.size} of which part`,
  )
  expect(apart.size / cases.length).to.be.below(0.2)
  return { alerts: truth.size, differences }
}
