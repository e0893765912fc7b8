// Plays the parts of the tests in three lanes side by side, a mocha process each: much of what they take is waiting for the engines beside
// ours. (mocha's own parallel mode loads some modules twice in a worker, so that an error's class is not itself.) Ends with
// `N passed, N failed`.
import { spawn } from 'node:child_process'
import parts from './test-parts.cjs'

const COUNTS = /^(\d+) passed, (\d+) failed$/m
const shared = Object.keys(parts.SHARED)
/** What the other lanes have said while the first one speaks. */
let waiting = ''
let passed = 0
let failed = 0

/**
 * Plays one part and counts what it comes to. It speaks at once, or when a part of the first lane has ended.
 *
 * @param {string} part
 * @param {boolean} isLive
 * @returns {Promise<void>}
 */
function play(part, isLive) {
  const began = performance.now()
  const child = spawn('mocha', process.argv.slice(2), {
    env: { ...process.env, FLOWBREAK_TEST_PART: part },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk) => {
    text += chunk
    if (isLive) process.stdout.write(chunk)
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      const counts = COUNTS.exec(text)
      passed += Number(counts?.[1] ?? 0)
      // A part that broke is a failure, whatever it counted.
      failed += Number(counts?.[2] ?? 0) || (code === 0 ? 0 : 1)
      const took = `${((performance.now() - began) / 1000).toFixed(0)} s`
      const end =
        counts === null
          ? `Part ${part} of the tests ended with ${code} before it counted.\n`
          : `Part ${part} of the tests took ${took}.\n`
      if (isLive) process.stdout.write(end + waiting)
      else waiting += text + end
      if (isLive) waiting = ''
      done()
    })
  })
}

/**
 * Plays the parts of one lane, and then of what all share, until nothing is left.
 *
 * @param {readonly string[]} own
 * @param {boolean} isLive
 */
async function playAll(own, isLive) {
  for (const part of own) await play(part, isLive)
  for (let part = shared.shift(); part !== undefined; part = shared.shift()) await play(part, isLive)
}

await Promise.all(parts.LANES.map((lane, index) => playAll(Object.keys(lane), index === 0)))
process.stdout.write(`${waiting}${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
