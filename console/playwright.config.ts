import { defineConfig } from '@playwright/test'

const server = process.env.HOWDAH_URL ?? 'http://localhost:8080'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'target/e2e',
  fullyParallel: false,
  workers: 1,
  // Chromium draws in software here, and shares two cores with what it looks at.
  retries: process.env.CI ? 2 : 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI ? [['list'], ['json', { outputFile: 'target/e2e.json' }]] : 'list',
  use: {
    // The server's own console, or that of `npm run dev`.
    baseURL: process.env.CONSOLE_URL ?? `${server}/console/`,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // Recording takes a good part of the processors: in CI only of what has failed once.
    trace: process.env.CI ? 'on-first-retry' : 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
})
