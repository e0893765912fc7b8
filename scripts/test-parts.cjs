// The parts of the tests, each a mocha process, as patterns of files: those of each lane, in order, which may not want company of their
// own kind, and then those that whichever lane is done first takes, the longest first.
const LANES = [
  {
    journeys: ['test/journeys/**'],
    harness: ['harness/!(target|engine|report|wire|capture)/**'],
  },
  { targets: ['harness/target/**', 'harness'] },
  { others: ['test/!(journeys|fuzz)/**'] },
]
const SHARED = {
  engine: ['harness/engine/**'],
  fuzz: ['test/fuzz/**'],
  report: ['harness/report/**'],
  wire: ['harness/{wire,capture}/**'],
  beside: ['{captures,scripts,bench}/**'],
}

module.exports = { LANES, SHARED }
