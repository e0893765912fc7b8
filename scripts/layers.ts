const upToTarget = [
  'model',
  'support',
  'wire',
  'capture',
  'flow',
  'profile',
  'suite',
  'plan',
  'timeline',
  'path',
  'sharing',
  'engine',
  'observe',
]
const upToReport = [...upToTarget, 'target', 'grade', 'log', 'report', 'eve']
const upToConfig = [...upToReport, 'config']

/**
 * The import list of harness/, values and types alike: what each folder, and each file beside the folders, may import from the others.
 * Itself, Node's built-ins and npm packages it always may; a test may import anything in harness/.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  model: [],
  support: ['model'],
  wire: ['model', 'support'],
  capture: ['model', 'support', 'wire'],
  flow: ['model', 'support', 'wire'],
  profile: ['model', 'support'],
  suite: ['model', 'support', 'profile'],
  plan: ['model', 'support', 'profile', 'suite'],
  timeline: ['model', 'support', 'wire', 'capture', 'flow', 'profile', 'suite', 'plan'],
  path: ['model', 'support', 'wire', 'flow', 'profile'],
  sharing: ['model', 'support', 'wire', 'flow', 'profile'],
  engine: ['model', 'support', 'wire', 'flow', 'profile'],
  appliance: ['model', 'support', 'wire', 'flow', 'profile', 'sharing', 'engine'],
  observe: ['model', 'support', 'wire', 'capture', 'flow'],
  target: upToTarget,
  config: ['model', 'support', 'suite', 'target'],
  grade: ['model', 'support', 'suite'],
  log: ['model', 'support', 'capture'],
  report: ['model', 'support', 'log'],
  eve: ['model', 'support', 'wire', 'engine'],
  run: upToReport,
  author: [...upToReport, 'run'],
  cli: [...upToConfig, 'run', 'author', 'appliance'],
  'index.ts': [...upToConfig, 'run', 'author', 'mocha.ts', 'chai.ts'],
  'mocha.ts': [...upToConfig, 'run', 'author'],
  'chai.ts': [...upToReport, 'run', 'author'],
}
