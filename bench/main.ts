import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { table } from 'table'
import { measureAnonymise } from './anonymise.ts'
import { generateFlood } from './flood.ts'
import { measureFormats } from './formats.ts'
import { measureGaps } from './gaps.ts'
import { type CaptureKind, generateCapture } from './generate.ts'
import { measureGeneve } from './geneve.ts'
import { manyCases, measureManyCases, measureStream } from './large.ts'
import { measureLive } from './live.ts'
import { alternate, type CommandLine, median, medianRatio, runOnce, type Sample } from './measure.ts'
import { measureQueue } from './queue.ts'
import { measureReport } from './report.ts'
import { measureRules } from './rules.ts'
import { measureShrink, SHRUNK_PACKETS } from './shrink.ts'
import { DOCUMENTED_BYTES, measureStore } from './store.ts'
import { suricataCommand } from './suricata.ts'
import { measureSuricataCases } from './suricata-cases.ts'
import { measureSweep } from './sweep.ts'
import { measureWorkers } from './workers.ts'

/**
 * The figures that the project aims at, each beside its real peer, whole processes in turn, medians of five.
 * `npm run bench [name…]`: replay, rules, growth, flood, cases, start, store, geneve, live, suricata, gaps, formats, report, shrink, anonymise, sweep, large, stream, queue, workers; all without names.
 */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const FLOWBREAK = join(ROOT, 'dist/bin/main.js')
const CACHE = join(ROOT, '.cache')

interface Row {
  readonly what: string
  readonly ours: string
  readonly peer: string
  readonly figure: string
  readonly aim: string
}

const BENCHES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  replay,
  rules,
  growth,
  flood,
  cases,
  start,
  store,
  geneve,
  live,
  suricata,
  gaps,
  formats: () => measureFormats(FLOWBREAK),
  report,
  shrink: async () => measureShrink(FLOWBREAK, await capture('plain', SHRUNK_PACKETS, 1)),
  anonymise: async () => measureAnonymise(FLOWBREAK, await capture('plain', 1_000_000, 20_000), 1_000_000),
  sweep,
  large,
  stream,
  queue: () => measureQueue(FLOWBREAK, manyCases(10_000), 10_000),
  workers: () => measureWorkers(FLOWBREAK, manyCases(10_000), 10_000),
}

/** A generated capture, kept between benchmarks. */
async function capture(kind: CaptureKind, packets: number, flows: number): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  const path = join(CACHE, `${kind}-${packets}.pcap`)
  if (!existsSync(path)) await generateCapture(kind, path, { packets, flows, seed: 1 })
  return path
}

function replayCommand(path: string): CommandLine {
  return {
    command: process.execPath,
    args: [
      FLOWBREAK,
      'replay',
      path,
      '--target',
      'reference',
      '--profile',
      'suricata-7',
      '--policy',
      'drop',
      '--quiet',
    ],
  }
}

const seconds = (samples: readonly Sample[]) => median(samples.map((sample) => sample.seconds))
const memory = (samples: readonly Sample[]) => Math.max(...samples.map(({ mebibytes }) => mebibytes))
const times = (ratio: number) => `${ratio.toFixed(2)} x`

/** What a million sessions take in a Redis, beside what its documentation reckons with. */
async function store(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const six of [false, true])
    for (const expires of [false, true]) {
      const { payload, usage, growth } = await measureStore(1_000_000, { six, expires })
      rows.push({
        what: `store, 1,000,000 sessions of ${six ? 'IPv6' : 'IPv4'}${expires ? ', with expiry' : ''}`,
        ours: `payload ${payload} B, MEMORY USAGE ${usage} B, used_memory ${growth.toFixed(1)} B a session`,
        peer: `${DOCUMENTED_BYTES} B a session, as documented`,
        figure: times(growth / DOCUMENTED_BYTES),
        aim: 'told',
      })
    }
  return rows
}

