import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureGaps } from '../gaps.ts'
import { manyCases, measureManyCases } from '../large.ts'
import { alternate, type CommandLine, type Sample } from '../measure.ts'
import { measureSuricataCases } from '../suricata-cases.ts'
import { measureSweep } from '../sweep.ts'
import { FLOWBREAK, ROOT, type Row, seconds, times } from './row.ts'

/** Cases a second through the command itself, start-up included; its peer is the same command with each case once. */
export async function cases(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const suite = join(folder, 'many.yaml')
    const many = 20_000
    writeFileSync(suite, manyCases(many))
    const run = (args: readonly string[]): CommandLine => ({
      command: process.execPath,
      args: [
        FLOWBREAK,
        'run',
        suite,
        '--output',
        join(folder, 'runs'),
        '--reporter',
        `json=${join(folder, 'run.json')}`,
        ...args,
      ],
      cwd: ROOT,
    })
    const [all = [], few = []] = alternate([run([]), run(['--shard', '1/1000'])], 3)
    const rate = many / seconds(all)
    return [
      {
        what: `cases a second through flowbreak run, ${many} cases of 26 packets`,
        ours: `${seconds(all).toFixed(2)} s`,
        peer: `${seconds(few).toFixed(2)} s for a thousandth of them`,
        figure: `${Math.round(rate)} a second`,
        aim: '>= 5000 a second a core',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A hundred thousand cases, beside a tenth of them. */
export async function large(): Promise<readonly Row[]> {
  const few = measureManyCases(FLOWBREAK, ROOT, 10_000)
  const many = measureManyCases(FLOWBREAK, ROOT, 100_000)
  const told = ({ seconds: took, mebibytes }: Sample) => `${took.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB`
  return [
    {
      what: 'peak memory of flowbreak run with 100,000 cases of 26 packets and a json report, beside 10,000',
      ours: told(many),
      peer: told(few),
      figure: `${many.mebibytes.toFixed(0)} MiB`,
      aim: '<= 600 MiB',
    },
  ]
}

/** One flow broken at every packet, beside the same places as cases of a suite. */
export async function sweep(): Promise<readonly Row[]> {
  const { cells, seconds: took, run } = measureSweep(FLOWBREAK)
  return [
    {
      what: `sweep, a flow of 300 packets under 3 policies and 5 sharings, ${cells} places, beside the same cases through flowbreak run`,
      ours: `${took.toFixed(2)} s`,
      peer: `${run.toFixed(2)} s`,
      figure: `${took.toFixed(2)} s, ${times(run / took)}`,
      aim: '<= 2 s',
    },
  ]
}

/** A thousand cases through real Suricata, folded and one by one. */
export async function suricata(): Promise<readonly Row[]> {
  const { cases, seconds: took, alone } = measureSuricataCases(FLOWBREAK, ROOT)
  return [
    {
      what: `${cases} cases over 3 policies and 2 hosts through real Suricata, beside each by itself; all that was observed is equal`,
      ours: `${took.toFixed(2)} s`,
      peer: `${alone.seconds.toFixed(1)} s`,
      figure: `${took.toFixed(2)} s`,
      aim: '<= 5 s',
    },
  ]
}

/** Live cases that are silent for long, at the same time. */
export async function gaps(): Promise<readonly Row[]> {
  const { cases, gap, seconds: took } = measureGaps(FLOWBREAK, ROOT)
  return [
    {
      what: `${cases} live cases of one setup with a gap of ${gap} s each, through netfilter`,
      ours: `${took.toFixed(2)} s`,
      peer: `${gap} s, the gap`,
      figure: `the gap + ${(took - gap).toFixed(2)} s`,
      aim: '<= the gap + 3 s',
    },
  ]
}
