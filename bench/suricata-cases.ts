import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CaseFinished, RunEvent } from '../harness/model/run-log.ts'
import { alternate, median, runOnce, type Sample } from './measure.ts'

/** Numbers of each of three policies, two families and four places at which the host is swapped. */
const NUMBERS = 42

const SUITE = `suite: bench/suricata
title: Many cases under three policies
setup: { profile: suricata-7, hosts: [fw-a, fw-b] }
matrix: { policy: [drop, reject, continue], family: [ipv4, ipv6], packet: [4, 8, 11, 14], number: [${Array.from({ length: NUMBERS }, (_, n) => n + 1).join(', ')}] }
cases:
  - name: swap
    requirement: What becomes of packets after a host swap is the policy's to say.
    source: { mark: SRC, product: suricata, where: stream midstream policy }
    capture: echo-ladder-{family}
    inject: [{ host-swap: { at: "{packet}" } }]
    expect:
      before: forward
      after host-swap: { policy: { drop: drop, reject: [reject, drop], continue: [forward, drop] } }
`

/** Cases through real Suricata, whole runs of the command. */
export interface SuricataCases {
  readonly cases: number
  /** Of runs that fold, and of one in which each case is played by itself. */
  readonly folded: readonly Sample[]
  readonly seconds: number
  readonly alone: Sample
}

/** Runs them folded, `rounds` times, and once one by one. Throws where anything that was observed of a case differs. */
export function measureSuricataCases(flowbreak: string, root: string, rounds = 5): SuricataCases {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const suite = join(folder, 'suricata.yaml')
    writeFileSync(suite, SUITE)
    const command = (fold: string) => ({
      command: process.execPath,
      args: [
        ...[flowbreak, 'run', suite, '--target', 'suricata', '--fold', fold],
        ...['--output', join(folder, 'runs'), '--reporter', `ndjson=${join(folder, `${fold}.ndjson`)}`],
      ],
      cwd: root,
    })
    const [folded = []] = alternate([command('auto')], rounds)
    const alone = runOnce(command('never'))
    const one = observedOf(join(folder, 'auto.ndjson'))
    const other = observedOf(join(folder, 'never.ndjson'))
    for (const [name, what] of other)
      if (one.get(name) !== what) throw new Error(`${name}: folded it is not what it is alone`)
    if (one.size !== other.size || one.size < 1000)
      throw new Error(`${one.size} and ${other.size} cases were played`)
    return { cases: one.size, folded, seconds: median(folded.map(({ seconds }) => seconds)), alone }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** By name of the case, everything that a run log says of it but how long it took. */
function observedOf(path: string): ReadonlyMap<string, string> {
  const events = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line): RunEvent => JSON.parse(line))
  const finished = events.filter((event): event is CaseFinished => event.type === 'case-finished')
  return new Map(
    finished.map(({ durationMs: _, ...event }) => {
      const { trace, outcome, counters } = event
      return [event.case.name, JSON.stringify({ trace, outcome, counters })]
    }),
  )
}
