// `npm test` plays parts side by side (scripts/test.mjs); without a part, all files.
const { LANES, SHARED } = require('./scripts/test-parts.cjs')

const PARTS = Object.assign({}, ...LANES, SHARED)
const patterns = PARTS[process.env.FLOWBREAK_TEST_PART] ?? Object.values(PARTS).flat()

module.exports = {
  'node-option': ['import=tsx'],
  spec: patterns.map((pattern) => `${pattern}/*.test.ts`),
  reporter: './scripts/mocha-reporter.ts',
  // Ends what hangs; generous, as nothing here may depend on how busy the machine is.
  timeout: 120000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
}
