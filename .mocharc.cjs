// `npm test` plays parts side by side (scripts/test.mjs); without a part, all files.
const { LANES, SHARED } = require('./scripts/test-parts.cjs')

const PARTS = Object.assign({}, ...LANES, SHARED)
const patterns = PARTS[process.env.FLOWBREAK_TEST_PART] ?? Object.values(PARTS).flat()

module.exports = {
  // As the modules that they are: what `tsx` alone makes of them for require() asks a function for each name that was imported.
  'node-option': ['import=tsx/esm'],
  spec: patterns.map((pattern) => `${pattern}/*.test.ts`),
  reporter: './scripts/mocha-reporter.mjs',
  // Ends what hangs; generous, as nothing here may depend on how busy the machine is.
  timeout: 120000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
}
