import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alternate, median, medianRatio } from './measure.ts'

/** Anonymising a capture with its payload scrubbed, beside tcprewrite, which draws addresses and leaves payload; whole processes. */
export function measureAnonymise(main: string, path: string, packets: number) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const [ours = [], theirs = []] = alternate([
      {
        command: process.execPath,
        args: [main, 'capture', 'anonymise', path, '-o', join(folder, 'ours.pcap')],
      },
      {
        command: 'tcprewrite',
        args: ['--seed=1', `--infile=${path}`, `--outfile=${join(folder, 'theirs.pcap')}`],
      },
    ])
    const rate = (samples: typeof ours) => packets / median(samples.map(({ seconds }) => seconds))
    const memory = Math.max(...ours.map(({ mebibytes }) => mebibytes))
    return [
      {
        what: `capture anonymise, ${packets} packets, payload scrubbed, beside tcprewrite --seed, which leaves payload`,
        ours: `${Math.round(rate(ours))} packets/s, ${memory.toFixed(0)} MiB`,
        peer: `${Math.round(rate(theirs))} packets/s`,
        figure: `${Math.round(rate(ours))} packets/s (${medianRatio(theirs, ours).toFixed(2)} x)`,
        aim: '>= 300000 a second',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
