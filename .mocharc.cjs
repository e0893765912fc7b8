module.exports = {
  'node-option': ['import=tsx'],
  spec: ['harness', 'captures', 'suites', 'scripts', 'bench', 'test'].map(
    (folder) => `${folder}/**/*.test.ts`,
  ),
  reporter: './scripts/mocha-reporter.ts',
  // Files side by side: half of what the differential tests take is waiting for the engines beside ours.
  parallel: true,
  jobs: 2,
  // Ends what hangs; generous, as nothing here may depend on how busy the machine is.
  timeout: 120000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
}
