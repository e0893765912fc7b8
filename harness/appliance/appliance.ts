import type { Socket } from 'node:dgram'
import { type Nanos, PacketBatch } from '../model/batch.ts'
import { Kind, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import { type ApplianceClock, ScaledClock, ToldClock } from './clock.ts'
import { Firewall } from './firewall.ts'
import { FlowHeaders, headerOf } from './flow-headers.ts'
import type { HealthPort } from './health.ts'
import { ETHERNET, Intake } from './intake.ts'
import { healthPort, type Place, udpSocket } from './listen.ts'
import { Returns, type ReturnTo } from './returns.ts'

export interface ApplianceOptions {
  readonly setup: Setup
  readonly listen: Place
  readonly health?: Place | undefined
  /** How many seconds pass for the engine in one real second, above 0; `told`: the gateway tells the time with its packets. */
  readonly clockScale: number | 'told'
  /** Absent: as the load balancer wants it, if that is possible. */
  readonly returnTo?: ReturnTo | undefined
}

/** What an appliance has done with the datagrams received. */
export interface ApplianceTotals {
  readonly packets: number
  readonly forward: number
  readonly drop: number
  readonly reject: number
  /** Packets that it made itself: resets and ICMP errors. */
  readonly emitted: number
  /** Datagrams that did not come from a gateway load balancer. */
  readonly invalid: number
  /** Datagrams for which there was no room among those that wait. */
  readonly overrun: number
  /** Datagrams that the system refused to send. */
  readonly unsent: number
}

const NOTHING = new Uint8Array(0)
/** The longest time that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * The reference engine behind a gateway load balancer, over UDP: a forwarded packet goes back with the GENEVE header that it came with,
 * a dropped one does not, and a packet that the engine makes itself gets the header of its flow. Needs no privileges.
 */
export class Appliance implements AsyncDisposable {
  readonly #socket: Socket
  readonly #firewall: Firewall
  readonly #clock: ApplianceClock
  readonly #health: HealthPort | undefined
  readonly #returns: Returns
  /** The datagrams that have come, and those that are being decided. */
  #intake = new Intake()
  #other = new Intake()
  /** For packets without a cause: headers of all flows if sessions report their expiry, else of flows in fragments. */
  readonly #headers = new FlowHeaders()
  readonly #expired = new PacketBatch(0, 0)
  #deciding: Promise<void> | undefined
  #scheduled = false
  #closed = false
  #timer: NodeJS.Timeout | undefined
  readonly #totals = { packets: 0, forward: 0, drop: 0, reject: 0, emitted: 0, invalid: 0, overrun: 0 }
  #fail: (thrown: unknown) => void = () => {}
  /** Rejects when the appliance cannot go on, for example because its store is gone; never resolves. */
  readonly failure = new Promise<never>((_, reject) => {
    this.#fail = reject
  })

  private constructor(
    socket: Socket,
    health: HealthPort | undefined,
    firewall: Firewall,
    options: ApplianceOptions,
  ) {
    this.#socket = socket
    this.#firewall = firewall
    this.#health = health
    const { clockScale } = options
    this.#clock = clockScale === 'told' ? new ToldClock() : new ScaledClock(clockScale)
    this.#returns = new Returns(socket, options.listen.address, this.port, options.returnTo)
    // Whoever awaits it gets the error; if nobody does, that is no fault.
    this.failure.catch(() => {})
    socket.on('message', (payload, { address, port }) => this.#take(payload, address, port))
    socket.on('error', (error) => this.#fail(error))
    if (health !== undefined) health.clear = () => this.reset()
  }

  /** Throws ERR_APPLIANCE_LISTEN if it cannot listen on a port, and errors of the setup. */
  static async start(options: ApplianceOptions): Promise<Appliance> {
    const firewall = await Firewall.open(options.setup)
    let socket: Socket | undefined
    try {
      socket = await udpSocket(options.listen)
      const health = options.health === undefined ? undefined : await healthPort(options.health)
      return new Appliance(socket, health, firewall, options)
    } catch (thrown) {
      socket?.close()
      await firewall[Symbol.asyncDispose]()
      throw thrown
    }
  }

  get port(): number {
    return this.#socket.address().port
  }

  get healthPort(): number | undefined {
    return this.#health?.port
  }

  totals(): ApplianceTotals {
    return { ...this.#totals, unsent: this.#returns.unsent }
  }

  /** Forgets every session. */
  async reset(): Promise<void> {
    while (this.#deciding !== undefined) await this.#deciding
    await this.#firewall.reset()
    this.#headers.clear()
  }

  #take(payload: Uint8Array, address: string, port: number): void {
    if (this.#intake.isFull) this.#decide()
    // There is no room while it waits for a store: the datagram is lost, as at any interface that is not read in time.
    if (this.#intake.isFull) this.#totals.overrun++
    else if (this.#intake.take(payload, address, port, this.#clock.arrival(payload))) this.#schedule()
    else this.#totals.invalid++
  }

  /** Everything that comes in one turn of the event loop is decided together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    this.#decide()
  }

  #decide(): void {
    if (this.#deciding !== undefined || this.#intake.batch.count === 0 || this.#closed) return
    const intake = this.#intake
    this.#intake = this.#other
    this.#other = intake
    const pending = this.#firewall.decide(intake.batch)
    if (pending === undefined) {
      this.#answer(intake)
      return
    }
    this.#deciding = pending
      .then(() => this.#answer(intake))
      .catch((thrown: unknown) => this.#fail(thrown))
      .finally(() => {
        this.#deciding = undefined
        this.#decide()
      })
  }

  /** Sends the results; its own packets take the place of those that they are about, so that a later packet proves that none is missing. */
  #answer(intake: Intake): void {
    const { batch, payloads, addresses, ports } = intake
    const { verdict, flow, kind, count, time, emitted } = batch
    const totals = this.#totals
    const returns = this.#returns
    const headers = this.#headers
    const { tellsExpiry } = this.#firewall
    // A packet without a cause may be last in the list, and is sent at its time.
    if (emitted.some(({ cause }) => cause < 0)) emitted.sort((one, other) => one.at - other.at)
    totals.packets += count
    let told = 0
    for (let i = 0; i < count; i++) {
      const payload = payloads[i] ?? NOTHING
      told = this.#tellUntil(intake, told, i, time[i] ?? 0)
      if (verdict[i] === Verdict.forward) {
        totals.forward++
        if (!this.#closed) returns.send(payload, addresses[i] ?? '', ports[i] ?? 0)
      } else if (verdict[i] === Verdict.reject) totals.reject++
      else totals.drop++
      if (tellsExpiry || kind[i] === Kind.fragment6)
        headers.note(flow[i] ?? -1, payload, addresses[i] ?? '', ports[i] ?? 0)
    }
    this.#tellUntil(intake, told, count, Number.POSITIVE_INFINITY)
    intake.clear()
    this.#awaitExpiry()
  }

  /** Sends its own packets from the nth on, up to those about packet `end` or later than `time` without a cause; returns the next index. */
  #tellUntil({ batch, payloads, addresses, ports }: Intake, from: number, end: number, time: Nanos): number {
    const { emitted } = batch
    let n = from
    for (let next = emitted[n]; next !== undefined; next = emitted[++n]) {
      const { cause, frame, at, flow = -1 } = next
      if (cause < 0 ? at > time : cause >= end) break
      if (cause < 0) this.#tell(flow, frame)
      else this.#emit(headerOf(payloads[cause] ?? NOTHING), frame, addresses[cause] ?? '', ports[cause] ?? 0)
    }
    return n
  }

  /** Sends a packet that it made itself, without the placeholder for the link header. */
  #emit(header: Uint8Array, frame: Uint8Array, address: string, port: number): void {
    if (this.#closed) return
    this.#totals.emitted++
    this.#returns.send(Buffer.concat([header, frame.subarray(ETHERNET)]), address, port)
  }

  /** Sends a packet about a flow that no packet caused. */
  #tell(flow: number, frame: Uint8Array): void {
    const known = this.#headers.of(flow)
    if (known !== undefined) this.#emit(known.header, frame, known.address, known.port)
  }

  #awaitExpiry(): void {
    clearTimeout(this.#timer)
    const wait = this.#clock.until(this.#firewall.nextExpiry)
    // One millisecond later: most sessions expire once more than their time-out has passed.
    if (Number.isFinite(wait) && !this.#closed)
      this.#timer = setTimeout(this.#expire, Math.min(wait + 1, LONGEST_MS))
  }

  readonly #expire = (): void => {
    if (this.#deciding === undefined) {
      this.#firewall.expire(this.#expired, this.#clock.now())
      for (const { flow = -1, frame } of this.#expired.emitted) this.#tell(flow, frame)
      this.#expired.clear()
    }
    this.#awaitExpiry()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#deciding
    this.#returns.close()
    this.#socket.close()
    await this.#health?.close()
    await this.#firewall[Symbol.asyncDispose]()
  }
}
