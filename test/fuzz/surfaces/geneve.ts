import type { Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { Appliance, type ApplianceOptions } from '../../../harness/appliance/appliance.ts'
import { Firewall } from '../../../harness/appliance/firewall.ts'
import type { FrameColumns } from '../../../harness/observe/live/frames.ts'
import { readSetup } from '../../../harness/suite/setup.ts'
import { GenevePort, type GenevePortOptions } from '../../../harness/target/geneve/port.ts'
import { hex, icmp, ipv4, ipv6, tcp, udp } from '../../../harness/wire/example-frames.test.ts'
import { Protocol } from '../../../harness/wire/numbers.ts'
import { decapsulate, encapsulate, sendBack } from '../../../harness/wire/tunnel/gateway-geneve.ts'
import { damage, type Field, hexOf, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import { demand, textProblem } from '../kit/told.ts'

/** IPv4 and UDP before what a socket gives. */
const OUTER = 28
const INNERS = [
  ipv4(Protocol.tcp, tcp({ flags: 2 })),
  ipv4(Protocol.tcp, tcp({}, 9)),
  ipv4(Protocol.udp, udp(12)),
  ipv4(Protocol.udp, udp(12), { moreFragments: true }),
  ipv4(Protocol.icmp, icmp(3, 1, ipv4(Protocol.tcp, tcp({}, 3)))),
  ipv6(Protocol.tcp, tcp({}, 9)),
  ipv6(Protocol.icmp6, icmp(1, 4, ipv6(Protocol.udp, udp(6)))),
]
const OUTERS = {
  source: hex('0a000101'),
  destination: hex('0a00010a'),
  sourcePort: 60_001,
}
const SEEDS = INNERS.map((inner, at) =>
  encapsulate(inner, { endpoint: 0x0f10_3b4e_a5n, attachment: 0x0f10_3b4e_a6n, cookie: at + 1 }, OUTERS),
)
/** Outer headers, GENEVE with its options, and the headers within. */
const FIELDS: readonly Field[] = [
  ...[0, 9, 28, 29, 34, 38, 39, 50, 51, 62, 63, 68, 77, 88, 100, 101].map((at) => ({ at, size: 1 as const })),
  ...[2, 6, 20, 22, 24, 30, 36, 48, 60, 70, 72, 74, 88, 90, 92].map((at) => ({ at, size: 2 as const })),
  ...[32, 40, 52, 64, 92, 96].map((at) => ({ at, size: 4 as const })),
]
const ADDRESS = '127.0.0.1'

/** A socket that datagrams are given to, and that keeps what it is to send. */
class Heard extends EventEmitter {
  readonly sent: Uint8Array[] = []

  address(): object {
    return { address: ADDRESS, port: 6081 }
  }

  send(payload: Uint8Array): void {
    this.sent.push(payload)
  }

  close(): void {}

  bring(payload: Uint8Array, port: number): void {
    this.emit('message', Buffer.from(payload), { address: ADDRESS, port })
  }
}

type Private<T, A extends readonly unknown[]> = new (...args: A) => T

/**
 * Datagrams at both ends of a gateway load balancer's tunnels: what reads them whole, an appliance that decides what is in them, and the
 * load balancer that they come back to. The sockets are stood in for.
 */
export class GeneveSurface implements Surface<Uint8Array> {
  readonly name = 'geneve'
  readonly #appliance = new Heard()
  readonly #balancer = new Heard()
  #made: Promise<Appliance> | undefined
  #packets = 0

  constructor() {
    const options: GenevePortOptions = {
      hosts: [{ address: ADDRESS, port: 6081 }],
      listen: ADDRESS,
      returns: ['sender'],
      mtu: 1500,
    }
    const Port = GenevePort as unknown as Private<GenevePort, [GenevePortOptions, Heard[], Heard[]]>
    const port = new Port(options, [this.#balancer], [])
    port.listen(
      (frames) => this.#hear(frames),
      (error) => {
        throw error
      },
    )
  }

  make(random: Parameters<Surface<Uint8Array>['make']>[0]): Uint8Array {
    const seed = random.pick(SEEDS)
    return random.oneIn(15) ? seed : damage(random, seed, FIELDS).bytes
  }

  async check(datagram: Uint8Array): Promise<boolean> {
    const taken = this.#decapsulated(datagram)
    this.#made ??= this.#open()
    const appliance = await this.#made
    const before = appliance.totals()
    const payload = datagram.subarray(OUTER)
    this.#appliance.bring(payload, 50_000)
    this.#balancer.bring(payload, 6081)
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const { packets, invalid, forward, drop, reject, overrun } = appliance.totals()
    demand(
      packets + invalid === before.packets + before.invalid + 1 && overrun === 0,
      'a datagram is neither taken nor refused',
    )
    demand(forward + drop + reject === packets, `${packets} packets have ${forward + drop + reject} verdicts`)
    for (const sent of this.#appliance.sent)
      demand(sent.length <= payload.length + 1500, `it sends ${sent.length} bytes`)
    this.#appliance.sent.length = 0
    // Sessions of addresses that are drawn would fill its memory.
    if (++this.#packets % 2000 === 0) await appliance.reset()
    return taken
  }

  #decapsulated(datagram: Uint8Array): boolean {
    const came = decapsulate(datagram)
    if (typeof came === 'string') {
      const problem = textProblem(came)
      demand(problem === undefined, problem ?? '')
      return false
    }
    const back = sendBack(came, came.inner)
    const again = decapsulate(back)
    demand(typeof again !== 'string', `what is sent back is not taken: ${String(again)}`)
    demand(
      again.marks.cookie === came.marks.cookie && again.marks.endpoint === came.marks.endpoint,
      'marks that are not sent back',
    )
    demand(Buffer.compare(again.inner, came.inner) === 0, 'another packet is sent back')
    return true
  }

  async #open(): Promise<Appliance> {
    const problems: string[] = []
    const setup = readSetup({ hosts: 1, policy: 'reject' }, (_, message) => problems.push(message), '/')
    demand(problems.length === 0, problems.join(' '))
    const options: ApplianceOptions = {
      setup,
      listen: { address: ADDRESS, port: 6081 },
      clockScale: 1,
      returnTo: 'sender',
    }
    const Made = Appliance as unknown as Private<Appliance, [Socket, undefined, Firewall, ApplianceOptions]>
    return new Made(this.#appliance as unknown as Socket, undefined, await Firewall.open(setup), options)
  }

  #hear(frames: FrameColumns): void {
    for (let n = 0; n < frames.count; n++) {
      const start = frames.start[n] ?? -1
      const length = frames.length[n] ?? -1
      demand(
        start >= 0 && length > 0 && start + length <= frames.used,
        `a frame at ${start} of ${length} bytes`,
      )
      demand((frames.arm[n] ?? 9) <= 1, `arm ${frames.arm[n]}`)
    }
  }

  *smaller(datagram: Uint8Array): Generator<Uint8Array> {
    yield* smallerBytes(datagram)
  }

  show(datagram: Uint8Array): string {
    return hexOf(datagram)
  }
}
