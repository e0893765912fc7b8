import { resolve } from 'node:path'
import { configOf, placedIn } from '../../../harness/config/read.ts'
import { settingsOf } from '../../../harness/config/settings.ts'
import { parseYaml } from '../../../harness/suite/read.ts'
import { readBounds } from '../../../harness/target/bounds.ts'
import { readOptions as geneve } from '../../../harness/target/geneve/options.ts'
import { readOptions as inline } from '../../../harness/target/inline/options.ts'
import { readOptions as netfilter } from '../../../harness/target/netfilter/options.ts'
import { readOptions as processOptions } from '../../../harness/target/process/options.ts'
import type { TargetSpec } from '../../../harness/target/spec.ts'
import { readOptions as suricata } from '../../../harness/target/suricata/options.ts'
import { readOptions as suricataLive } from '../../../harness/target/suricata-live/options.ts'
import type { Surface } from '../kit/fuzz.ts'
import { demand, errorProblem } from '../kit/told.ts'
import { type Tree, wordsOf } from '../kit/tree.ts'
import { type Document, documentOf, fileOf, showDocument, smallerDocument } from './yaml.ts'

const DEVICE = {
  mtu: 1400,
  transparency: 'strict',
  'clock-scale': 2,
  hooks: {
    clear: ['ssh', 'fw', 'clear'],
    swap: { command: 'ssh fw "reload now"', timeout: '30s' },
    secrets: ['FW_TOKEN'],
  },
}
const TARGETS: { readonly [name: string]: Tree } = {
  lab: {
    kind: 'geneve',
    hosts: ['10.0.1.10:6081', '10.0.1.11'],
    listen: '10.0.1.1',
    returns: 'gateway',
    health: {
      kind: 'http',
      path: '/',
      port: 8080,
      interval: 1,
      timeout: 1,
      healthy: 2,
      unhealthy: 2,
      wait: 30,
    },
    limits: { 'packets-per-second': 1000, 'new-connections-per-second': 10, sessions: 64 },
    addresses: { clients: '10.1.0.0/16', servers6: '2001:db8::/64' },
    ...DEVICE,
  },
  wired: {
    kind: 'inline',
    hosts: [
      {
        client: 'eth1',
        server: 'eth2',
        'client-mac': '02:00:00:00:00:01',
        'server-mac': '02:00:00:00:00:02',
      },
      { client: 'eth3', server: 'eth4' },
    ],
    arp: 'answer',
    namespace: 'lab-a',
    ...DEVICE,
  },
  kernel: { kind: 'netfilter', scale: 5, nat: 'masquerade', synproxy: true, mtu: 1500 },
  program: { kind: 'process', command: ['python3', 'fw.py'], cwd: '.', env: { A: 'b' }, timeout: '10s' },
  words: { kind: 'process', command: 'python3 "my fw.py" -v', timeout: 3 },
  offline: { kind: 'suricata', binary: '/usr/bin/suricata' },
  live: { kind: 'suricata-live', binary: 'suricata', gap: '1s' },
  plain: { kind: 'reference' },
}
const TEXT =
  'targets:\n  lab: { kind: reference }\nsuites: [core]\nreporter: [console, json=out/a.json]\nseed: 3\n'

type Reads = (spec: TargetSpec, name: string) => unknown
/** By kind: what reads its options, and touches nothing. */
const READERS: ReadonlyMap<string, Reads> = new Map<string, Reads>([
  ['geneve', geneve],
  ['inline', inline],
  ['netfilter', netfilter],
  ['process', (spec, name) => processOptions(spec, { name, version: '1', folder: '/' })],
  ['suricata', (spec) => suricata(spec)],
  ['suricata-live', suricataLive],
])

/** Configurations, and the options of every kind of target in them. */
export function configsSurface(): Surface<Document> {
  const trees = Object.entries(TARGETS).map(([name, target]) => ({
    targets: { [name]: target, plain: { kind: 'reference' } },
    suites: ['core', './mine.yaml'],
    reporter: ['console', 'json=out/report.json'],
    output: 'runs',
    seed: 7,
    retries: 1,
    knownFailures: 'known.yaml',
  }))
  const words = [...wordsOf(trees)]
  const file = resolve('/', 'flowbreak.config.yaml')
  return {
    name: 'configs',
    make: (random) => documentOf(random, random.pick(trees), words, TEXT),
    check(document) {
      try {
        const yaml = 'text' in document ? parseYaml(document.text, file, 'ERR_CONFIG') : fileOf(document.tree)
        const config = configOf(placedIn(yaml, file), file)
        const { output, reporter = [] } = settingsOf(config)
        demand(output === undefined || output.startsWith('/'), `logs go to ${output}`)
        demand(
          reporter.every((each) => typeof each === 'string'),
          `a reporter ${reporter}`,
        )
        for (const [name, target] of Object.entries(config.targets ?? {})) {
          if ('prepare' in target) continue
          const { limits, addresses, ...spec } = target
          readBounds(name, { limits, addresses })
          READERS.get(spec.kind)?.(spec as TargetSpec, name)
        }
        return true
      } catch (thrown) {
        const problem = errorProblem(thrown, ['ERR_CONFIG', 'ERR_TARGET_OPTION'])
        demand(problem === undefined, problem ?? '')
        return false
      }
    },
    smaller: smallerDocument,
    show: showDocument,
  }
}
