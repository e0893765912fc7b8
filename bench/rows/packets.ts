import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateFlood } from '../flood.ts'
import { measureStream } from '../large.ts'
import { alternate, type CommandLine, medianRatio } from '../measure.ts'
import { measureRules } from '../rules.ts'
import { suricataCommand } from '../suricata.ts'
import { capture, FLOWBREAK, kept, memory, ROOT, type Row, seconds, times } from './row.ts'

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

/** Packets a second beside Suricata's, on a plain and on a mixed capture. */
export async function replay(): Promise<readonly Row[]> {
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
export async function rules(): Promise<readonly Row[]> {
  const packets = 300_000
  const { ours, peer, ratio } = measureRules(FLOWBREAK, await capture('text', packets, 6000), packets)
  const what = `replay with 1,000 rules, text, ${packets} packets, beside Suricata with the same rules`
  return [{ what, ours, peer, figure: times(ratio), aim: '>= 1 x' }]
}

/** Ten times the packets: time and memory. */
export async function growth(): Promise<readonly Row[]> {
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
export async function flood(): Promise<readonly Row[]> {
  const packets = 10_000_000
  const path = await kept(`flood-${packets}.pcap`, (file) => generateFlood(file, packets))
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

/** More than ten gigabytes through a pipe. */
export async function stream(): Promise<readonly Row[]> {
  const [packets, rounds] = [1_000_000, 20]
  const path = await capture('plain', packets, 20_000)
  const { seconds: took, mebibytes, stdout } = measureStream(FLOWBREAK, ROOT, path, rounds)
  const gigabytes = ((statSync(path).size * rounds) / 1e9).toFixed(1)
  return [
    {
      what: `peak memory of replay, ${gigabytes} GB, ${packets * rounds} packets from a pipe`,
      ours: `${took.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB; ${stdout.trim()}`,
      peer: '–',
      figure: `${mebibytes.toFixed(0)} MiB`,
      aim: '<= 400 MiB',
    },
  ]
}
