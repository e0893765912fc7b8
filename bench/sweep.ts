import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCapture } from './generate.ts'
import { alternate, median } from './measure.ts'

export interface SweepMeasured {
  readonly cells: number
  /** The whole command, and the same places as cases of a suite through `flowbreak run`. */
  readonly seconds: number
  readonly run: number
}

const PACKETS = 300
const POLICIES = ['drop', 'reject', 'continue']
const SHARINGS = ['none', 'replication', 'cluster', 'sync', 'snat']

/** A flow of 300 packets, its host swapped before each of them, under three policies and five sharings: the sweep beside a run of the same cases. */
export function measureSweep(flowbreak: string): SweepMeasured {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const capture = join(folder, 'flow.pcap')
    generateCapture('plain', capture, { packets: PACKETS, flows: 1, seed: 1 })
    const suite = join(folder, 'places.yaml')
    writeFileSync(suite, places())
    const command = process.execPath
    const over = ['--over', `sharing=${SHARINGS.join(',')}`, '--over', `policy=${POLICIES.join(',')}`]
    const [swept = [], ran = []] = alternate([
      {
        command,
        args: [flowbreak, 'sweep', capture, '--break', 'host-swap', ...over, '--ndjson'],
        cwd: folder,
      },
      {
        command,
        args: [
          flowbreak,
          'run',
          suite,
          '--output',
          join(folder, 'runs'),
          '--reporter',
          `json=${join(folder, 'run.json')}`,
        ],
        cwd: folder,
      },
    ])
    const cells = swept[0]?.stdout.split('\n').filter((line) => line.includes('"verdicts"')).length ?? 0
    const seconds = (samples: typeof swept) => median(samples.map((sample) => sample.seconds))
    return { cells, seconds: seconds(swept), run: seconds(ran) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A suite of the same places; that what comes before a swap is forwarded is all that it expects. */
function places(): string {
  const numbers = Array.from({ length: PACKETS }, (_, index) => index + 1)
  return [
    'suite: bench/sweep',
    'title: One flow, broken at every packet',
    `matrix: { packet: [${numbers.join(', ')}], policy: [${POLICIES.join(', ')}], sharing: [${SHARINGS.join(', ')}] }`,
    'cases:',
    '  - name: place',
    '    requirement: What comes before a swap is forwarded.',
    '    source: { mark: INF, where: bench }',
    '    capture: ./flow.pcap',
    '    inject: [{ host-swap: { at: "{packet}" } }]',
    '    expect: { before: forward }',
    '',
  ].join('\n')
}
