// Plays the tests in two mocha processes side by side: half of what they take is waiting for the engines beside ours. (mocha's own
// parallel mode loads some modules twice in a worker, so that an error's class is not itself.) Ends with `N passed, N failed`.
import { spawn } from 'node:child_process'

const COUNTS = /^(\d+) passed, (\d+) failed$/m
const PARTS = ['1', '2']

/**
 * One part: what it says, at once or, for the second, when the first has ended.
 *
 * @param {string} part
 * @returns {Promise<{ part: string; text: string; code: number | null }>}
 */
function play(part) {
  const child = spawn('mocha', process.argv.slice(2), {
    env: { ...process.env, FLOWBREAK_TEST_PART: part },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk) => {
    text += chunk
    if (part === PARTS[0]) process.stdout.write(chunk)
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ part, text, code }))
  })
}

const played = await Promise.all(PARTS.map(play))
let passed = 0
let failed = 0
for (const { part, text, code } of played) {
  if (part !== PARTS[0]) process.stdout.write(text)
  const counts = COUNTS.exec(text)
  if (counts === null)
    process.stdout.write(`Part ${part} of the tests ended with ${code} before it counted.\n`)
  passed += Number(counts?.[1] ?? 0)
  // A part that broke is a failure, whatever it counted.
  failed += Number(counts?.[2] ?? 0) || (code === 0 ? 0 : 1)
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
