import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, runOnce } from './measure.ts'

const CASES = 100
/** Seconds of silence in each case, and how many of them pass in one of the kernel's. */
const GAP = 150
const SCALE = 5

const SUITE = `suite: bench/gaps
title: Cases with a long silence
setup: { profile: linux-conntrack, policy: drop, hosts: [fw-a] }
matrix: { number: [${Array.from({ length: CASES }, (_, n) => n + 1).join(', ')}] }
cases:
  - name: silence
    requirement: An established connection outlives a silence shorter than its time-out.
    source: { mark: SRC, product: linux, where: "nf_conntrack_proto_tcp.c" }
    capture: echo-ladder-ipv4
    inject: [{ idle-gap: { at: "c2s:data#3", gap: ${GAP}s } }]
    expect: { before: forward, after idle-gap: forward }
`

/** Live cases whose gaps overlap: whole runs of the command. */
export interface Gaps {
  readonly cases: number
  /** The gap on the clock of the wall, and the run. */
  readonly gap: number
  readonly seconds: number
}

/** Plays them through the kernel of this machine, `rounds` times. Throws where one does not pass. */
export function measureGaps(flowbreak: string, root: string, rounds = 3): Gaps {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const suite = join(folder, 'gaps.yaml')
    const config = join(folder, 'flowbreak.config.json')
    const report = join(folder, 'report.json')
    writeFileSync(suite, SUITE)
    writeFileSync(config, JSON.stringify({ targets: { lab: { kind: 'netfilter', scale: SCALE } } }))
    const seconds = Array.from({ length: rounds }, () => {
      const sample = runOnce({
        command: process.execPath,
        args: [
          ...[
            flowbreak,
            'run',
            suite,
            '--config',
            config,
            '--target',
            'lab',
            '--output',
            join(folder, 'runs'),
          ],
          ...['--reporter', `json=${report}`],
        ],
        cwd: root,
      })
      const { cases } = JSON.parse(readFileSync(report, 'utf8')) as { cases: { outcome: string }[] }
      const passed = cases.filter(({ outcome }) => outcome === 'pass').length
      if (passed !== CASES) throw new Error(`${passed} of ${CASES} cases passed`)
      return sample.seconds
    })
    return { cases: CASES, gap: GAP / SCALE, seconds: median(seconds) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
