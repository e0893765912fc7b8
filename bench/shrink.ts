import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alternate, median } from './measure.ts'

/** Packets of the case, of one flow. */
export const SHRUNK_PACKETS = 300

/** What is expected of a late packet is wrong, and it is dropped only because another one before it was rejected. */
const suiteOf = (capture: string) => `
suite: bench
title: To be shrunk
cases:
  - name: long
    requirement: After a swap all goes on.
    source: { mark: DOC, where: none }
    capture: ${capture}
    setup: { profile: suricata-7, policy: reject }
    inject: [{ host-swap: 150 }]
    expect: { before: forward, after host-swap: { packet 250: forward } }
`

/** Shrinking a failing case to its minimum on the reference, whole processes; the peer is one run of the case. */
export function measureShrink(main: string, capture: string) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const suite = join(folder, 'suite.yaml')
    writeFileSync(suite, suiteOf(capture))
    const out = join(folder, 'out')
    const shrink = ['shrink', 'bench/long', '--suite', suite, '-o', out, '--json']
    const told = spawnSync(process.execPath, [main, ...shrink], { encoding: 'utf8', cwd: folder })
    if (told.status !== 0) throw new Error(told.stderr)
    const { before, after, trials } = JSON.parse(told.stdout)
    rmSync(out, { recursive: true })
    // The folder must not be there: each is made and removed by one shell.
    const script = `${[process.execPath, main, ...shrink].map((word) => `'${word}'`).join(' ')} > /dev/null && rm -r '${out}'`
    const [ours = [], theirs = []] = alternate([
      { command: 'sh', args: ['-c', script] },
      {
        command: 'sh',
        args: [
          '-c',
          `'${process.execPath}' '${main}' run '${suite}' --output '${folder}/runs' > /dev/null; true`,
        ],
      },
    ])
    const seconds = (samples: typeof ours) => median(samples.map((sample) => sample.seconds))
    return [
      {
        what: `shrink, a failing case of ${before.packets} packets to the ${after.packets} that it needs, beside one run of it`,
        ours: `${seconds(ours).toFixed(2)} s, ${trials} cases played`,
        peer: `${seconds(theirs).toFixed(2)} s`,
        figure: `${seconds(ours).toFixed(2)} s`,
        aim: '<= 5 s',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
