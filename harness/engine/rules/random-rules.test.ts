import { chance, pick, type Roll } from '../conversations/random.test.ts'
import { parseRule } from './parse.ts'

/** What random rules are made of: what the packets have that they are to be asked about. */
export interface RuleMaterial {
  readonly addresses: readonly string[]
  readonly ports: readonly number[]
  /** Of packets. */
  readonly payloads: readonly Uint8Array[]
}

const PROTOCOLS = [
  'tcp',
  'tcp',
  'tcp',
  'udp',
  'ip',
  'icmp',
  'tcp-pkt',
  'tcp-stream',
  'http',
  'tls',
  'ssh',
  'dns',
]
const FLOWS = [
  'established',
  'not_established',
  'stateless',
  'to_server',
  'to_client',
  'established,to_server',
  'established,to_client',
  'stateless,to_client',
  'not_established,to_server',
  'stateless,to_server',
  'not_established,to_client',
]
const FLAGS = [
  'S',
  'SA',
  'A',
  'PA',
  'FA',
  'R',
  '0',
  '+A',
  'P+',
  '*SF',
  '*FR',
  '*AU',
  '!A',
  '!S',
  '!F',
  '!P',
  '!U',
  '+SA',
  '!SA',
  'A,P',
  'FA,P',
  'S,12',
  'SA,CE',
  '+F',
  '!0',
  'UAP',
  '+R',
  'P',
  'F',
  '*SFRU',
  '!SFRPAU',
  '+S,A',
  '!FA,P',
]
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'http.method': ['GET', 'POST', 'G', 'T', 'EAD', 'PUT', 'get'],
  'http.uri': ['/', '/a', 'a', 'b', '?', 'x', '.', '..', '1', '/2', 'next', '/1'],
  'http.host': ['a', '.', 'example', 'b.example', 'e', 'flowbreak', '1', 'a.example'],
  'tls.sni': ['a', '.', 'example', 'A', 'flowbreak', 'e', 'test', 'b.'],
  'dns.query': ['a', '.', 'example', 'A', 'flowbreak', 'e', 'com', 'b.'],
  'ssh.proto': ['2.0', '2', '.', '1', '0', '1.99', '2.00'],
}
const KEYWORDS = Object.keys(WORDS)
/** Bits that rules with buffers change are asked for by none that looks for content (docs/rules.md says why). */
const BITS = ['one', 'two']

/** So many rules, sids 1 and on, that the engine reads. */
export function randomRules(
  roll: Roll,
  count: number,
  material: RuleMaterial,
  actions: readonly string[],
): string[] {
  const rules: string[] = []
  for (let tries = 0; rules.length < count && tries < count * 50; tries++) {
    const rule = randomRule(roll, rules.length + 1, material, pick(roll, actions))
    if (isRead(rule)) rules.push(rule)
  }
  return rules
}

/** Whether the engine takes the rule. */
export function isRead(rule: string): boolean {
  try {
    parseRule(rule, '')
    return true
  } catch {
    return false
  }
}

function randomRule(roll: Roll, sid: number, material: RuleMaterial, action: string): string {
  const protocol = pick(roll, PROTOCOLS)
  const options: string[] = []
  const ofApp = KEYWORDS.filter((keyword) => keyword.startsWith(`${protocol}.`))
  const anyApp = protocol === 'tcp' || protocol === 'ip'
  if (chance(roll, 35)) options.push(`flow:${pick(roll, FLOWS)}`)
  const buffered = ofApp.length > 0 ? chance(roll, 70) : anyApp && chance(roll, 12)
  if (buffered) options.push(...buffers(roll, ofApp.length > 0 ? ofApp : KEYWORDS))
  else if (chance(roll, 50))
    options.push(...contents(roll, pick(roll, material.payloads), protocol === 'icmp'))
  if (!buffered && chance(roll, 25)) options.push(`flags:${pick(roll, FLAGS)}`)
  while (chance(roll, 20)) options.push(`flowbits:${flowbits(roll, buffered)}`)
  // Suricata's own packets, which are in no capture, have no flags; they would toggle bits too.
  if (
    options.some((option) => option.includes('toggle')) &&
    !options.some((option) => option.startsWith('flags'))
  )
    options.push('flags:PA')
  if (chance(roll, 20)) options.push(`priority:${1 + roll(4)}`)
  if (chance(roll, 8)) options.push('noalert')
  options.push(`sid:${sid}`)
  const end = () => `${address(roll, material)} ${port(roll, material)}`
  return `${action} ${protocol} ${end()} ${chance(roll, 15) ? '<>' : '->'} ${end()} (${options.join('; ')};)`
}

