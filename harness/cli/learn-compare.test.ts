import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type KnownProfile, readKnownProfile } from '../author/learn/known-profile.ts'
import { diffText, identityText } from './learn-compare.ts'

/** As `flowbreak learn` writes them: two versions of one device. */
const OLD = `
name: learned-device
extends: fortinet
learned: { target: device, version: '1.0', probes: 9, replays: 3, packets: 40, seed: 1 }
knobs:
  finOnMiss: { value: policyThenRules, mark: RUN, source: learned, confidence: high, probes: [], evidence: [] }
  tcpEstablished: { value: 3600, mark: RUN, source: learned, confidence: high, probes: [], evidence: [] }
  tcpHalfClosed: { value: 120, mark: RUN, source: learned, confidence: high, probes: [], evidence: [] }
unknown: { lbTcpIdle: the load balancer is the harness, udpNew: no answer, tcpNew: more than 300 }
`
const NEW = OLD.replace('policyThenRules', 'policyThenStreamError')
  .replace('value: 3600', 'value: 77')
  .replace('value: 120', 'value: established')
  .replace(', tcpNew: more than 300', '')

describe('cli: learn --diff and --identify', () => {
  let folder = ''
  let older: KnownProfile
  let newer: KnownProfile
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-learn-compare-'))
    const read = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return readKnownProfile(join(folder, name))
    }
    older = read('old.yaml', OLD)
    newer = read('new.yaml', NEW)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('speaks of each knob that differs, and of what is known of one alone', () => {
    expect(diffText(older, newer, ['old.yaml', 'new.yaml'])).to.equal(`old.yaml → new.yaml
  a FIN on a miss that the policy lets go on: forwarded → dropped
  an idle TCP session lives for: 3600 s → 77 s
  a half closed session lives for: 120 s → as long as an idle one
old.yaml does not say: tcpNew
`)
    expect(diffText(older, older)).to.equal(
      'learned-device and learned-device behave alike in all that is known of both\n',
    )
  })

  it('says of a learned and a shipped profile what was not learned', () => {
    const text = diffText(readKnownProfile('fortinet'), newer)
    expect(text.split('\n')[0]).to.equal('fortinet → learned-device')
    expect(text).to.contain('  an idle TCP session lives for: 3600 s → 77 s\n')
    expect(text).to.contain('learned-device does not say: udpNew, what the load balancer before it does\n')
  })

  it('names the shipped profile that is nearest, what differs from it, and the next', () => {
    expect(identityText(newer)).to.match(
      /^learned-device is nearest to fortinet: \d+ of \d+ known knobs are the same\n(?: {2}.*\n){2,3}then /,
    )
    const lines = identityText(newer).split('\n')
    expect(lines[2]).to.equal('  an idle TCP session lives for: 3600 s → 77 s')
    // The nearest comes first, and the rest in order.
    const counts = [...(lines.at(-2) ?? '').matchAll(/\((\d+) differs?\)/g)].map(([, count]) => Number(count))
    expect(counts).to.have.lengthOf(3)
    expect([3, ...counts]).to.deep.equal([3, ...counts].sort((one, other) => one - other))
    expect(identityText(readKnownProfile('pf'))).to.match(/^pf is nearest to pf: (\d+) of \1 known/)
  })
})
