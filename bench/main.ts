import { table } from 'table'
import { messageOf } from '../harness/support/errors.ts'
import { measureAnonymise } from './anonymise.ts'
import { chosen } from './choice.ts'
import { measureFormats } from './formats.ts'
import { heavyCases, manyCases } from './large.ts'
import { runOnce } from './measure.ts'
import { measureQueue } from './queue.ts'
import { cases, gaps, large, suricata, sweep } from './rows/cases.ts'
import { report, start } from './rows/command.ts'
import { flood, growth, replay, rules, stream } from './rows/packets.ts'
import { geneve, live, store } from './rows/roads.ts'
import { capture, FLOWBREAK, type Row } from './rows/row.ts'
import { measureShrink, SHRUNK_PACKETS } from './shrink.ts'
import { measureWorkers } from './workers.ts'

/**
 * The figures that the project aims at, each beside its real peer, whole processes in turn, medians of five.
 * `npm run bench [name…]`: those of these names; all without names.
 */
const BENCHES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  replay,
  rules,
  growth,
  flood,
  cases,
  start,
  store,
  geneve,
  live,
  suricata,
  gaps,
  formats: () => measureFormats(FLOWBREAK),
  report,
  shrink: async () => measureShrink(FLOWBREAK, await capture('plain', SHRUNK_PACKETS, 1)),
  anonymise: async () => measureAnonymise(FLOWBREAK, await capture('plain', 1_000_000, 20_000), 1_000_000),
  sweep,
  large,
  stream,
  queue: () => measureQueue(FLOWBREAK, manyCases(10_000), 10_000),
  workers: async () =>
    measureWorkers(FLOWBREAK, [
      { what: '10000 cases of 26 packets', suite: manyCases(10_000) },
      { what: '10000 cases of 2000 packets', suite: heavyCases(10_000, await capture('plain', 2000, 1)) },
    ]),
}

// Whoever sets it has Node read every certificate of the machine before each program: more than the start of any program here.
delete process.env.NODE_EXTRA_CA_CERTS
const names = chosenOrExit(process.argv.slice(2))
runOnce({ command: process.execPath, args: [FLOWBREAK, '--version'] })
const rows: Row[] = []
for (const [name, bench] of Object.entries(BENCHES)) {
  if (!names.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await bench()))
}
process.stdout.write(
  table(
    [
      ['what', 'flowbreak', 'beside', 'figure', 'aim'],
      ...rows.map(({ what, ours, peer, figure, aim }) => [what, ours, peer, figure, aim]),
    ],
    {
      columns: [
        { width: 34, wrapWord: true },
        { width: 40, wrapWord: true },
        { width: 24, wrapWord: true },
      ],
    },
  ),
)

/** The names that were asked for; ends with exit code 2, before anything is measured, where one is unknown. */
function chosenOrExit(asked: readonly string[]): readonly string[] {
  try {
    return chosen(asked, Object.keys(BENCHES))
  } catch (thrown) {
    process.stderr.write(`bench: ${messageOf(thrown)}\n`)
    process.exit(2)
  }
}
