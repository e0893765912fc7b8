import { parseRules } from '../../../harness/engine/rules/parse.ts'
import { RuleSet } from '../../../harness/engine/rules/rule-set.ts'
import type { Surface } from '../kit/fuzz.ts'
import type { Random } from '../kit/random.ts'
import { damageText, smallerText } from '../kit/text.ts'
import { demand, errorProblem } from '../kit/told.ts'

const ACTIONS = ['pass', 'drop', 'reject', 'alert']
const PROTOCOLS = ['ip', 'tcp', 'tcp-pkt', 'tcp-stream', 'udp', 'icmp', 'http', 'tls', 'ssh', 'dns']
const ADDRESSES = [
  'any',
  '192.0.2.0/24',
  '!192.0.2.10',
  '[192.0.2.10,198.51.100.0/24]',
  '[10.0.0.0/8,![10.1.0.0/16,10.2.0.1]]',
  '2001:db8::/32',
  '[::1,!2001:db8::10]',
  '::ffff:192.0.2.1',
  '$HOME_NET',
]
const PORTS = ['any', '80', '!80', '1024:', ':1024', '6000:6010', '[80,443]', '[1:1024,!22,![53,80:90]]']
const OPTIONS = [
  'flags:S',
  'flags:!SA,CE',
  'flags:+FR*',
  'flow:established,to_server',
  'flow:not_established',
  'flow:stateless,from_server',
  'flowbits:set,seen',
  'flowbits:isset,seen|known',
  'flowbits:isnotset,seen',
  'flowbits:noalert',
  'content:"GET |20|/"; nocase',
  'content:!"a\\"b\\\\"; offset:3; depth:40',
  'content:"|16 03|"; startswith',
  'content:"xyz"; distance:-4; within:2000',
  'content:"host"; endswith; fast_pattern',
  'http.host; content:"example.com"',
  'http.uri; content:"/a"; startswith; content:"b"; distance:0',
  'http.method; content:"GET"',
  'tls.sni; content:"example.org"; nocase; endswith',
  'dns.query; content:"example"',
  'ssh.proto; content:"2.0"',
  'classtype:trojan-activity',
  'priority:7',
  'rev:3',
  'metadata:any thing at all',
  'reference:url,example.com/a',
  'noalert',
  'msg:"what it \\"says\\"\\; here"',
]
const WORDS = [
  ...ACTIONS,
  ...PROTOCOLS,
  ...ADDRESSES,
  ...PORTS,
  ...OPTIONS,
  '->',
  '<>',
  'sid:1;',
  '[[[[',
  '!!!!',
  '|41|',
]

/** Rules in Suricata's language: read, and made ready to be matched. */
export function rulesSurface(): Surface<string> {
  return {
    name: 'rules',
    make(random) {
      const lines = [ruleOf(random, 1)]
      while (random.oneIn(4)) lines.push(ruleOf(random, lines.length + 1))
      const text = lines.join('\n')
      return random.oneIn(10) ? text : damageText(random, text, WORDS)
    },
    check(text) {
      let rules: ReturnType<typeof parseRules>
      try {
        rules = parseRules(text.split('\n'))
      } catch (thrown) {
        const problem = errorProblem(thrown, ['ERR_RULE'])
        demand(problem === undefined, problem ?? '')
        return false
      }
      for (const { sid, rev, priority, flow, sourcePorts, destinationPorts, source, destination } of rules) {
        demand(sid >= 1 && sid <= 4_294_967_294 && Number.isInteger(rev), `sid ${sid}, rev ${rev}`)
        demand(priority >= 1 && priority <= 255, `priority ${priority}`)
        demand(
          flow === undefined || [true, false, undefined].includes(flow.toServer),
          `flow ${flow?.toServer}`,
        )
        for (const ports of [sourcePorts, destinationPorts])
          demand(
            (ports ?? []).every((port, at) => port >= (ports?.[at - 1] ?? 0) && port <= 65_535),
            `ports ${ports}`,
          )
        for (const addresses of [source, destination])
          for (const size of [4, 16] as const) {
            let behind = 0n
            for (const { first, last } of addresses.stretches(size)) {
              // Two may touch: ranges are cut wherever a rule names one of their ends.
              demand(first >= behind && last >= first, `addresses ${first} to ${last} behind ${behind}`)
              behind = last + 1n
            }
            demand(behind <= 1n << BigInt(size * 8), `addresses to ${behind}`)
          }
      }
      const set = new RuleSet(rules, 'action')
      demand(
        set.signatures.length >= rules.length,
        `${set.signatures.length} signatures of ${rules.length} rules`,
      )
      return true
    },
    smaller: smallerText,
    show: (text) => JSON.stringify(text),
  }
}

function ruleOf(random: Random, sid: number): string {
  const options = Array.from({ length: random.below(4) }, () => `${random.pick(OPTIONS)}; `)
  const header = [
    random.pick(ACTIONS),
    random.pick(PROTOCOLS),
    random.pick(ADDRESSES),
    random.pick(PORTS),
    random.oneIn(3) ? '<>' : '->',
    random.pick(ADDRESSES),
    random.pick(PORTS),
  ]
  return `${header.join(' ')} (${options.join('')}sid:${sid};)`
}
