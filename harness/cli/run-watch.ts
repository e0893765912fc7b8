import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { screenOf } from '../report/screen.ts'
import { storyText } from '../report/story/text.ts'
import { loadSuites } from '../run/suites.ts'
import { StoryWatch } from '../run/watch/story-watch.ts'
import { type Doing, LOG_LEVELS, type Watch } from '../run/watch/watch.ts'
import { watchedTarget } from '../run/watch/watched-target.ts'
import { asWord, notAWord } from '../suite/words.ts'
import { asFlowbreakError, FlowbreakError } from '../support/errors.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import type { Configured } from './configured.ts'
import { print } from './output.ts'
import type { RunChoices } from './run-command.ts'
import { PLACES, version } from './version.ts'

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`. */
const ADDRESS = /^(?:(.+):)?(\d{1,5})$/
const LOOPBACK = '127.0.0.1'

type Closer = () => Promise<void>

/** All watches of a run; without such options there are none, and nothing is spent on them. */
export interface RunWatch extends AsyncDisposable, Watch {
  /** Whether there are any. */
  readonly isOn: boolean
  /** A target by its name, with taps for the story if that is asked for. */
  readonly target: (name: string) => Promise<Target>
}

/**
 * Opens what `--metrics`, `--log` and `--trace` ask for. Disposal writes the rest and prints the
 * story. Throws ERR_METRICS, ERR_LOG_FILE, ERR_USAGE.
 */
export async function openWatch(options: RunChoices, config: Configured): Promise<RunWatch> {
  const closers: Closer[] = []
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each()
  }
  const watches: Watch[] = []
  try {
    const story = options.trace === undefined ? undefined : new StoryWatch()
    if (story !== undefined) {
      watches.push(story)
      closers.push(async () => print(storiesText(story, options.json === true)))
    }
    if (options.log !== undefined || options.logLevel !== undefined)
      watches.push(await journalOf(options, config))
    if (options.metrics !== undefined) watches.push(await metricsOf(options.metrics, closers))
    const told = (doing: Doing) => {
      for (const watch of watches) watch.told(doing)
    }
    return {
      take: (event: RunEvent) => {
        for (const watch of watches) watch.take(event)
      },
      told,
      isOn: watches.length > 0,
      target: async (name) => {
        const isOwn = story !== undefined && name === 'reference' && !config.targets.includes(name)
        const target = isOwn
          ? new ReferenceTarget(version(), { entry: (index, words) => story.entry(index, words) })
          : await config.target(name)
        if (watches.length === 0) return target
        return watchedTarget(target, {
          told,
          observed: story && ((batch) => story.observed(batch)),
          cleared: story && (() => story.cleared()),
        })
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

async function journalOf({ log, logLevel = 'info' }: RunChoices, { secrets }: Configured): Promise<Watch> {
  const level = asWord(LOG_LEVELS, logLevel)
  if (level === undefined)
    throw new FlowbreakError('ERR_USAGE', `--log-level: ${notAWord(logLevel, 'a level', LOG_LEVELS)}`)
  const { Journal } = await import('../run/watch/journal.ts')
  return new Journal({ file: log, level, hide: (value) => secrets.hide(value), warn })
}

/**
 * The one case that `--trace` means: its name, or else a part of it that only one case has. Throws ERR_USAGE for several, and
 * ERR_NOTHING_MATCHED for none.
 */
export function tracedCase(cases: readonly Case[], word: string | undefined): readonly Case[] {
  if (word === undefined) return cases
  const exact = cases.filter(({ name }) => name === word)
  const [first, ...others] = exact.length > 0 ? exact : cases.filter(({ name }) => name.includes(word))
  if (first === undefined)
    throw new FlowbreakError(
      'ERR_NOTHING_MATCHED',
      `--trace: None of ${cases.length} cases is called ${word}: flowbreak suite list names them.`,
    )
  if (others.length > 0)
    throw new FlowbreakError(
      'ERR_USAGE',
      `--trace takes one case, and ${others.length + 1} are called like ${word}, as ${first.name}: name one whole.`,
    )
  return [first]
}

/** The suite that the full name of a case begins with, so that no others need be read; undefined: none. */
export function tracedSuite(word: string | undefined): readonly string[] | undefined {
  const words = word?.split('/') ?? []
  for (let length = words.length - 1; length > 0; length--) {
    const name = words.slice(0, length).join('/')
    try {
      if (loadSuites([name], PLACES).some(({ cases }) => cases.some((test) => test.name === word)))
        return [name]
    } catch (thrown) {
      if (asFlowbreakError(thrown)?.code !== 'ERR_SUITE_NOT_FOUND') throw thrown
    }
  }
  return undefined
}

const HIGHEST_PORT = 65_535

/** A server for an address with a port, else a file. */
async function metricsOf(where: string, closers: Closer[]): Promise<Watch> {
  const { RunMetrics } = await import('../run/watch/metrics.ts')
  const metrics = new RunMetrics()
  const [, host = LOOPBACK, port] = ADDRESS.exec(where) ?? []
  if (Number(port) <= HIGHEST_PORT) {
    const { serveMetrics } = await import('../run/watch/metrics-server.ts')
    const server = await serveMetrics(metrics, host.replace(/^\[(.*)\]$/, '$1'), Number(port))
    closers.push(async () => server[Symbol.asyncDispose]())
    process.stderr.write(`metrics: ${server.url}\n`)
  } else if (where.endsWith('.prom')) {
    const { keepMetrics } = await import('../run/watch/metrics-file.ts')
    const kept = await keepMetrics(metrics, where, warn)
    closers.push(async () => kept[Symbol.asyncDispose]())
  } else
    throw new FlowbreakError(
      'ERR_USAGE',
      `--metrics takes a port, an address with a port, or a file that ends in .prom, not ${where}.`,
    )
  return metrics
}

function storiesText({ stories, skipped }: StoryWatch, json: boolean): string {
  for (const sentence of skipped) process.stderr.write(`${sentence}\n`)
  if (json) return stories.map(({ story }) => `${JSON.stringify(story)}\n`).join('')
  const screen = screenOf(process.stdout, process.env)
  return stories.map(({ story, finished }) => storyText(story, finished, screen)).join('\n')
}

function warn(sentence: string): void {
  process.stderr.write(`flowbreak: ${sentence}\n`)
}
