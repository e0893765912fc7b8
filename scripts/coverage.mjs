// `npm run coverage`: branches of what reads captures, frames and run logs that the tests take; fails below what .c8rc.json asks for.
// Programs that tests start are not counted: they run other texts of the same files, whose places would be taken for those of ours.
import { spawnSync } from 'node:child_process'

const DROP = 'data:text/javascript,delete process.env.NODE_V8_COVERAGE'
const TESTS = [
  'harness/capture/*.test.ts',
  'harness/wire/**/*.test.ts',
  'harness/log/*.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/fuzz/regressions.test.ts',
]
const { status } = spawnSync(
  'c8',
  [
    process.execPath,
    ...['--enable-source-maps', '--import', './scripts/lib/types-off.mjs', '--import', DROP],
    'node_modules/mocha/bin/mocha.js',
    ...['--no-config', '--timeout', '120000', '--reporter', 'dot'],
    ...TESTS,
  ],
  // So many inputs reach every branch that more of them do.
  { env: { FLOWBREAK_FUZZ: '400', ...process.env }, stdio: 'inherit' },
)
process.exitCode = status ?? 1
