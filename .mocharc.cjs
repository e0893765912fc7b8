// `npm test` plays two parts side by side (scripts/test.mjs); without a part, all files.
const PARTS = {
  1: ['harness/!(target)', 'test/journeys'],
  2: ['harness/target', 'captures', 'scripts', 'bench', 'test/!(journeys)'],
}
const folders = PARTS[process.env.FLOWBREAK_TEST_PART] ?? Object.values(PARTS).flat()

module.exports = {
  'node-option': ['import=tsx'],
  spec: [
    ...folders.map((folder) => `${folder}/**/*.test.ts`),
    ...(folders.includes('harness/target') ? ['harness/*.test.ts'] : []),
  ],
  reporter: './scripts/mocha-reporter.ts',
  // Ends what hangs; generous, as nothing here may depend on how busy the machine is.
  timeout: 120000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
}
