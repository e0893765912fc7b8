import type { Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { Appliance, type ApplianceOptions } from '../../../harness/appliance/appliance.ts'
import { payloadOf } from '../../../harness/appliance/example-gateway.test.ts'
import { Firewall } from '../../../harness/appliance/firewall.ts'
import type { FrameColumns } from '../../../harness/observe/live/frames.ts'
import { readSetup } from '../../../harness/suite/setup.ts'
import { GenevePort, type GenevePortOptions } from '../../../harness/target/geneve/port.ts'
import { icmp, ipv4, ipv6, tcp, udp } from '../../../harness/wire/example-frames.test.ts'
import { Protocol } from '../../../harness/wire/numbers.ts'
import { damage, type Field, hexOf, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import { demand } from '../kit/told.ts'

const INNERS = [
  ipv4(Protocol.tcp, tcp({ flags: 2 })),
  ipv4(Protocol.tcp, tcp({}, 9)),
  ipv4(Protocol.udp, udp(12)),
  ipv4(Protocol.udp, udp(12), { moreFragments: true }),
  ipv4(Protocol.icmp, icmp(3, 1, ipv4(Protocol.tcp, tcp({}, 3)))),
  ipv6(Protocol.tcp, tcp({}, 9)),
  ipv6(Protocol.icmp6, icmp(1, 4, ipv6(Protocol.udp, udp(6)))),
]
const SEEDS = INNERS.map((inner, at) => payloadOf(inner, at + 1))
/** GENEVE with its options, and the headers within. */
const FIELDS: readonly Field[] = [
  ...[0, 1, 6, 10, 11, 22, 23, 34, 35, 40, 49, 60, 72, 73].map((at) => ({ at, size: 1 as const })),
  ...[2, 8, 20, 32, 42, 44, 46, 60, 62, 64].map((at) => ({ at, size: 2 as const })),
  ...[4, 12, 24, 36, 64, 68].map((at) => ({ at, size: 4 as const })),
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
 * Payloads of datagrams at both ends of a gateway load balancer's tunnels: an appliance that decides what is in them, and the load
 * balancer that they come back to. The sockets are stood in for.
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

  async check(payload: Uint8Array): Promise<boolean> {
    this.#made ??= this.#open()
    const appliance = await this.#made
    const before = appliance.totals()
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
    return packets > before.packets
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

  *smaller(payload: Uint8Array): Generator<Uint8Array> {
    yield* smallerBytes(payload)
  }

  show(payload: Uint8Array): string {
    return hexOf(payload)
  }
}
