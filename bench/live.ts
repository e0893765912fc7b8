import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCapture } from '../harness/capture/open.ts'
import { FlowTable } from '../harness/flow/table.ts'
import { Verdict } from '../harness/model/codes.ts'
import type { TimelineChunk } from '../harness/model/timeline.ts'
import { drawControlEnds } from '../harness/observe/live/control-ends.ts'
import { PcapPort } from '../harness/observe/live/pcap/port.ts'
import { LiveSession } from '../harness/observe/live/session.ts'
import { profileOf } from '../harness/profile/index.ts'
import { readingOf } from '../harness/profile/reading.ts'
import { makeSetup } from '../harness/suite/setup.ts'
import { BENCHMARKING } from '../harness/target/bounds.ts'
import type { Lab } from '../harness/target/lab/lab.ts'
import { hardwareAddress } from '../harness/target/lab/names.ts'
import { configuring, NetfilterHosts } from '../harness/target/netfilter/hosts.ts'
import { kernelSettings } from '../harness/target/netfilter/kernel-settings.ts'
import { openRouters } from '../harness/target/netfilter/routers.ts'
import { rulesetOf } from '../harness/target/netfilter/ruleset.ts'
import { readPackets } from '../harness/timeline/recorded.ts'
import { median } from './measure.ts'

/** Packets a second through one netfilter host. */
export interface LiveRate {
  /** With a verdict each. */
  readonly ours: number
  /** As tcpreplay sends and tcpdump captures them. */
  readonly peer: number
  /** Frames that our capture missed, and packets without a verdict. */
  readonly missed: number
  readonly undecided: number
}

const SETUP = makeSetup({ profile: 'linux-conntrack', policy: 'continue' })
const MTU = 1500

/** Sends a capture through a kernel, ours and tcpreplay in turn, `rounds` times each; the middle ones. */
export async function measureLive(capture: string, packets: number, rounds = 5): Promise<LiveRate> {
  const { knobs } = profileOf(SETUP)
  const settings = kernelSettings(knobs, SETUP.policy, 1)
  const rules = configuring(rulesetOf('continue', knobs, { nat: 'none' }), settings)
  await using lab = await openRouters(1, MTU, { rules })
  const hosts = new NetfilterHosts(lab, settings, 1)
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const rewritten = rewrite(capture, folder)
    const ours: { readonly rate: number; readonly missed: number; readonly undecided: number }[] = []
    const peer: number[] = []
    for (let round = 0; round < rounds; round++) {
      await hosts.reset()
      ours.push(await playOurs(lab, hosts, capture))
      await hosts.reset()
      peer.push(await playPeer(lab, rewritten, folder, packets))
    }
    return {
      ours: median(ours.map(({ rate }) => rate)),
      peer: median(peer),
      missed: Math.max(...ours.map(({ missed }) => missed)),
      undecided: Math.max(...ours.map(({ undecided }) => undecided)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function playOurs(lab: Lab, hosts: NetfilterHosts, capture: string) {
  const arms = ([0, 1] as const).map((side) => ({
    device: `${'cs'[side]}0`,
    own: hardwareAddress(0, side, 'outer'),
    peer: hardwareAddress(0, side, 'host'),
  }))
  const port = await PcapPort.open({ arms, namespace: lab.outer, mtu: MTU })
  await using session = new LiveSession({
    port,
    hosts: ['fw-a'],
    clockScale: 1e9,
    actions: hosts,
    families: ['ipv4'],
    ends: drawControlEnds(BENCHMARKING),
  })
  const { signal } = new AbortController()
  await session.calibrate(signal)
  let count = 0
  let undecided = 0
  const began = performance.now()
  for await (const { packets } of session.replay(
    { epoch: 0n, phases: ['before'], chunks: chunks(capture) },
    signal,
  ))
    for (let i = 0; i < packets.count; i++) {
      count++
      if (packets.verdict[i] === Verdict.undecided) undecided++
    }
  const rate = (count / (performance.now() - began)) * 1000
  return { rate, undecided, missed: (await port.stats()).missed }
}

async function* chunks(capture: string): AsyncGenerator<TimelineChunk> {
  await using source = await openCapture(capture)
  const table = new FlowTable(readingOf(SETUP))
  for await (const packets of readPackets(source, table)) {
    packets.host.fill(0)
    yield { packets, events: [] }
  }
}

/** Its frames with the lab's hardware addresses, and beside it which side sends each. */
function rewrite(capture: string, folder: string): { readonly capture: string; readonly sides: string } {
  const sides = join(folder, 'sides')
  const rewritten = join(folder, 'rewritten.pcap')
  const to = [0, 1].map((side) => hardwareAddress(0, side as 0 | 1, 'host')).join(',')
  const from = [0, 1].map((side) => hardwareAddress(0, side as 0 | 1, 'outer')).join(',')
  for (const [program = '', ...args] of [
    ['tcpprep', '--port', `--pcap=${capture}`, `--cachefile=${sides}`],
    [
      'tcprewrite',
      `--enet-dmac=${to}`,
      `--enet-smac=${from}`,
      `--cachefile=${sides}`,
      `--infile=${capture}`,
      `--outfile=${rewritten}`,
    ],
  ]) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${program} failed (apt-get install tcpreplay): ${stderr}`)
  }
  return { capture: rewritten, sides }
}

/** What tcpreplay says of its speed; tcpdump writes what comes out by both sides meanwhile. */
async function playPeer(
  lab: Lab,
  { capture, sides }: { readonly capture: string; readonly sides: string },
  folder: string,
  packets: number,
): Promise<number> {
  const inside = (...args: readonly string[]) =>
    spawn('ip', ['netns', 'exec', lab.outer, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const dumps = ['c0', 's0'].map((name) =>
    inside('tcpdump', '-i', name, '-Q', 'in', '-B', '65536', '-w', join(folder, `${name}.pcap`)),
  )
  await Promise.all(dumps.map(listening))
  const replay = inside(
    'tcpreplay',
    ...['--topspeed', '--preload-pcap', '-i', 'c0', '-I', 's0', `--cachefile=${sides}`, capture],
  )
  let said = ''
  replay.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  replay.stderr?.resume()
  await once(replay, 'close')
  const ended = dumps.map((dump) => once(dump, 'exit'))
  for (const dump of dumps) dump.kill('SIGINT')
  await Promise.all(ended)
  // Its own figure leaves out how long it takes to start and to read the capture.
  const [, sent, seconds] = /Actual: (\d+) packets .* in ([\d.]+) seconds/.exec(said) ?? []
  if (Number(sent) !== packets) throw new Error(`tcpreplay sent ${sent} of ${packets} packets: ${said}`)
  return packets / Number(seconds)
}

/** Until it captures; what it says later is read too, since a program that cannot write its last words dies of it. */
async function listening(dump: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    dump.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('listening on')) resolve()
    })
    dump.once('exit', () => reject(new Error(`tcpdump ended: ${said}`)))
  })
}
