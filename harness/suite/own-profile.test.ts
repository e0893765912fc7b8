import { join } from 'node:path'
import { expect } from 'chai'
import { loadSuite } from './cases.ts'
import { thrownBy, withFiles } from './helpers.test.ts'
import { isProfileFile, readOwnProfile } from './own-profile.ts'

const GOOD = `extends: pf
title: What we measured
knobs:
  tcpNew: { value: 7, mark: RUN, source: measured on 2026-11-01 }
  policies: { value: [reject, drop] }
`

/** What is wrong with a profile file, as its lines. */
function wrong(text: string): readonly string[] {
  return withFiles({ 'mine.yaml': text }, (folder) => {
    const { code, lines } = thrownBy(() => readOwnProfile(join(folder, 'mine.yaml')), folder)
    expect(code).to.equal('ERR_PROFILE')
    return lines
  })
}

describe('suite/own-profile', () => {
  it('reads what is different, with what was not written', () => {
    withFiles({ 'mine.yaml': GOOD, 'mine.json': '{ "extends": "panos", "name": "lab-2" }' }, (folder) => {
      expect(readOwnProfile(join(folder, 'mine.yaml'))).to.deep.equal({
        name: 'mine',
        extends: 'pf',
        title: 'What we measured',
        knobs: {
          tcpNew: { value: 7, mark: 'RUN', source: 'measured on 2026-11-01' },
          policies: { value: ['reject', 'drop'], mark: 'INF', source: 'mine.yaml' },
        },
      })
      expect(readOwnProfile(join(folder, 'mine.json'))).to.deep.equal({
        name: 'lab-2',
        extends: 'panos',
        knobs: {},
      })
    })
  })

  it('tells every mistake with its place', () => {
    expect(
      wrong(`extends: pff
knob: {}
name: pf
title: 7
knobs:
  tcpNw: { value: 7 }
  tcpSynReceived: { value: -1, mark: GUESS, from: me }
  missScope: flow
  rstStyle: { value: rfc, source: 7 }
`),
    ).to.deep.equal([
      'mine.yaml:1:10: "pff" is not a profile: write aws-nfw, suricata-7, suricata-6.0.9, linux-conntrack, pf, panos, cisco-asa, cisco-cluster, fortinet, checkpoint or juniper-srx. Did you mean "pf"?',
      'mine.yaml:2:1: "knob" is not a key of a profile: write name, extends, title, product, knobs. Did you mean "knobs"?',
      'mine.yaml:3:7: "pf" cannot name it: write a-z, 0-9, ".", "_" and "-", and no known profile\'s name.',
      'mine.yaml:4:8: Write title as text.',
      'mine.yaml:6:3: There is no knob "tcpNw". Did you mean "tcpNew"?',
      'mine.yaml:7:28: This is not a value of tcpSynReceived: write a number from 0 to 2592000.',
      'mine.yaml:7:38: "GUESS" is not a mark: write DOC, SRC, SEED, RUN, MEM or INF.',
      'mine.yaml:7:45: "from" is not a part of a knob: write value, mark, source.',
      'mine.yaml:8:14: Write { value, mark, source }, of which value must be there.',
      'mine.yaml:9:35: Write source as text.',
    ])
    expect(wrong('- 1')).to.include('mine.yaml:1:1: Write a mapping with extends and knobs.')
    expect(wrong('extends: pf\nknobs: [1]')).to.deep.equal([
      'mine.yaml:2:8: Write a mapping from knobs to { value, mark, source }.',
    ])
    expect(wrong('extends: [')[0]).to.match(/^mine\.yaml:\d+:\d+: /)
  })

  it('is named by its file in a suite, from where the suite is', () => {
    const suite = (profile: string) => `suite: s
title: T
setup: { profile: ${profile} }
cases:
  - { name: n, requirement: R., source: { mark: DOC, where: w }, capture: c.pcap, expect: { before: forward } }
`
    const files = {
      'a/s.yaml': suite('../mine.yaml'),
      'mine.yaml': GOOD,
      'a/c.pcap': '',
      'a/bad.yaml': suite('./no.yaml'),
    }
    withFiles(files, (folder) => {
      const [test] = loadSuite(join(folder, 'a/s.yaml'), { captures: [] }).cases
      expect([test?.setup.profile, test?.setup.policy.exception]).to.deep.equal(['mine', 'reject'])
      expect(test?.setup.ownProfile?.knobs.tcpNew?.value).to.equal(7)
      const { code, lines } = thrownBy(() => loadSuite(join(folder, 'a/bad.yaml'), { captures: [] }), folder)
      expect(code).to.equal('ERR_SUITE')
      expect(lines[0]).to.match(/^a\/bad\.yaml:3:19: a\/no\.yaml cannot be read/)
    })
  })

  it('a file is told from a name', () => {
    expect(['./mine', 'mine.yaml', 'a/b', 'x.json'].every(isProfileFile)).to.equal(true)
    expect(['pf', 'suricata-6.0.9', 'cisco-asa'].some(isProfileFile)).to.equal(false)
  })
})
