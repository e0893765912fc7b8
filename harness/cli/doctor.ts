import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { painter } from '../report/paint.ts'
import { screenOf, terminalColumns } from '../report/screen.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsed } from './command.ts'
import { configOption } from './configured.ts'
import type { VerbContext } from './context.ts'
import { configurationFindings } from './doctor-configuration.ts'
import type { Finding } from './doctor-finding.ts'
import { geneveFinding } from './doctor-geneve.ts'
import { inlineFinding } from './doctor-inline.ts'
import { suricataFinding } from './doctor-suricata.ts'
import { findingText } from './doctor-text.ts'
import { PACKAGE_ROOT } from './version.ts'

interface Need {
  readonly package: string
  /** What shows that it is present: a program on the path, or a file. */
  readonly command?: string
  readonly file?: string
  readonly for: readonly string[]
  readonly suite?: string
  readonly why: string
}

/**
 * `flowbreak doctor`: exit 0 if suites can run through the reference, which needs only Node and a configuration without mistakes, or none;
 * else 3 for Node, 2 for the configuration.
 */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = configOption(
    newCommand(
      'doctor',
      'Says what can run here, how to install what is missing, and whether what is configured can be used.',
    ),
  )
    .option('--json', 'print JSON')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const { config, json } = command.opts<{ config?: string; json?: true }>()
  const node = nodeFinding()
  const packages = needs().map((need) =>
    need.package === 'suricata' ? suricataFinding(finding(need)) : finding(need),
  )
  const configured = await configurationFindings(config, signal)
  const findings = [
    node,
    await pcapFinding(),
    rootFinding(),
    inlineFinding(),
    await geneveFinding(),
    ...packages,
    ...configured,
  ]
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else print(findings)
  if (!node.there) return ExitCode.broken
  return configured[0]?.there === false ? ExitCode.usage : ExitCode.ok
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return {
    name: `Node.js ${process.versions.node}`,
    there: major > 20 || (major === 20 && minor >= 19),
    why: 'runs flowbreak: replay, suites and reports through the reference engine',
    remedy: 'install Node.js 20.19 or later',
  }
}

async function pcapFinding(): Promise<Finding> {
  const there = await import('node-pcap').then(
    () => true,
    () => false,
  )
  return {
    name: 'node-pcap',
    there,
    why: 'a second reader of captures to hold ours against; sending and capturing on interfaces',
    remedy: 'apt-get install libpcap-dev g++ make python3 && npm rebuild node-pcap',
  }
}

function rootFinding(): Finding {
  return {
    name: 'root',
    there: process.getuid?.() === 0,
    why: 'targets suricata-live, netfilter and inline: network namespaces, and frames by interfaces; recording captures',
    remedy: 'sudo -E npx flowbreak run --target netfilter',
  }
}

/** What those need who use flowbreak; its tests, recordings and benchmarks need more, in its own folder. */
const USED: ReadonlySet<string> = new Set(['start', 'suites', 'targets'])

function needs(): readonly Need[] {
  const list: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'scripts/needs.json'), 'utf8'))
  const isOwn = !relative(PACKAGE_ROOT, process.cwd()).startsWith('..')
  return (Array.isArray(list) ? list.filter(isNeed) : []).filter(
    (need) => isOwn || need.for.some((purpose) => USED.has(purpose)),
  )
}

function isNeed(entry: unknown): entry is Need {
  return typeof entry === 'object' && entry !== null && 'package' in entry && 'why' in entry
}

function finding(need: Need): Finding {
  const suite = need.suite === undefined ? '' : `-t ${need.suite} `
  return {
    name: need.package,
    there: need.file === undefined ? onPath(need.command ?? need.package) : existsSync(need.file),
    why: need.why,
    remedy: `apt-get install ${suite}${need.package}`,
  }
}

/** The path of a program; system programs may be outside the PATH of users who are not root. */
function onPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}

function print(findings: readonly Finding[]): void {
  const paint = painter(screenOf(process.stdout, process.env).colour)
  const width = Math.max(...findings.map(({ name }) => name.length))
  const columns = terminalColumns(process.stdout)
  for (const finding of findings) process.stdout.write(findingText(finding, width, columns, paint))
}
