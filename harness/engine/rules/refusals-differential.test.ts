import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeScratch, removeScratch } from '../../support/scratch.ts'
import { dice, pick, type Roll } from '../conversations/random.test.ts'
import { FULL } from '../cuts.test.ts'
import { isRead, randomRules } from './random-rules.test.ts'

const SEEDS = FULL ? 40 : 2
const RULES = 500
const MATERIAL = {
  addresses: ['192.0.2.1', '10.0.0.0', '2001:db8::1', '::1'],
  ports: [0, 53, 80, 443, 65_535],
  payloads: [...'GET / HTTP/1.1\r\nHost: a|echo;1|abcabc'.split('|')].map((text) => Buffer.from(text)),
}
/** What is put into rules: pieces that are whole options, list items or letters with a meaning. */
const PIECES = [
  ...[...' ;:,"()[]!|\\-<>/+*0aA\t'],
  ...[
    '!!',
    '||',
    '|41|',
    ';;',
    ', ',
    ' ,',
    '[]',
    '[!',
    '0:65535',
    '!0:65535',
    '::/0',
    '!0.0.0.0/0',
    'any',
    'any,',
  ],
  ...[
    'msg:"a"; ',
    'msg:; ',
    'rev:0; ',
    'rev:2; ',
    'sid:3; ',
    'priority:2; ',
    'noalert:x; ',
    'flow:established,; ',
  ],
  ...[
    'nocase; ',
    'startswith; ',
    'endswith; ',
    'fast_pattern; ',
    'offset:1; ',
    'depth:1; ',
    'within:1; ',
    'distance:-1; ',
  ],
  ...[
    'flags:s; ',
    'flags:S,0; ',
    'flowbits:set; ',
    'metadata:; ',
    'reference:x; ',
    'classtype:; ',
    'content:"a;b"; ',
  ],
  ...['http.uri; ', 'http.host; content:"A"; ', 'tls.sni; content:"a"; ', 'content:!"a"; '],
]

/** The rule with one to three pieces taken out, put in, or moved. */
function damaged(roll: Roll, rule: string): string {
  let text = rule
  for (let times = 1 + roll(3); times > 0; times--) {
    const at = roll(text.length)
    const kind = roll(3)
    const behind = at + (kind === 0 ? 1 + roll(3) : 0)
    text = `${text.slice(0, at)}${kind === 0 ? '' : pick(roll, PIECES)}${text.slice(behind)}`
  }
  return text
}

/** Places of the rules that real Suricata refuses. */
function refusedBySuricata(rules: readonly string[]): Set<number> {
  const folder = makeScratch('rules')
  try {
    const [file, configuration] = [join(folder, 'rules'), join(folder, 'suricata.yaml')]
    writeFileSync(file, rules.map((rule) => `${rule}\n`).join(''))
    writeFileSync(configuration, '%YAML 1.1\n---\noutputs: []\nlogging: { default-log-level: error }\n')
    const { stderr, stdout } = spawnSync('suricata', ['-T', '-c', configuration, '-S', file, '-l', folder], {
      maxBuffer: 1 << 28,
    })
    const said = `${stderr.toString()}${stdout.toString()}`
    return new Set(
      [...said.matchAll(/error parsing signature .* at line (\d+)$/gm)].map((line) => Number(line[1]) - 1),
    )
  } finally {
    removeScratch(folder)
  }
}

describe('engine/rules against real Suricata: damaged rules', () => {
  for (let seed = 1; seed <= SEEDS; seed++)
    it(`seed ${seed}: what Suricata refuses is refused`, () => {
      const roll = dice(seed)
      const whole = randomRules(roll, RULES, MATERIAL, ['pass', 'drop', 'reject', 'alert'])
      // Suricata leaves out lines that begin so, and takes a backslash at the end for a line that goes on.
      const rules = [...new Set([...whole, ...whole.map((rule) => damaged(roll, rule))])].filter(
        (rule) => !/^[\s#;]|[\r\n]|\\$/.test(rule) && /sid:\d/.test(rule),
      )
      // Damage may have made two sids of one.
      const read = rules.filter(isRead).map((rule, at) => rule.replace(/sid:\d+/, `sid:${at + 1}`))
      const refused = refusedBySuricata(read)
      expect(read.filter((_, at) => refused.has(at))).to.deep.equal([])
      expect(read.length).to.be.greaterThan(whole.length)
      expect(rules.length - read.length).to.be.greaterThan(RULES / 4)
    })
})
