/** A small stateful firewall as a target: `kind: process`, `command: [npx, tsx, firewall.ts]` (docs/writing-a-target.md). */
import { createInterface } from 'node:readline'

type Step = Record<'packet' | 'time', number> & Record<'event' | 'host' | 'link' | 'frame', string>
type Policy = { exception: 'drop' | 'reject' | 'continue'; tcpIdle?: number }
type Setup = { hosts: string[]; policy: Policy; knobs: { tcpEstablished: number } }

const [SYN, RST, ACK, FIN_RST, TCP] = [2, 4, 16, 5, 6]
const CAPABILITIES = {
  ...{ clock: 'virtual', clockScale: 1, reactive: true, hosts: 8, folding: 'isolated', features: [] },
  ...{ families: ['ipv4'], policies: ['drop', 'continue'], sharing: ['none'], profiles: ['aws-nfw'] },
  events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return'],
  observes: ['verdict', 'counters'],
}
const HELLO = { protocol: 1, name: 'firewall.ts', version: '1', capabilities: CAPABILITIES }

let setup: Setup = { hosts: [], policy: { exception: 'drop' }, knobs: { tcpEstablished: 350 } }
let hosts: Record<string, { flows: Map<string, number>; received: number }> = {}

const empty = () => {
  hosts = Object.fromEntries(setup.hosts.map((name) => [name, { flows: new Map(), received: 0 }]))
}

function verdictOf({ host, link, frame: base64, time }: Step): 'forward' | 'drop' | 'undecided' {
  const { flows, received } = hosts[host] ?? { flows: new Map<string, number>(), received: 0 }
  hosts[host] = { flows, received: received + 1 }
  const frame = Buffer.from(base64, 'base64')
  if (link !== 'ethernet' || frame.readUInt16BE(12) !== 0x0800) return 'undecided'
  if (frame[23] !== TCP) return 'forward'
  const tcp = 14 + ((frame[14] ?? 0) & 15) * 4
  const source = frame.toString('hex', 26, 30) + frame.readUInt16BE(tcp)
  const destination = frame.toString('hex', 30, 34) + frame.readUInt16BE(tcp + 2)
  const key = [source, destination].sort().join()
  const flags = frame[tcp + 13] ?? 0
  const idle = setup.policy.tcpIdle ?? setup.knobs.tcpEstablished
  const known = time - (flows.get(key) ?? Number.NEGATIVE_INFINITY) < idle
  const continues = setup.policy.exception === 'continue' && (flags & FIN_RST) === 0
  if (!known && (flags & (SYN | ACK)) !== SYN && !continues) return 'drop'
  if ((flags & RST) === 0) flows.set(key, time)
  return 'forward'
}

function answer(request: { type: string; setup?: Setup; steps?: Step[] }) {
  if (request.setup !== undefined) setup = request.setup
  if (request.type === 'prepare' || request.type === 'reset') empty()
  if (request.type === 'hello') return HELLO
  if (request.type === 'counters')
    return { counters: Object.values(hosts).map(({ received }) => ({ ReceivedPackets: received })) }
  const observe = (step: Step) => {
    if (step.event === 'crash') hosts[step.host]?.flows.clear()
    return 'packet' in step ? [{ packet: step.packet, verdict: verdictOf(step) }] : []
  }
  return { observations: (request.steps ?? []).flatMap(observe) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  process.stdout.write(`${JSON.stringify({ type: request.type, ...answer(request) })}\n`)
}
