import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

declare const process: { env: Record<string, string | undefined> }

/** The console is same-origin with the API; in development the API may stand elsewhere. */
const api = process.env.API_URL ?? 'http://127.0.0.1:3000'
const proxy = { '/v1': api, '/docs': api, '/openapi.json': api }

export default defineConfig({
  plugins: [react()],
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
  build: {
    target: 'es2023',
    // Inlined fonts would be data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
})
