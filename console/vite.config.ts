import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds a server. */
const server = process.env.HOWDAH_URL ?? 'http://localhost:8080'

export default defineConfig({
  // Relative, so that it works below any path and behind any proxy.
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    // The first that know light-dark(), which would otherwise be written in a way that needs all styles to be ours.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // What changes seldom is a file of its own, which browsers keep over releases.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui)[\\/]/ },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/ws', '/health', '/metrics', '/docs', '/a2a', '/.well-known'].map((path) => [path, { target: server, changeOrigin: true, ws: path === '/ws' }])),
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
  },
})
