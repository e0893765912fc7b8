import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../harness/timeline/random.ts'
import { alternate, type CommandLine, median, medianRatio, type Sample } from './measure.ts'
import { suricataCommand } from './suricata.ts'
import { PayloadPool } from './traffic/payload.ts'

const RULES = 1000
/** How many of the contents are to be found in the payload: enough that one packet in a hundred matches. */
const FOUND = 3

/** One line of the benchmark: alerts must be equal, or it throws. */
export interface RulesFigure {
  readonly ours: string
  readonly peer: string
  readonly ratio: number
}

/**
 * A thousand rules, half of them with content, over a capture of text: `replay --rules` beside Suricata with the same rules, both
 * writing their alerts as EVE. Throws where the alerts (sid and packet) are not the same, or too few.
 */
export function measureRules(flowbreak: string, capture: string, packets: number): RulesFigure {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const file = join(folder, 'bench.rules')
    writeFileSync(file, `${thousandRules(1).join('\n')}\n`)
    const eve = join(folder, 'ours.json')
    const ours: CommandLine = {
      command: process.execPath,
      args: [
        flowbreak,
        'replay',
        capture,
        '--target',
        'reference',
        '--profile',
        'suricata-7',
        '--policy',
        'drop',
      ].concat(['--hosts', '1', '--quiet', '--rules', file, '--eve', eve]),
    }
    const [mine = [], theirs = []] = alternate([ours, suricataCommand(capture, folder, file)])
    const alerts = alertsOf(eve)
    const truth = alertsOf(join(folder, 'logs', 'eve.json'))
    const matching = new Set(truth.map((alert) => alert.split(':')[0])).size
    if (alerts.join() !== truth.join())
      throw new Error(`The alerts are not the same: ${alerts.length}, and ${truth.length} of Suricata.`)
    if (matching < packets / 100) throw new Error(`Only ${matching} of ${packets} packets match: too few.`)
    const text = (samples: readonly Sample[]) =>
      `${median(samples.map(({ seconds }) => seconds)).toFixed(3)} s, ${Math.max(...samples.map(({ mebibytes }) => mebibytes)).toFixed(0)} MiB`
    return {
      ours: `${text(mine)}; ${alerts.length} alerts of ${matching} packets, equal`,
      peer: text(theirs),
      ratio: medianRatio(theirs, mine),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Packet and sid of each alert in an EVE file, sorted. */
function alertsOf(eve: string): string[] {
  const found: string[] = []
  for (const line of readFileSync(eve, 'utf8').split('\n')) {
    if (!line.includes('"event_type":"alert"')) continue
    const event: { readonly pcap_cnt?: number; readonly alert: { readonly signature_id: number } } =
      JSON.parse(line)
    found.push(`${event.pcap_cnt}:${event.alert.signature_id}`)
  }
  return found.sort()
}

/** Half with content of 5 to 16 bytes, a few of which occur; half about addresses, ports, flags and flow state, which do not match. */
function thousandRules(seed: number): string[] {
  const pool = new PayloadPool(seededRandom(seed), true)
  const random = seededRandom(seed + 1)
  const word = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(0x61 + (random() % 26))).join('')
  const occurring = (length: number) => {
    const at = random() % (pool.bytes.length - length)
    return String.fromCharCode(...pool.bytes.subarray(at, at + length))
  }
  return Array.from({ length: RULES }, (_, index) => {
    const sid = `sid:${index + 1};`
    const length = 5 + (random() % 12)
    if (index % 2 === 1)
      return `alert tcp any any -> any any (content:"${index < FOUND * 2 ? occurring(Math.max(12, length)) : word(length)}"; ${sid})`
    const port = 1 + (random() % 1000)
    if (index % 4 === 0)
      return `alert tcp any any -> 203.0.113.${random() % 256} ${port} (flow:established; ${sid})`
    return index % 8 === 2
      ? `alert udp any any -> any ${port} (flow:to_server; ${sid})`
      : `alert tcp any ${port} -> any any (flags:S; ${sid})`
  })
}
