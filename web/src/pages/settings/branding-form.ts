import type { Branding, SetBranding } from '../../api/types.ts'

export type BrandingValues = { name: string; color: string; logo: string | null; sender_name: string }

export const toValues = ({ name, color, logo, sender_name }: Branding): BrandingValues => ({
  name,
  color,
  logo,
  sender_name: sender_name ?? '',
})

export const toSetBranding = (values: BrandingValues): SetBranding => ({
  name: values.name.trim(),
  color: values.color.toLowerCase(),
  logo: values.logo,
  sender_name: values.sender_name.trim() || null,
})

export const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text)

export const largestLogoBytes = 100 * 1024
const logoTypes = ['image/png', 'image/svg+xml']

/** Reads a chosen file as the data URL that the server takes; answers what is wrong with it where it cannot be a logo. */
export async function readLogo(file: File): Promise<{ logo: string } | { fault: string }> {
  if (!logoTypes.includes(file.type)) return { fault: 'Choose a PNG or SVG file' }
  if (file.size > largestLogoBytes) return { fault: 'The file has to be 100 KB or less' }
  const bytes = new Uint8Array(await file.arrayBuffer())
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return { logo: `data:${file.type};base64,${btoa(text)}` }
}
