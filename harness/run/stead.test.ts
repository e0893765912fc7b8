import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { OwnProfile } from '../model/setup.ts'
import type { Target } from '../model/target.ts'
import { loadSuite } from '../suite/cases.ts'
import { FlowbreakError } from '../support/errors.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { heldTo, steadOf } from './stead.ts'

const CAPTURES = new URL('../../captures', import.meta.url).pathname
const reference = new ReferenceTarget('test')
const brought = (...profiles: readonly string[]): Target => ({
  name: 'lab',
  version: '1',
  capabilities: { ...reference.capabilities, profiles },
  prepare: (setup) => reference.prepare(setup),
})

function casesUnder(target: Target, any: boolean, own?: OwnProfile) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const file = join(folder, 's.yaml')
    writeFileSync(
      file,
      `
suite: demo
title: For tests
any-firewall: ${any}
setup: { profile: suricata-7 }
matrix: { policy: [drop, reject] }
cases:
  - name: opening
    requirement: An opening passes.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    expect: { before: forward }
`,
    )
    return loadSuite(file, { captures: [CAPTURES], stead: steadOf(target, own) }).cases.map(
      ({ setup, expectations }) => `${setup.policy.exception} ${setup.profile} ${expectations[0]?.level}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('run/stead', () => {
  it('puts a profile of the target in the place of one that it cannot be set to, where provenance counts for less', () => {
    expect(casesUnder(brought('linux-conntrack'), true)).to.deep.equal([
      'drop linux-conntrack provisional',
      'reject linux-conntrack provisional',
    ])
  })

  it('leaves cases as they are where the target can be set to their profile, or the suite is about one system', () => {
    const asWritten = ['drop suricata-7 core', 'reject suricata-7 core']
    expect(casesUnder(reference, true)).to.deep.equal(asWritten)
    expect(casesUnder(brought('linux-conntrack', 'suricata-7'), true)).to.deep.equal(asWritten)
    expect(casesUnder(brought('linux-conntrack'), false)).to.deep.equal(asWritten)
    expect(casesUnder(brought('a-system-of-ones-own'), true)).to.deep.equal(asWritten)
  })

  it('asks nobody for a policy that the system cannot be set to', () => {
    expect(casesUnder(brought('panos'), true)).to.deep.equal([
      'drop panos provisional',
      'reject suricata-7 core',
    ])
  })

  it('takes a profile of one’s own', () => {
    const own: OwnProfile = { name: 'mine', extends: 'linux-conntrack', product: 'suricata', knobs: {} }
    expect(casesUnder(brought('mine'), true, own)).to.deep.equal(['drop mine core', 'reject mine core'])
  })

  it('brings a target to one profile, if it can be', () => {
    expect(heldTo(reference, 'pf').capabilities.profiles).to.deep.equal(['pf'])
    expect(() => heldTo(brought('pf'), 'panos'))
      .to.throw(FlowbreakError)
      .with.property('message', '--profile: target lab cannot be set to panos: choose pf.')
  })
})
