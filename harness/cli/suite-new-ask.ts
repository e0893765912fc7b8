import { existsSync } from 'node:fs'
import { intro, outro } from '@clack/prompts'
import { type Draft, draftCases, policiesOf, suiteNameOf } from '../author/scaffold/draft.ts'
import { flowSizes, flowWords, propose } from '../author/scaffold/propose.ts'
import { writeDraft } from '../author/scaffold.ts'
import { getProfile, profileNames } from '../profile/index.ts'
import { readingOf } from '../profile/reading.ts'
import { screenOf } from '../report/screen.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { loadRecorded, type Recorded } from '../timeline/recorded.ts'
import { agree, choose, chooseSome, say, write } from './ask.ts'
import { endpointsOf, setupInputOf } from './setup-options.ts'
import { askForBreaks } from './suite-new-breaks.ts'
import { flowsOf, type NewOptions, printWritten, suiteFileOf, writtenWith } from './suite-new-options.ts'
import { review } from './suite-new-review.ts'

/** Most flows to choose from; of more, the largest. */
const MOST_FLOWS = 100

/** Asks for what the options leave open, shows the results, writes the suite; returns its file if it is to be played now. */
export async function askForSuite(
  capture: string,
  options: NewOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const columns = Math.min(100, screenOf(process.stdout, process.env).columns)
  intro(`A new suite about ${capture}`)
  const { policy: wanted, ...given } = await setupInputOf(options)
  const setup: SetupInput = given.profile === undefined ? { ...given, profile: await askForProfile() } : given
  const able = policiesOf(
    setup,
    wanted?.split(',').map((word) => word.trim()),
  )
  const made = makeSetup({ ...setup, policy: able[0] })
  const recorded = await loadRecorded(capture, readingOf(made))
  const flows =
    options.flow === undefined ? await askForFlows(recorded) : await flowsOf(capture, options.flow, made)
  const policies =
    wanted !== undefined || able.length === 1
      ? able
      : await chooseSome(
          'Under which stream exception policies?',
          able.map((value) => ({ value, label: value })),
          able,
        )
  const draft: Draft = {
    suite: options.name ?? suiteNameOf(capture),
    title: '',
    capture,
    setup,
    policies,
    cases: [],
    endpoints: endpointsOf(options.endpoints),
  }
  const breaks = await askForBreaks({ recorded, flows, draft, columns, signal })
  const title =
    options.title ??
    (await write(
      'What is the suite about?',
      `What becomes of the connections of ${draft.suite} when they break`,
      notEmpty,
    ))
  const file = options.output ?? (await askForFile(draft.suite))
  const replace = options.force === true || (await mayReplace(file))
  const whole = { ...draft, title, cases: draftCases(flows, breaks) }
  const proposals = await propose(whole, signal)
  const isNow = await agree('Review what the reference proposes now? It can be done in the file later.')
  const reviewed = isNow ? await review(proposals, columns) : proposals
  const written = await writeDraft({
    ...writtenWith(options, file),
    draft: whole,
    proposals: reviewed,
    replace,
    signal,
  })
  const plays = await agree(`${file} is written. Play it through the reference now?`)
  outro(plays ? `Playing ${file}` : `${file} is written`)
  printWritten(written, false)
  return plays ? file : undefined
}

async function askForProfile(): Promise<string> {
  return choose(
    'Whose behaviour is it held to?',
    profileNames().map((value) => ({ value, label: value.padEnd(15), hint: getProfile(value).title })),
  )
}

async function askForFlows(recorded: Recorded): Promise<readonly number[]> {
  const sizes = flowSizes(recorded)
  if (sizes.length === 0)
    throw new FlowbreakError(
      'ERR_SUITE_NEW',
      `${recorded.path} has no flows that could be broken: record a connection.`,
    )
  if (sizes.length === 1) {
    say(`It has one flow: ${flowWords(recorded, 0)}`)
    return [0]
  }
  const largest = sizes
    .map((size, flow) => ({ size, flow }))
    .sort((a, b) => b.size - a.size || a.flow - b.flow)
    .slice(0, MOST_FLOWS)
    .map(({ flow }) => flow)
  const shown = [...largest].sort((a, b) => a - b)
  const more = sizes.length - shown.length
  return chooseSome(
    `Which flows break? ${more > 0 ? `The largest of ${sizes.length}; --flow takes any.` : 'Each makes cases of its own.'}`,
    shown.map((value) => ({ value, label: `${value}  ${flowWords(recorded, value)}` })),
    largest.slice(0, 1),
  )
}

async function askForFile(suite: string): Promise<string> {
  return write('Which file?', suiteFileOf(suite), (text) => {
    notEmpty(text)
    if (!/\.ya?ml$/.test(text))
      throw new FlowbreakError('ERR_USAGE', 'The name of a suite must end in .yaml: write such a name.')
    return text
  })
}

async function mayReplace(file: string): Promise<boolean> {
  if (!existsSync(file)) return false
  if (await agree(`${file} is there already. Replace it?`, false)) return true
  throw new FlowbreakError(
    'ERR_SUITE_EXISTS',
    `${file} already exists and is not replaced: name another file with -o.`,
  )
}

function notEmpty(text: string): string {
  if (text === '') throw new FlowbreakError('ERR_USAGE', 'Write something.')
  return text
}