/** Round trips through the appliance beside those through a bare echo. */
async function geneve(): Promise<readonly Row[]> {
  const path = await capture('plain', 200_000, 4000)
  const { packets, bytes, appliance, echo, ratio } = await measureGeneve(FLOWBREAK, path, 50_000)
  const side = ({ perSecond, cpu }: typeof echo) =>
    `${Math.round(perSecond)} a second, ${cpu.toFixed(1)} us of processor time each`
  return [
    {
      what: `geneve round trips, ${packets} datagrams of ${bytes} bytes on the loopback, beside a bare UDP echo`,
      ours: side(appliance),
      peer: side(echo),
      figure: times(ratio),
      aim: '>= 0.4 x',
    },
  ]
}

/** Packets a second through the kernel of this machine, each with its verdict, beside tcpreplay and tcpdump. */
async function live(): Promise<readonly Row[]> {
  const packets = 200_000
  const { ours, peer, missed, undecided } = await measureLive(await capture('plain', packets, 4000), packets)
  return [
    {
      what: `live, ${packets} packets through one netfilter host, beside tcpreplay with tcpdump`,
      ours: `${Math.round(ours)} packets/s with a verdict each; ${missed} missed by the capture, ${undecided} undecided`,
      peer: `${Math.round(peer)} packets/s`,
      figure: times(ours / peer),
      aim: '>= 0.4 x',
    },
  ]
}

