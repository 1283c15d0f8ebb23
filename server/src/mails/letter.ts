import type { Branding } from '@tenantree/contract'
import { type CSSProperties, createElement as h, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { type Letter, unsubscribeLabel } from './domain.ts'

const ink = '#14181f'
const quiet = '#56606d'
const font = { fontFamily: 'Inter, -apple-system, "Segoe UI", Roboto, Arial, sans-serif', color: ink } as const
const text: CSSProperties = { ...font, margin: '0 0 14px', fontSize: 15, lineHeight: '24px' }

/** Tables and inline styles, since that is what mail programs show; React escapes everything that comes from outside. */
export function toHtml(letter: Letter, brand: Branding): string {
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width' }),
      h('meta', { name: 'color-scheme', content: 'light' }),
      h('title', null, letter.subject),
    ),
    h('body', { style: { margin: 0, padding: '24px 12px', background: '#f6f7f9' } }, card(letter, brand)),
  )
  return `<!doctype html>${renderToStaticMarkup(page)}`
}

const table = (style: CSSProperties, ...rows: ReactNode[]) =>
  h(
    'table',
    { role: 'presentation', width: '100%', cellPadding: 0, cellSpacing: 0, style },
    h('tbody', null, ...rows.map((row, index) => h('tr', { key: index }, row))),
  )

const card = (letter: Letter, brand: Branding) =>
  table(
    { maxWidth: 560, margin: '0 auto', background: '#ffffff', border: '1px solid #e3e6ea' },
    h('td', { style: { height: 4, lineHeight: '4px', fontSize: 1, background: brand.color } }, '\u00a0'),
    h('td', { style: { padding: '24px 32px 0' } }, head(brand)),
    h(
      'td',
      { style: { padding: '20px 32px 24px' } },
      h('h1', { style: { ...font, margin: '0 0 16px', fontSize: 20, lineHeight: '28px' } }, letter.heading),
      ...letter.paragraphs.map((paragraph, index) => h('p', { key: index, style: text }, paragraph)),
      letter.action && button(letter.action, brand.color),
      letter.note && h('p', { style: { ...text, margin: 0, color: quiet, fontSize: 13 } }, letter.note),
    ),
    h(
      'td',
      { style: { ...font, padding: '0 32px 24px', color: quiet, fontSize: 13 } },
      brand.sender_name ?? brand.name,
      letter.unsubscribe_url &&
        h('a', { href: letter.unsubscribe_url, style: { color: quiet, marginLeft: 12 } }, unsubscribeLabel),
    ),
  )

/** Mail programs show no SVG: the name stands there instead. */
const head = ({ name, logo }: Branding) =>
  logo?.startsWith('data:image/png')
    ? h('img', { src: logo, alt: name, height: 40, style: { display: 'block', maxWidth: 240, border: 0 } })
    : h('div', { style: { ...font, fontSize: 16, fontWeight: 600 } }, name)

const button = ({ label, url }: { label: string; url: string }, color: string) =>
  h(
    'p',
    { style: { margin: '22px 0' } },
    h(
      'a',
      {
        href: url,
        style: {
          ...font,
          display: 'inline-block',
          padding: '12px 20px',
          borderRadius: 8,
          background: color,
          color: '#ffffff',
          fontSize: 15,
          fontWeight: 600,
          textDecoration: 'none',
        },
      },
      label,
    ),
  )
