import { release } from 'node:os'
import type { Case } from '../../model/case.ts'
import type { Transparency } from '../../model/fields.ts'
import type { Setup } from '../../model/setup.ts'
import type { AddressRanges, Capabilities, Session, Target } from '../../model/target.ts'
import { drawControlEnds } from '../../observe/live/control-ends.ts'
import { PcapPort } from '../../observe/live/pcap/port.ts'
import { LiveSession } from '../../observe/live/session.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { profileOf } from '../../profile/index.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { BENCHMARKING } from '../bounds.ts'
import { labArms } from '../lab/arms.ts'
import type { Lab } from '../lab/lab.ts'
import { removeLeftovers } from '../lab/ownership.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { Conntrackd, syncLacks } from './conntrackd.ts'
import { configuring, NetfilterHosts } from './hosts.ts'
import { fixedKnob, inexactKnobs, kernelSettings } from './kernel-settings.ts'
import { checkNeeds } from './needs.ts'
import { type NetfilterOptions, readOptions } from './options.ts'
import { openRouters, type RoutersPlan } from './routers.ts'
import { rulesetOf } from './ruleset.ts'
import { VERIFYING } from './synproxy-rules.ts'

/** Most hosts: each is a namespace with two links. */
const HOSTS = 8

/** Linux netfilter: connection tracking and nftables of this machine's kernel, in one network namespace for each host. */
export class NetfilterTarget implements Target {
  readonly name: string
  readonly version = `Linux ${release()}`
  /** Each copy has namespaces of its own. */
  readonly shared = 'processes'
  readonly capabilities: Capabilities
  readonly transparency: Transparency | undefined
  readonly #options: NetfilterOptions
  readonly #addresses: AddressRanges

  /** `addresses`: those for cases and controls. */
  constructor(name: string, options: NetfilterOptions, addresses: AddressRanges = BENCHMARKING) {
    this.name = name
    this.#options = options
    this.transparency = options.transparency
    this.#addresses = addresses
    this.capabilities = {
      clock: 'real',
      reactive: true,
      hosts: HOSTS,
      families: ['ipv4', 'ipv6'],
      // A packet that has lost its translation cannot be forwarded.
      policies: options.nat === 'none' ? ['drop', 'reject', 'continue'] : ['drop', 'reject'],
      sharing: ['none', 'sync'],
      events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return', 'set-timeout'],
      observes: ['verdict', 'emitted', 'alterations'],
      folding: 'aligned',
      profiles: ['linux-conntrack'],
      features: ['own-profile'],
      clockScale: options.scale,
    }
  }

  lacks({ setup }: Case): string | undefined {
    return this.#lacking(setup)
  }

  inexact(setup: Setup): readonly string[] {
    return inexactKnobs(profileOf(setup).knobs, this.#options.scale)
  }

  #lacking(setup: Setup): string | undefined {
    const { sharing, hosts } = setup.topology
    const knob = fixedKnob(setup)
    if (knob !== undefined) return `knob ${knob}`
    return sharing.kind === 'sync' ? syncLacks(sharing, hosts.length) : undefined
  }

  /** Throws ERR_NETFILTER_SETUP if the kernel cannot be set to a setup. */
  #require(setup: Setup): void {
    const lacking = setupLacks(setup, this.capabilities) ?? this.#lacking(setup)
    if (lacking === undefined) return
    throw new FlowbreakError(
      'ERR_NETFILTER_SETUP',
      `The kernel cannot be set to ${lacking}: use profile linux-conntrack, or target reference.`,
    )
  }

  async prepare(setup: Setup, signal: AbortSignal): Promise<Session> {
    this.#require(setup)
    const { scale, mtu, nat, synproxy } = this.#options
    const { knobs } = profileOf(setup)
    const settings = kernelSettings(knobs, setup.policy, scale)
    const ruleset = rulesetOf(setup.policy.exception, knobs, this.#options)
    const { sharing } = setup.topology
    const synced = sharing.kind === 'sync'
    checkNeeds(synced)
    await removeLeftovers()
    signal.throwIfAborted()
    const ends = drawControlEnds(this.#addresses)
    const { lab, port } = await openBeside(setup.topology.hosts.length, mtu, {
      paired: synced,
      rules: configuring(ruleset, settings) + (synproxy ? VERIFYING : ''),
    })
    try {
      const sync = synced ? new Conntrackd(lab, sharing, ends) : undefined
      const hosts = new NetfilterHosts(lab, settings, scale, sync)
      await sync?.start()
      const session = new LiveSession({
        port,
        hosts: setup.topology.hosts,
        clockScale: scale,
        actions: hosts,
        families: ['ipv4', 'ipv6'],
        ends,
        translates: nat !== 'none' || synproxy,
        dispose: () => lab[Symbol.asyncDispose](),
      })
      await session.calibrate(signal)
      return session
    } catch (thrown) {
      await port[Symbol.asyncDispose]()
      await lab[Symbol.asyncDispose]()
      throw thrown
    }
  }
}

/** The target for a spec of kind netfilter. */
export function makeNetfilter(spec: TargetSpec, { name, addresses }: TargetContext): Target {
  return new NetfilterTarget(name, readOptions(spec, name), addresses)
}

/** Routers and a port to them. Its process takes as long to start as hosts do to be made, so both happen in parallel. */
async function openBeside(
  hosts: number,
  mtu: number,
  plan: RoutersPlan,
): Promise<{ lab: Lab; port: PcapPort }> {
  let opened: (port: PcapPort) => void = () => undefined
  const port = new Promise<PcapPort>((resolve) => {
    opened = resolve
  })
  const beside = async ({ outer }: Lab, up: Promise<unknown>) =>
    opened(await PcapPort.open({ arms: labArms(hosts), namespace: outer, mtu, up }))
  const lab = await openRouters(hosts, mtu, { ...plan, beside })
  return { lab, port: await port }
}
