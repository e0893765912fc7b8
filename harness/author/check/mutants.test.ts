import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { profileNames } from '../../profile/index.ts'
import { CaptureStore } from '../../run/captures.ts'
import { loadSuite } from '../../suite/cases.ts'
import { makeSetup } from '../../suite/setup.ts'
import { playCases } from '../reference.ts'
import { MUTANTS } from './mutants.ts'
import { insensitiveCases } from './sensitivity.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const signal = new AbortController().signal

/** Suites in whose cases every decision and every part of a setup is wrong at least once. */
const SUITES = ['aws-network-firewall/host-swap', 'aws-network-firewall/rules', 'core/resets']

function casesOf(suite: string): readonly Case[] {
  return loadSuite(join(ROOT, `suites/${suite}.yaml`), { captures: [join(ROOT, 'captures')] }).cases
}

describe('author/check mutants', () => {
  it('have names of their own, and setups with keys of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length)
    expect(MUTANTS.length).to.be.above(150)
    for (const profile of profileNames()) {
      const setup = makeSetup({ profile })
      const made = MUTANTS.flatMap((mutant) => ('setup' in mutant ? (mutant.setup(setup) ?? []) : []))
      expect(made.length, profile).to.be.above(50)
      for (const one of made) expect(one.key).not.to.equal(setup.key)
    }
  })

  it('each change what the setup that they make says', () => {
    const setup = makeSetup({ profile: 'suricata-7', policy: 'reject', sharing: 'replication' })
    const by = new Map(MUTANTS.map((mutant) => [mutant.name, mutant]))
    const made = (name: string) => {
      const mutant = by.get(name)
      return mutant !== undefined && 'setup' in mutant ? mutant.setup(setup) : undefined
    }
    expect(made('policy/reject')).to.equal(undefined)
    expect(made('policy/drop')?.policy.exception).to.equal('drop')
    expect(made('sharing/loses-everything')?.topology.sharing.kind).to.equal('none')
    expect(made('sharing/lag+60')?.topology.sharing).to.include({ lag: 60 })
    expect(made('load-balancer/tcpIdle-1')?.topology.loadBalancer.tcpIdle).to.equal(
      setup.topology.loadBalancer.tcpIdle - 1,
    )
    expect(made('knob/windowCheck=liberal')?.ownProfile?.knobs.windowCheck?.value).to.equal('liberal')
    expect(made('knob/rstValidation=exact')).to.equal(undefined)
    expect(made('knob/tcpEstablished+1')?.ownProfile?.knobs.tcpEstablished?.value).to.be.a('number')
    expect(made('rules/none')).to.equal(undefined)
  })

  it('of decisions are each noticed by some case, which passes without them', async () => {
    const cases = SUITES.flatMap(casesOf)
    const captures = new CaptureStore()
    const decisions = MUTANTS.filter((mutant) => 'target' in mutant)
    const resets = loadSuite(join(ROOT, 'suites/other-firewalls/resets-at-expiry.yaml'), {
      captures: [join(ROOT, 'captures')],
    }).cases
    const all = [...cases, ...resets]
    const played = await playCases(all, captures, signal)
    const green = all.filter(({ name }) => {
      const result = played.get(name)
      return result !== undefined && 'finished' in result && result.finished.outcome === 'pass'
    })
    expect(green.length).to.be.above(20)
    for (const mutant of decisions) {
      const blind = await insensitiveCases(green, [mutant], captures, signal)
      expect(blind.length, mutant.name).to.be.below(green.length)
    }
  }).timeout(120_000)

  it('turn every case of those suites red', async () => {
    const captures = new CaptureStore()
    const blind = await insensitiveCases(SUITES.flatMap(casesOf), MUTANTS, captures, signal)
    expect(blind.map(({ name }) => name)).to.deep.equal([])
  }).timeout(120_000)
})
