// A stateful firewall that speaks to flowbreak in lines of JSON, and may be made to do something else at any point.
import { createInterface } from 'node:readline'

const SYN = 2
const ACK = 16

const CAPABILITIES = {
  clock: 'virtual',
  clockScale: 1,
  reactive: true,
  hosts: 2,
  folding: 'one',
  families: ['ipv4'],
  policies: ['drop'],
  sharing: ['none'],
  events: ['drain', 'crash', 'restore'],
  observes: ['verdict', 'counters'],
  profiles: ['aws-nfw'],
  features: [],
}
const HELLO = { protocol: 1, name: 'firewall', version: '1', capabilities: CAPABILITIES }

/**
 * @typedef {{ packet?: number, event?: string, host: string, frame: string, time: number, flow: number, direction: string, role: string }} Step
 * @typedef {{ packet: number, verdict: string, by?: string }} Observation
 * @typedef {{
 *   request?: (request: { type: string }) => void,
 *   step?: (step: Step) => void,
 *   decidedBy?: (host: string) => string,
 *   observe?: (observation: Observation, step: Step) => Observation[],
 * }} Lie
 */

/**
 * Answers until its input ends.
 * @param {Lie} lie what it does beside or instead
 */
export async function serve({
  request: heard,
  step: stepped,
  decidedBy = (host) => host,
  observe = (one) => [one],
}) {
  /** @type {string[]} */
  let hosts = []
  /** @type {Map<string, Set<string>>} */
  let tables = new Map()
  /** @param {{ type: string, setup?: { hosts: string[] }, steps?: Step[] }} request */
  const answer = (request) => {
    const { type, setup, steps = [] } = request
    if (setup !== undefined) hosts = setup.hosts
    if (type === 'prepare' || type === 'reset') tables = new Map(hosts.map((name) => [name, new Set()]))
    if (type === 'hello') return HELLO
    if (type === 'counters') return { counters: hosts.map(() => ({})) }
    return type === 'steps' ? { observations: steps.flatMap(take) } : {}
  }
  /** @param {Step} step */
  const take = (step) => {
    stepped?.(step)
    if (step.event === 'crash') tables.get(step.host)?.clear()
    if (step.packet === undefined) return []
    const host = decidedBy(step.host)
    const verdict = verdictOf(Buffer.from(step.frame, 'base64'), tables.get(host) ?? new Set())
    return observe({ packet: step.packet, verdict, by: host }, step)
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    heard?.(request)
    process.stdout.write(`${JSON.stringify({ type: request.type, ...answer(request) })}\n`)
  }
}

/**
 * @param {Buffer} frame Ethernet, IPv4
 * @param {Set<string>} table
 */
function verdictOf(frame, table) {
  if (frame[23] !== 6) return 'forward'
  const tcp = 14 + ((frame[14] ?? 0) & 15) * 4
  const ends = [frame.toString('hex', 26, 30), frame.toString('hex', 30, 34)]
  const ports = [frame.readUInt16BE(tcp), frame.readUInt16BE(tcp + 2)]
  const key = ends
    .map((end, at) => `${end}:${ports[at]}`)
    .sort()
    .join(' ')
  if (((frame[tcp + 13] ?? 0) & (SYN | ACK)) === SYN) table.add(key)
  return table.has(key) ? 'forward' : 'drop'
}
