import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { withFiles } from './helpers.test.ts'
import { makeSetup } from './setup.ts'
import { readStateless, type StatelessInput } from './stateless.ts'
import { loadStateless } from './stateless-file.ts'

function problemsOf(input: StatelessInput): string[] {
  const told: string[] = []
  readStateless(input, ['stateless'], (path, message) => told.push(`${path.slice(1).join('.')}: ${message}`))
  return told
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof FlowbreakError && error.code === 'ERR_STATELESS') return error.message
    throw error
  }
  return ''
}

describe('suite/stateless', () => {
  it('forwards everything unless told otherwise', () => {
    const forward = { verdict: 'aws:forward_to_sfe', customs: [] }
    expect(makeSetup({ stateless: {} }).stateless).to.deep.equal({
      rules: [],
      fallback: forward,
      fragmentFallback: forward,
    })
    expect(makeSetup({})).not.to.have.property('stateless')
    expect(makeSetup({ stateless: {} }).key).not.to.equal(makeSetup({}).key)
  })

  it('takes every key, and puts rules in the order of their priorities', () => {
    const { stateless } = makeSetup({
      stateless: {
        default: ['aws:pass', 'counted'],
        'fragment-default': 'aws:drop',
        rules: [
          { priority: '20', action: 'aws:drop' },
          {
            priority: 3,
            action: 'aws:forward_to_sfe',
            match: {
              sources: ['192.0.2.0/24'],
              destinations: ['2001:db8::/32'],
              'source-ports': [443, '1024:65535'],
              'destination-ports': ['53'],
              protocols: ['tcp', 17, '1', 'icmp6'],
              flags: [{ flags: ['SYN'], masks: ['SYN', 'ack'] }, { flags: [] }],
            },
          },
        ],
      },
    })
    expect(stateless?.rules.map(({ priority }) => priority)).to.deep.equal([3, 20])
    expect(stateless?.rules[0]?.match).to.deep.equal({
      sources: ['192.0.2.0/24'],
      destinations: ['2001:db8::/32'],
      sourcePorts: [
        [443, 443],
        [1024, 65_535],
      ],
      destinationPorts: [[53, 53]],
      protocols: [6, 17, 1, 58],
      flags: [
        { flags: 2, masks: 18 },
        { flags: 0, masks: 255 },
      ],
    })
    expect(stateless).to.deep.include({
      fallback: { verdict: 'aws:pass', customs: ['counted'] },
      fragmentFallback: { verdict: 'aws:drop', customs: [] },
    })
  })

  it('says of each mistake where it stands and what to write', () => {
    const rule = { priority: 1, action: 'aws:pass' }
    const refused: [StatelessInput, RegExp][] = [
      [
        { default: 'aws:pas' },
        /^default: "aws:pas" is not a stateless action: write .* Did you mean "aws:pass"\?$/,
      ],
      [{ default: 'counted' }, /^default: "counted" is not a stateless action/],
      [{ default: ['counted'] }, /^default: An action holds exactly one of .*; this holds 0\.$/],
      [{ default: ['aws:pass', 'aws:drop'] }, /^default: .*; this holds 2\.$/],
      [{ 'fragment-default': ['aws:drop', 'a b'] }, /^fragment-default\.1: "a b" is not/],
      [
        { rules: [{ ...rule, priority: 0 }] },
        /^rules\.0\.priority: "0" is not a priority: write 1 to 65535\.$/,
      ],
      [{ rules: [{ ...rule, priority: 65_536 }] }, /^rules\.0\.priority: /],
      [{ rules: [rule, rule] }, /^rules\.1\.priority: There are two rules of priority 1/],
      [
        { rules: [{ ...rule, match: { sources: ['10.0.0.0/33'] } }] },
        /^rules\.0\.match\.sources\.0: "10\.0\.0\.0\/33" is neither/,
      ],
      [{ rules: [{ ...rule, match: { destinations: ['any'] } }] }, /^rules\.0\.match\.destinations\.0: /],
      [
        { rules: [{ ...rule, match: { 'source-ports': ['80-90'] } }] },
        /^rules\.0\.match\.source-ports\.0: "80-90" is not a port/,
      ],
      [
        { rules: [{ ...rule, match: { 'destination-ports': ['90:80'] } }] },
        /destination-ports\.0: The range 90:80 ends before/,
      ],
      [{ rules: [{ ...rule, match: { 'source-ports': ['1:2:3'] } }] }, /source-ports\.0: "1:2:3" is not/],
      [{ rules: [{ ...rule, match: { protocols: [256] } }] }, /protocols\.0: "256" is not a protocol/],
      [
        { rules: [{ ...rule, match: { protocols: ['toString'] } }] },
        /protocols\.0: "toString" is not a protocol/,
      ],
      [
        { rules: [{ ...rule, match: { flags: [{ flags: ['SIN'] }] } }] },
        /flags\.0\.flags\.0: "SIN" is not a TCP flag/,
      ],
      [
        { rules: [{ ...rule, match: { flags: [{ flags: ['SYN'], masks: ['ACK'] }] } }] },
        /flags\.0\.flags: Every flag/,
      ],
    ]
    for (const [input, sentence] of refused) {
      const told = problemsOf(input)
      expect(told, JSON.stringify(input)).to.have.length(1)
      expect(told[0]).to.match(sentence)
    }
  })

  it('reads the example of the authoring guide', () => {
    const guide = readFileSync(new URL('../../docs/authoring.md', import.meta.url), 'utf8')
    const [, example = ''] = /```yaml\nstateless:\n([^`]*)```/.exec(guide) ?? []
    withFiles({ 'guide.yaml': example.replaceAll(/^ {2}/gm, '') }, (folder) => {
      const { rules, fragmentFallback } = readStateless(
        loadStateless(join(folder, 'guide.yaml')),
        [],
        (path, message) => expect.fail(`${path.join('.')}: ${message}`),
      )
      expect(rules[0]).to.deep.include({
        priority: 10,
        action: { verdict: 'aws:pass', customs: ['fromOffice'] },
      })
      expect(fragmentFallback.verdict).to.equal('aws:drop')
    })
  })

  it('reads a file of its own, YAML or JSON, with positions in its errors', () => {
    const files = {
      'good.yaml':
        'default: aws:drop\nrules:\n  - { priority: 1, action: aws:pass, match: { protocols: [tcp] } }\n',
      'good.json': '{ "rules": [{ "priority": 2, "action": ["aws:pass", "seen"] }] }',
      'bad.yaml':
        'defalt: aws:drop\nrules:\n  - { priority: 1, action: aws:pass, match: { protocol: [tcp] } }\n',
      'worse.yaml': 'rules:\n  - priority: 70000\n    action: aws:pss\n',
      'empty.yaml': '',
    }
    withFiles(files, (folder) => {
      expect(loadStateless(join(folder, 'good.yaml')).default).to.equal('aws:drop')
      expect(loadStateless(join(folder, 'good.json')).rules).to.have.length(1)
      const bad = refusal(() => loadStateless(join(folder, 'bad.yaml'))).split('\n')
      expect(bad[0]).to.match(
        /bad\.yaml:1:1: "defalt" is not a key of this mapping\. Did you mean "default"\?$/,
      )
      expect(bad[1]).to.match(/bad\.yaml:3:47: "protocol" is not a key of this mapping\./)
      const worse = refusal(() => loadStateless(join(folder, 'worse.yaml'))).split('\n')
      expect(worse.map((line) => /worse\.yaml:(\d+:\d+)/.exec(line)?.[1])).to.deep.equal(['2:15', '3:13'])
      expect(refusal(() => loadStateless(join(folder, 'empty.yaml')))).to.match(
        /empty\.yaml:1:1: .*a mapping is expected/,
      )
      expect(refusal(() => loadStateless(join(folder, 'none.yaml')))).to.match(/none\.yaml cannot be read/)
      writeFileSync(join(folder, 'broken.yaml'), 'rules: [')
      expect(refusal(() => loadStateless(join(folder, 'broken.yaml')))).to.match(/broken\.yaml:\d+:\d+: /)
    })
  })
})
