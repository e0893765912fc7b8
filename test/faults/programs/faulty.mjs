// A firewall with a fault: `node faulty.mjs FAULT [MOMENT]`; without one it is healthy. Its process id is left in the folder PIDS.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from './firewall.mjs'

const [fault = 'none', moment = ''] = process.argv.slice(2)
if (process.env.PIDS !== undefined) writeFileSync(join(process.env.PIDS, `${process.pid}`), fault)

/** @type {Map<string, string>} */
const cache = new Map()

/** @type {Record<string, import('./firewall.mjs').Lie>} */
const LIES = {
  none: {},
  'forwards everything': { observe: (one) => [{ ...one, verdict: 'forward' }] },
  'drops everything but controls': {
    // Datagrams that are controls; a reset that is one is to be dropped.
    observe: (one, { role }) => [{ ...one, verdict: role === 'control' ? one.verdict : 'drop' }],
  },
  'answers from a cache': {
    observe: (one, { flow, direction, role }) => {
      if (role === 'control') return [one]
      const verdict = cache.get(`${flow} ${direction}`) ?? one.verdict
      cache.set(`${flow} ${direction}`, verdict)
      return [{ ...one, verdict }]
    },
  },
  'mutes one direction': {
    observe: (one, { direction }) => [direction === 's2c' ? { ...one, verdict: 'drop' } : one],
  },
  'mutes one direction after calibration': {
    observe: (one, { direction }) => [direction === 's2c' && replays > 1 ? { ...one, verdict: 'drop' } : one],
  },
  'swaps two hosts': { decidedBy: (host) => (host === 'fw-a' ? 'fw-b' : 'fw-a') },
  duplicates: { observe: (one) => [one, one] },
  dies: stoppingAt(() => process.exit(1)),
  freezes: stoppingAt(() => process.kill(process.pid, 'SIGSTOP')),
}

/** Timelines so far: the first is the calibration. */
let replays = 0

/**
 * @param {() => void} stop
 * @returns {import('./firewall.mjs').Lie}
 */
function stoppingAt(stop) {
  let probes = 0
  let last = Number.POSITIVE_INFINITY
  /** @param {string} now */
  const reached = (now) => {
    if (replays > 1 && now === moment) stop()
  }
  return {
    request: ({ type }) => {
      if (type === 'replay') reached('before')
      if (type === 'end') reached('after')
    },
    step: ({ event, role, time }) => {
      if (event !== undefined) return reached('swap')
      if (replays > 1 && role === 'probe' && ++probes === 5) reached('between')
      if (time - last > 60) reached('gap')
      last = time
    },
  }
}

const lie = LIES[fault]
if (lie === undefined) throw new Error(`no fault ${fault}`)
await serve({
  ...lie,
  request: (request) => {
    if (request.type === 'replay') replays++
    lie.request?.(request)
  },
})
