import { Button, FileButton, Group, Input } from '@mantine/core'
import type { ReactNode } from 'react'
import { readLogo } from './branding-form.ts'
import classes from './Settings.module.css'

type Props = {
  logo: string | null
  error: ReactNode
  onChange: (logo: string | null) => void
  onFault: (fault: string) => void
}

export function LogoField({ logo, error, onChange, onFault }: Props) {
  const choose = async (file: File | null) => {
    if (file === null) return
    const read = await readLogo(file)
    if ('fault' in read) onFault(read.fault)
    else onChange(read.logo)
  }
  return (
    <Input.Wrapper
      label="Logo"
      labelElement="div"
      description="PNG or SVG, 100 KB at most. Mails show a PNG only, since mail programs show no SVG"
      error={error}
    >
      <Group gap={8} mb={4}>
        {logo && <img className={classes.logo} src={logo} alt="The chosen logo" />}
        <FileButton accept="image/png,image/svg+xml" onChange={(file) => void choose(file)}>
          {(props) => (
            <Button variant="default" size="xs" {...props}>
              {logo ? 'Choose another logo' : 'Choose a logo'}
            </Button>
          )}
        </FileButton>
        {logo && (
          <Button variant="default" size="xs" onClick={() => onChange(null)}>
            Remove the logo
          </Button>
        )}
      </Group>
    </Input.Wrapper>
  )
}