/** A thousand cases through real Suricata, folded and one by one. */
async function suricata(): Promise<readonly Row[]> {
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
async function gaps(): Promise<readonly Row[]> {
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

/** Packets a second beside Suricata's, on a plain and on a mixed capture. */
async function replay(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const [kind, aim] of [
    ['plain', '>= 3 x'],
    ['mixed', '>= 2.5 x'],
  ] as const) {
    const path = await capture(kind, 1_000_000, 20_000)
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
    const [ours = [], theirs = []] = alternate([replayCommand(path), suricataCommand(path, folder)])
    rmSync(folder, { recursive: true, force: true })
    rows.push({
      what: `replay, ${kind}, 1,000,000 packets, beside Suricata -r without rules`,
      ours: `${seconds(ours).toFixed(3)} s, ${memory(ours).toFixed(0)} MiB; ${ours[0]?.stdout.trim()}`,
      peer: `${seconds(theirs).toFixed(3)} s, ${memory(theirs).toFixed(0)} MiB`,
      figure: times(medianRatio(theirs, ours)),
      aim,
    })
  }
  return rows
}

/** A thousand rules, beside Suricata with the same. */
async function rules(): Promise<readonly Row[]> {
  const packets = 300_000
  const { ours, peer, ratio } = measureRules(FLOWBREAK, await capture('text', packets, 6000), packets)
  const what = `replay with 1,000 rules, text, ${packets} packets, beside Suricata with the same rules`
  return [{ what, ours, peer, figure: times(ratio), aim: '>= 1 x' }]
}

/** Ten times the packets: time and memory. */
async function growth(): Promise<readonly Row[]> {
  const small = await capture('plain', 1_000_000, 20_000)
  const large = await capture('plain', 10_000_000, 200_000)
  const [one = [], ten = []] = alternate([replayCommand(small), replayCommand(large)], 3)
  return [
    {
      what: 'ten times the packets, time',
      ours: `${seconds(ten).toFixed(3)} s`,
      peer: `${seconds(one).toFixed(3)} s`,
      figure: times(medianRatio(ten, one)),
      aim: '<= 11 x',
    },
    {
      what: 'peak memory at 10,000,000 packets',
      ours: `${memory(ten).toFixed(0)} MiB`,
      peer: `${memory(one).toFixed(0)} MiB at 1,000,000`,
      figure: `${memory(ten).toFixed(0)} MiB`,
      aim: '<= 400 MiB',
    },
  ]
}

/** Ten million connections that never answer: memory stays bounded, and every one that had to make way is counted. */
async function flood(): Promise<readonly Row[]> {
  const packets = 10_000_000
  mkdirSync(CACHE, { recursive: true })
  const path = join(CACHE, `flood-${packets}.pcap`)
  if (!existsSync(path)) generateFlood(path, packets)
  const small = await capture('plain', 1_000_000, 20_000)
  const [many = [], few = []] = alternate([replayCommand(path), replayCommand(small)], 1)
  return [
    {
      what: `peak memory in a flood of ${packets} 5-tuples, a packet each`,
      ours: `${seconds(many).toFixed(2)} s, ${memory(many).toFixed(0)} MiB; ${many[0]?.stdout.trim()}`,
      peer: `${memory(few).toFixed(0)} MiB at 20,000 flows`,
      figure: `${memory(many).toFixed(0)} MiB`,
      aim: '<= 400 MiB',
    },
  ]
}

/** Cases a second through the command itself, start-up included; its peer is the same command with each case once. */
async function cases(): Promise<readonly Row[]> {
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
async function large(): Promise<readonly Row[]> {
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

/** More than ten gigabytes through a pipe. */
async function stream(): Promise<readonly Row[]> {
  const [packets, times] = [1_000_000, 20]
  const path = await capture('plain', packets, 20_000)
  const { seconds: took, mebibytes, stdout } = measureStream(FLOWBREAK, ROOT, path, times)
  const gigabytes = ((statSync(path).size * times) / 1e9).toFixed(1)
  return [
    {
      what: `peak memory of replay, ${gigabytes} GB, ${packets * times} packets from a pipe`,
      ours: `${took.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB; ${stdout.trim()}`,
      peer: '–',
      figure: `${mebibytes.toFixed(0)} MiB`,
      aim: '<= 400 MiB',
    },
  ]
}

/** Size, rendering and opening of the HTML report of many cases. */
async function report(): Promise<readonly Row[]> {
  const { cases, failures, bytes, render, command, ...opened } = await measureReport(FLOWBREAK, ROOT)
  const what = `html report of ${cases} cases, ${failures} of them failed`
  const seconds = (value: number) => `${value.toFixed(2)} s`
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  return [
    { what: `${what}: size`, ours: `${bytes} bytes`, peer: '–', figure: size, aim: '< 15 MB' },
    {
      what: `${what}: rendered from the log's events`,
      ours: seconds(render),
      peer: `${seconds(command)} the whole command, with reading and checking the log`,
      figure: seconds(render),
      aim: '< 2 s',
    },
    {
      what: `${what}: interactive in Chromium`,
      ours: seconds(opened.interactive),
      peer: `${seconds(opened.blank)} a blank page`,
      figure: seconds(opened.interactive),
      aim: '< 1 s',
    },
  ]
}

/** One flow broken at every packet, beside the same places as cases of a suite. */
async function sweep(): Promise<readonly Row[]> {
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

/** Start-up beside that of Node itself. */
async function start(): Promise<readonly Row[]> {
  const node = process.execPath
  const [ours = [], theirs = []] = alternate(
    [
      { command: node, args: [FLOWBREAK, '--help'] },
      { command: node, args: ['-e', '0'] },
    ],
    11,
  )
  return [
    {
      what: 'flowbreak --help beside node -e 0',
      ours: `${(seconds(ours) * 1000).toFixed(0)} ms`,
      peer: `${(seconds(theirs) * 1000).toFixed(0)} ms`,
      figure: times(medianRatio(ours, theirs)),
      aim: '<= 2 x',
    },
  ]
}

runOnce({ command: process.execPath, args: [FLOWBREAK, '--version'] })
const names = process.argv.slice(2)
const rows: Row[] = []
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await bench()))
}
process.stdout.write(
  table(
    [
      ['what', 'flowbreak', 'beside', 'figure', 'aim'],
      ...rows.map(({ what, ours, peer, figure, aim }) => [what, ours, peer, figure, aim]),
    ],
    {
      columns: [
        { width: 34, wrapWord: true },
        { width: 40, wrapWord: true },
        { width: 24, wrapWord: true },
      ],
    },
  ),
)
