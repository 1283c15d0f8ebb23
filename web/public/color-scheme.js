// Runs before the first paint, and stands in a file of its own because the content security policy refuses inline scripts.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('tenantree-color-scheme')
  } catch {
    // Storage may be closed to us; the system's choice holds then.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