function address(roll: Roll, { addresses }: RuleMaterial): string {
  const one = () => {
    const host = pick(roll, addresses)
    const most = host.includes(':') ? 128 : 32
    return chance(roll, 50) ? host : `${host}/${Math.max(0, most - roll(most + 8))}`
  }
  const signed = () => (chance(roll, 30) ? `!${one()}` : one())
  if (chance(roll, 80)) return 'any'
  if (chance(roll, 50)) return signed()
  const list = [signed(), signed(), signed()].slice(0, 1 + roll(3)).join(',')
  return `${chance(roll, 20) ? '!' : ''}[${list}]`
}

function port(roll: Roll, { ports }: RuleMaterial): string {
  const one = () => {
    const at = pick(roll, ports)
    return pick(roll, [
      `${at}`,
      `${at}`,
      `${at}:`,
      `:${at}`,
      `${Math.max(0, at - roll(9))}:${Math.min(65_535, at + roll(9))}`,
    ])
  }
  const signed = () => (chance(roll, 30) ? `!${one()}` : one())
  if (chance(roll, 80)) return 'any'
  if (chance(roll, 50)) return signed()
  return `[${[signed(), signed()].join(',')}]`
}

function flowbits(roll: Roll, buffered: boolean): string {
  const bits = buffered ? ['buffered'] : BITS
  return pick(roll, [
    () => `set,${pick(roll, bits)}`,
    () => `set,${pick(roll, bits)}`,
    () => `unset,${pick(roll, bits)}`,
    () => `toggle,${pick(roll, bits)}`,
    () => `isset,${pick(roll, bits)}`,
    () => `isnotset,${pick(roll, bits)}`,
    () => `isset,${bits.join('|')}`,
    () => `isnotset,${bits.join('|')}`,
    () => 'noalert',
  ])()
}

/** Contents that stand in a payload one behind the other, or nearly so, each with its modifiers. */
function contents(roll: Roll, payload: Uint8Array, anywhere: boolean): string[] {
  const found: string[] = []
  let end = 0
  for (let count = 1 + roll(3); count > 0; count--) {
    const at = Math.min(end + roll(anywhere ? 40 : 12), Math.max(0, payload.length - 1))
    const from = chance(roll, 15) ? roll(payload.length) : at
    const bytes = payload.subarray(from, from + 1 + roll(chance(roll, 60) ? 3 : 9))
    if (bytes.length === 0) break
    found.push(...content(roll, bytes, from, end, found.length > 0, payload.length))
    end = from + bytes.length
  }
  return found
}

function content(
  roll: Roll,
  bytes: Uint8Array,
  at: number,
  end: number,
  follows: boolean,
  size: number,
): string[] {
  const nocase = chance(roll, 25)
  const shown =
    nocase && chance(roll, 50) ? bytes.map((byte) => (isLetter(byte) ? byte ^ 0x20 : byte)) : bytes
  const hex = Buffer.from(shown).toString('hex').replace(/..\B/g, '$& ')
  const options = [`content:${chance(roll, 25) ? '!' : ''}"|${hex}|"`]
  if (nocase) options.push('nocase')
  const near = (number: number) => number + (chance(roll, 70) ? 0 : roll(7) - 3)
  const kind = roll(follows ? 9 : 6)
  if (kind === 0) options.push(`offset:${Math.max(0, near(at))}`)
  if (kind === 1) options.push(`depth:${Math.max(bytes.length, near(at + bytes.length))}`)
  if (kind === 2) options.push(`offset:${Math.max(0, near(at))}`, `depth:${bytes.length + roll(4)}`)
  if (kind === 3 && chance(roll, 40)) options.push('startswith')
  if (kind >= 6 || (kind === 5 && chance(roll, 30))) {
    if (kind !== 7) options.push(`distance:${Math.max(-end, near(at - end))}`)
    if (kind !== 8) options.push(`within:${Math.max(bytes.length, near(at - end + bytes.length))}`)
  }
  if (at + bytes.length === size ? chance(roll, 60) : chance(roll, 5)) options.push('endswith')
  if (chance(roll, 12)) options.push('fast_pattern')
  return options
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

function buffers(roll: Roll, keywords: readonly string[]): string[] {
  const first = pick(roll, keywords)
  const family = KEYWORDS.filter((keyword) => keyword.split('.')[0] === first.split('.')[0])
  const chosen = family.filter((keyword) => keyword === first || chance(roll, 25))
  return chosen.flatMap((keyword) => {
    const words = WORDS[keyword] ?? []
    const value = pick(roll, words)
    const options = content(
      roll,
      Uint8Array.from(Buffer.from(value)),
      roll(3),
      0,
      false,
      chance(roll, 50) ? value.length : -1,
    )
    if (chance(roll, 20))
      options.push(
        `content:"${pick(roll, words)}"`,
        ...pick(roll, [[], ['distance:0'], ['within:9'], ['nocase']]),
      )
    return [
      keyword,
      ...options.map((option) =>
        keyword === 'http.host' ? option.replace('nocase', 'fast_pattern') : option,
      ),
    ]
  })
}
