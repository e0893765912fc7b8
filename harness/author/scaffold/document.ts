import { basename, dirname, relative, resolve, sep } from 'node:path'
import { Document, type YAMLMap } from 'yaml'
import type { SetupInput } from '../../suite/setup/input.ts'
import { breakWords, breakYaml } from './breaks.ts'
import type { Draft } from './draft.ts'
import { expectedOf } from './expected.ts'
import type { Proposal } from './propose.ts'
import { blockList, blockMap, commentText, type Entry, inline } from './yaml-nodes.ts'

export interface WrittenWith {
  /** The suite file that it will stand in. */
  readonly file: string
  /** The JSON schema of suites. */
  readonly schema: string
  readonly version: string
  /** The profile as it was written, where it is a file of one's own. */
  readonly profileFile?: string | undefined
}

/** The text of a suite: a function of the draft, what is proposed, and where it will stand. */
export function suiteText(draft: Draft, proposals: readonly Proposal[], written: WrittenWith): string {
  const { file, schema, version } = written
  const entries: Entry[] = [
    { key: 'suite', value: inline(draft.suite) },
    { key: 'title', value: inline(draft.title) },
    {
      key: 'setup',
      comment: 'What the packets meet.',
      value: inline({ ...setupOf(draft.setup, written) }),
    },
    { key: 'matrix', value: inline({ policy: draft.policies }) },
    {
      key: 'cases',
      value: blockList(
        proposals.map((proposal) => ({
          value: caseMap(draft, proposal, version, file),
          comment: `Flow ${proposal.draft.flow < 0 ? 'all' : proposal.draft.flow}: ${proposal.flow}.`,
        })),
        true,
      ),
    },
  ]
  const document = new Document()
  document.contents = blockMap(entries) as unknown as typeof document.contents
  document.commentBefore = [
    ` yaml-language-server: $schema=${pathFrom(file, schema)}`,
    commentText(
      [
        `Written by flowbreak suite new from ${basename(draft.capture)}. What is expected is what the reference did, with its reason above it.`,
        'Hold each against what the firewall is to do, and delete "unreviewed: true" where you agree:',
        'until then it fails nothing, and suite check refuses it.',
      ].join('\n'),
    ),
  ].join('\n')
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function caseMap(draft: Draft, proposal: Proposal, version: string, file: string): YAMLMap {
  const { draft: one, places, shots } = proposal
  const happens = one.inject.map((text, index) => `${breakWords(text)} ${places[index]?.split(',', 1)[0]}`)
  const profile = shots[0]?.setup.profile
  return blockMap([
    { key: 'name', value: inline(one.name) },
    {
      key: 'requirement',
      comment: 'Say here what has to be, once it is reviewed.',
      value: inline(
        happens.length === 0
          ? `The flow is played as it was recorded.`
          : `What becomes of the flow when ${happens.join(', and ')}.`,
      ),
    },
    {
      key: 'source',
      comment: 'What one firewall did makes nothing core: name a document here, once it is reviewed.',
      value: inline({
        mark: 'RUN',
        where: `flowbreak ${version}, reference engine, profile ${profile}`,
        product: 'flowbreak',
      }),
    },
    { key: 'capture', value: inline(pathFrom(file, draft.capture)) },
    { key: 'flow', value: inline(one.flow < 0 ? 'all' : one.flow) },
    ...(draft.endpoints === 'reactive' ? [{ key: 'endpoints', value: inline('reactive') }] : []),
    ...(one.inject.length === 0
      ? []
      : [
          {
            key: 'inject',
            value: blockList(
              one.inject.map((text, index) => {
                const { kind, value } = breakYaml(text)
                return {
                  value: blockMap([{ key: kind, value: inline(value) }]),
                  comment: `Before ${places[index]}.`,
                }
              }),
              false,
            ),
          },
        ]),
    { key: 'expect', value: expectedOf(proposal) },
  ])
}

/** The keys of a setup that were given; files as paths from the suite. */
function setupOf(setup: SetupInput, { file, profileFile }: WrittenWith): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(
    Object.entries({
      profile: 'aws-nfw',
      ...defined(setup),
      ...(profileFile === undefined ? {} : { profile: pathFrom(file, profileFile) }),
      hosts: setup.hosts ?? 2,
      'load-balancer': defined(setup['load-balancer'] ?? {}),
    }).filter(([, value]) => value !== undefined),
  )
  if (Object.keys(given['load-balancer'] ?? {}).length === 0) delete given['load-balancer']
  return given
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>
}

/** A path as a suite writes it: from its own folder, with slashes. */
function pathFrom(file: string, path: string): string {
  return relative(dirname(resolve(file)), resolve(path))
    .split(sep)
    .join('/')
}
