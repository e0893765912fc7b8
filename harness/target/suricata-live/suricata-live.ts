import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { Capabilities, Session, Target } from '../../model/target.ts'
import { drawControlEnds, FIXED_ENDS } from '../../observe/live/control-ends.ts'
import { PcapPort } from '../../observe/live/pcap/port.ts'
import { LiveSession } from '../../observe/live/session.ts'
import { BENCHMARKING } from '../bounds.ts'
import { Lab } from '../lab/lab.ts'
import { removeLeftovers } from '../lab/ownership.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { findSuricata, type SuricataBinary } from '../suricata/binary.ts'
import { HostCounters } from '../suricata/counters.ts'
import { caseLacks, requireSetup } from '../suricata/lacking.ts'
import { rulesOf } from '../suricata/rules.ts'
import { settingsOf } from '../suricata/settings.ts'
import { suricataArms } from './arms.ts'
import { inexactKnobs, liveConfigurationOf, scaledSettings } from './configuration.ts'
import { gapLacks } from './gaps.ts'
import { SuricataHosts } from './hosts.ts'
import { LINK, namespaceScript } from './namespace.ts'
import { checkNeeds } from './needs.ts'
import { readOptions, type SuricataLiveOptions } from './options.ts'
import { SuricataPort } from './port.ts'
import { SuricataLiveSession } from './session.ts'

/** Most hosts: each is a namespace with a process. */
const HOSTS = 8
/** Its own packets take another way through the kernel than forwarded ones: nanoseconds. */
const LATENESS = 200e6
const FAMILIES = ['ipv4', 'ipv6'] as const

/** Real Suricata between two interfaces, on real time: for each host one process in a network namespace, verdicts as seen on the wire. */
class SuricataLiveTarget implements Target {
  readonly name: string
  readonly capabilities: Capabilities
  readonly #options: SuricataLiveOptions
  #binary: SuricataBinary | undefined

  constructor(name: string, options: SuricataLiveOptions) {
    this.name = name
    this.#options = options
    this.capabilities = {
      clock: 'real',
      reactive: true,
      hosts: HOSTS,
      families: FAMILIES,
      policies: ['drop', 'reject', 'continue'],
      sharing: ['none'],
      events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return'],
      observes: ['verdict', 'reason', 'emitted', 'counters', 'packet-counters'],
      folding: 'aligned',
      profiles: ['suricata-7', 'aws-nfw'],
      features: ['rules', 'default-actions', 'next-generation', 'monitor', 'inner-tunnels', 'own-profile'],
      clockScale: options.scale,
    }
  }

  /** The version of the program; throws like `findSuricata`. */
  get version(): string {
    return this.#found().version
  }

  lacks(test: Case): string | undefined {
    return caseLacks(test) ?? gapLacks(test, this.#options.scale)
  }

  inexact(setup: Setup): readonly string[] {
    return inexactKnobs(settingsOf(setup), this.#options.scale)
  }

  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    const { scale, mtu } = this.#options
    requireSetup(setup, this.capabilities)
    checkNeeds()
    const configuration = liveConfigurationOf(scaledSettings(settingsOf(setup), scale))
    const started = { binary: this.#found().path, configuration, ...rulesOf(setup) }
    await removeLeftovers()
    signal.throwIfAborted()
    const lab = await Lab.open({
      hosts: setup.topology.hosts.length,
      mtu,
      links: Object.values(LINK),
      inside: namespaceScript,
    })
    const hosts = new SuricataHosts(lab, started)
    const dispose = async () => {
      await hosts[Symbol.asyncDispose]()
      await lab[Symbol.asyncDispose]()
    }
    try {
      return await openSession(lab, hosts, setup, this.#options, dispose, signal)
    } catch (thrown) {
      await dispose()
      throw thrown
    }
  }

  #found(): SuricataBinary {
    this.#binary ??= findSuricata(this.#options.binary)
    return this.#binary
  }
}

/** The target for a spec of kind suricata-live; no process is started before it is needed. */
export function makeSuricataLive(spec: TargetSpec, { name }: TargetContext): Target {
  return new SuricataLiveTarget(name, readOptions(spec, name))
}

/** Whether rules could stop packets that they do not mention. */
function isRuled({ rules, policy }: Setup): boolean {
  return rules.length > 0 || policy.defaultActions.length > 0
}

async function openSession(
  lab: Lab,
  hosts: SuricataHosts,
  setup: Setup,
  { mtu, scale, timeout }: SuricataLiveOptions,
  dispose: () => Promise<void>,
  signal: AbortSignal,
): Promise<Session> {
  const names = setup.topology.hosts
  const arms = suricataArms(names.length)
  const port = new SuricataPort(await PcapPort.open({ arms, namespace: lab.outer, mtu }), names.length)
  hosts.used = (host) => port.used(host)
  hosts.died = (error) => port.fail(error)
  try {
    const live = new LiveSession({
      port,
      hosts: names,
      clockScale: scale,
      actions: hosts,
      families: FAMILIES,
      ends: isRuled(setup) ? FIXED_ENDS : drawControlEnds(BENCHMARKING),
      limits: { settle: timeout * 1e9, leastLateness: LATENESS },
      dispose,
    })
    await hosts.start()
    await live.calibrate(signal)
    const continues = settingsOf(setup).exception === 'continue'
    return new SuricataLiveSession(live, hosts, () => new HostCounters(names.length, continues))
  } catch (thrown) {
    await port[Symbol.asyncDispose]()
    throw thrown
  }
}
